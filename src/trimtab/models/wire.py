"""What goes to a server that speaks OpenAI's routes and what comes back, read with care, and how much was used."""

import json
import threading
from dataclasses import dataclass

from pydantic import BaseModel, Field


@dataclass(frozen=True)
class Reply:
    """What the server said. `ended` is whether it stopped by itself.

    Tokens are those read and those generated; 0, and not `counted`, where the server does not count.
    """

    text: str
    ended: bool
    tokens_in: int
    tokens_out: int
    counted: bool = True


@dataclass(frozen=True)
class Usage:
    """Answered calls, the tokens that they took in and gave out, and the calls whose tokens were not counted."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    uncounted: int = 0


class Meter:
    """Adds up what was used, over threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.usage = Usage()

    def add(self, reply: Reply) -> None:
        """Counts one answered call."""
        with self._lock:
            self.usage = Usage(
                self.usage.calls + 1,
                self.usage.tokens_in + reply.tokens_in,
                self.usage.tokens_out + reply.tokens_out,
                self.usage.uncounted + (not reply.counted),
            )


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Tokens(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class _Body(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Tokens | None = None


def read_reply(body: str) -> Reply:
    """Reads the body of a chat or a completion. Raises ValueError where it is none.

    A message without content is an empty text: a model that thinks may have met the cap before it said anything.
    """
    try:
        read = _Body.model_validate(json.loads(body))
    except RecursionError:
        raise ValueError("nested without end") from None
    first = read.choices[0]
    text = first.text if first.message is None else first.message.content or ""
    if text is None:
        raise ValueError("a choice has neither a message nor a text")
    tokens = read.usage or _Tokens()
    return Reply(
        encodable(text),
        first.finish_reason == "stop",
        tokens.prompt_tokens,
        tokens.completion_tokens,
        read.usage is not None,
    )


def encodable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which JSON may hold and UTF-8 cannot."""
    return text.encode(errors="replace").decode()
