"""Messages, prompts, facts and answers: what goes into a model and what comes out."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from .base import Record
from .unjudged import THOUGHT_ONLY

Role = Literal["system", "user", "assistant", "tool"]


def _json_text(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(f"it is no JSON: {error}") from None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("it is no list of objects")
    return json.dumps(value, ensure_ascii=False)


Objects = Annotated[str, BeforeValidator(_json_text)]
"""A list of objects as JSON text, in which the order of keys is kept: a record is to have a hash."""

_OBJECTS = ("tool_calls", "tools")
Outcome = Literal["refused", "filtered", "not answered", "no text"]
"""What a server says of a prompt beside an answer's text: that the model refuses, that a filter kept the prompt or the
answer back, or that it does not take this prompt."""


class Message(Record):
    """One turn of a conversation, in the form that chat templates take; its wire form holds only what it has.

    `reasoning_content` is what an assistant thought before it said `content`. `tool_calls` are an assistant's, a
    `tool`'s message answers the one of `tool_call_id`, and `tools`, the descriptions of what may be called in the whole
    conversation, stand in one of its messages, as a rule the first. All are in OpenAI's form.
    """

    role: Role
    content: str
    name: str | None = None
    reasoning_content: str | None = None
    tool_calls: Objects | None = None
    tool_call_id: str | None = None
    tools: Objects | None = None

    @model_serializer(mode="wrap")
    def _bare(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        held = {name: value for name, value in handler(self).items() if value is not None}
        return {name: json.loads(value) if name in _OBJECTS else value for name, value in held.items()}

    @property
    def text(self) -> str:
        """What it says: its content, and the tool calls as JSON, without the thought."""
        return "\n".join(part for part in (self.content, self.tool_calls) if part)


def asked_of(prompt: Sequence[Message]) -> str:
    """What the user said last in a conversation; the last message where the user said nothing."""
    return next((said.content for said in reversed(prompt) if said.role == "user"), prompt[-1].content)


def text_of(said: Sequence[Message]) -> str:
    """An answer as plain text: what the assistant says in it, and not what a user or a tool says between.

    Of messages in which no assistant speaks it is all that they say.
    """
    own = [message.text for message in said if message.role == "assistant"]
    return "\n".join(own or [message.text for message in said])


def last_of(said: Sequence[Message]) -> str:
    """What the assistant says last in an answer."""
    return next((message.text for message in reversed(said) if message.role == "assistant"), "")


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
    def _waits(self) -> "Prompt":
        last = self.messages[-1]
        if last.role not in ("user", "tool"):
            raise ValueError(f"the last message must be the user's, not the {last.role}'s")
        if last.role == "user" and not last.content.strip():
            raise ValueError("the last message is empty")
        return self

    @property
    def text(self) -> str:
        """What the user said last."""
        return asked_of(self.messages)


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
    turn itself (False: it was cut at the cap), and `end_told` whether that is known. `index` tells apart several
    answers to one prompt. `prompt_tokens` are those that the model read before it, a system message and the template
    among them, where they were counted.
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
    end_told: bool = Field(default=True, exclude_if=lambda told: told)

    @property
    def withheld(self) -> str:
        """Why there is nothing that could be judged, in a few words that kinds are counted by; "" where there is.

        An empty answer and a refusal are something.
        """
        if self.outcome in ("filtered", "not answered"):
            return self.outcome
        if self.outcome == "no text":
            return f"no text in the answer: {self.why}"
        return THOUGHT_ONLY if self.thought and not self.text.strip() and self.outcome is None else ""
