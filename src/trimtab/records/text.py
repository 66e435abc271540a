"""Messages, prompts, facts and answers: what goes into a model and what comes out."""

from typing import Literal

from pydantic import Field, model_validator

from .base import Record

Role = Literal["system", "user", "assistant"]
Outcome = Literal["refused", "filtered", "not answered"]
"""What a server says of a prompt beside an answer's text: that the model refuses, that a filter kept the prompt or the
answer back, or that it does not take this prompt."""


class Message(Record):
    """One turn of a conversation, in the form that chat templates take."""

    role: Role
    content: str


class Prompt(Record):
    """A conversation that waits for an assistant's answer. `kind` groups prompts in tables.

    `topic` is what it is about, where a set is split by topic; `twin` the id of the prompt that is nearest to it on the
    other side of a line.
    """

    id: str = Field(min_length=1)
    kind: str = "other"
    messages: tuple[Message, ...] = Field(min_length=1)
    topic: str | None = Field(default=None, min_length=1)
    twin: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _ends_with_user(self) -> "Prompt":
        if self.messages[-1].role != "user":
            raise ValueError(f"the last message must be the user's, not the {self.messages[-1].role}'s")
        if not self.messages[-1].content.strip():
            raise ValueError("the last message is empty")
        return self

    @property
    def text(self) -> str:
        """What the user said last."""
        return self.messages[-1].content


class ContrastPrompt(Prompt):
    """A prompt that a safe assistant answers (`safe`) or declines, in sets that hold both sides of the line."""

    safe: bool


class Fact(Record):
    """A question of general knowledge with one right answer and three wrong ones; `also` names the right one too."""

    id: str = Field(min_length=1)
    topic: str = "other"
    question: str = Field(min_length=1)
    right: str = Field(min_length=1)
    wrong: tuple[str, str, str]
    also: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _options_differ(self) -> "Fact":
        options = {option.strip().lower() for option in (self.right, *self.wrong)}
        if len(options) != 4 or "" in options:
            raise ValueError("the four options must be different and not empty")
        others = {alias.strip().lower() for alias in self.also}
        if "" in others or others & {option.strip().lower() for option in self.wrong}:
            raise ValueError("`also` holds other names of the right answer, none empty and none a wrong option")
        return self


class Answer(Record):
    """What a model said to a prompt.

    `tokens` counts generated tokens, the end-of-turn token included; `ended` is whether the model closed its
    turn itself (False: it was cut at the cap). `index` tells apart several answers to one prompt. `prompt_tokens` are
    those that the model read before it, a system message and the template among them, where they were counted.
    `opened` is the mark of a thought that the template had opened before `text` begins. `thought` is what was thought
    before the answer, where a server tells it apart or it was taken off (`answered`). `outcome` is what became of the
    prompt where a server says so, in whose words `why` is; `served` is who the server says has answered.
    """

    prompt_id: str
    index: int = Field(ge=0)
    text: str
    tokens: int = Field(ge=0)
    ended: bool
    prompt_tokens: int | None = Field(default=None, ge=0)
    opened: str = ""
    thought: str | None = None
    outcome: Outcome | None = None
    why: str = ""
    served: str | None = None

    @property
    def withheld(self) -> str:
        """Why there is nothing that could be judged, in a few words that kinds are counted by; "" where there is.

        An empty answer and a refusal are something.
        """
        if self.outcome in ("filtered", "not answered"):
            return self.outcome
        return "thought only" if self.thought and not self.text.strip() and self.outcome is None else ""
