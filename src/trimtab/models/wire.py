"""What goes to a server that speaks OpenAI's routes and what comes back, read with care, and how much was used.

Servers differ in how they write the same thing: an answer is text or a list of parts, thought stands in a field of its
own (`reasoning_content`, `reasoning`, `thinking`, `reasoning_details`) or in parts, and what is unknown is null.
"""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, field_validator

from ..records import Answer, Outcome, Prompt
from .filters import is_filtered

Stop = Literal["ended", "cut", "filtered", "refused", "failed", "unknown"]
"""Why an answer stopped: by itself, at a cap, by a filter, as a refusal, by an error, or for a reason not told."""
_STOPS: dict[str, Stop] = {
    **dict.fromkeys(("length", "max_tokens", "max_length", "max_output_tokens", "model_length", "incomplete"), "cut"),
    **dict.fromkeys(("model_context_window_exceeded", "time_limit"), "cut"),
    **dict.fromkeys(("error", "abort", "cancelled", "network_error", "malformed_function_call"), "failed"),
    **dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn", "complete", "completed"), "ended"),
    **dict.fromkeys(("stop_token", "end_of_turn", "finished", "tool_calls", "function_call", "tool_use"), "ended"),
    **dict.fromkeys(("content_filter", "content_filtered", "guardrail_intervened", "sensitive", "safety"), "filtered"),
    **dict.fromkeys(("prohibited_content", "blocklist", "spii", "recitation", "image_safety", "blocked"), "filtered"),
    "refusal": "refused",
}
"""Reasons as OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, TGI, Anthropic, Bedrock, Gemini and Zhipu write them."""
_FILTER = re.compile(r"filter|guard_?rail|moderat|polic(?:y|ies)|safety|unsafe|violation|censor|blocked|flagged")
"""Words of a filter in a reason that no table has: gateways make up their own."""
_OUTCOMES: dict[Stop, Outcome] = {"filtered": "filtered", "refused": "refused", "failed": "not answered"}
_ROUNDED = 1e-3
"""By how much a probability may be above one; what is further above, or no number, is none."""
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
_THOUGHT_PARTS = frozenset({"thinking", "reasoning", "reasoning_text", "redacted_thinking", "thought"})

_TEXT_PARTS = frozenset({"text", "output_text", "refusal"}) | _THOUGHT_PARTS
_BESIDE = ("tool_calls", "function_call", "audio", "images", "image", "video")
"""Fields of a message in which something else than a text may stand."""


@dataclass(frozen=True)
class Reply:
    """What the server said. `ended` is whether it stopped by itself, and `cut` whether it says that it did not;
    `end_told` is whether either is known.

    Tokens are those read and those generated; 0, and not `counted`, where the server does not count. `thought` is what
    it tells apart as such. `outcome` is a refusal of the API's own or a filter's stop, and `why` what it says of that;
    `served` is who it says has answered: a model's name, and behind it the server's fingerprint where it has one.
    `first` are the likeliest first tokens with the logarithms of their probabilities, where it tells them.
    """

    text: str
    ended: bool
    tokens_in: int = 0
    tokens_out: int = 0
    counted: bool = True
    cut: bool = False
    end_told: bool = True
    thought: str | None = None
    outcome: Outcome | None = None
    why: str = ""
    served: str | None = None
    first: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Usage:
    """Answered calls, the tokens that they took in and gave out, and the calls whose tokens were not counted."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    uncounted: int = 0


class Meter:
    """Adds up what was used, over threads, and keeps who has `served`, in the order of their first answers.

    `heard` is whether a prompt was ever taken.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.usage = Usage()
        self.served: dict[str, int] = {}
        self.heard = False

    def add(self, reply: Reply) -> None:
        """Counts one answered call."""
        with self._lock:
            self.heard = True
            self.usage = Usage(
                self.usage.calls + 1,
                self.usage.tokens_in + reply.tokens_in,
                self.usage.tokens_out + reply.tokens_out,
                self.usage.uncounted + (not reply.counted),
            )
            if reply.served is not None:
                self.served[reply.served] = self.served.get(reply.served, 0) + 1


class _Choice(BaseModel):
    message: dict[str, Any] | None = None
    text: Any = None
    finish_reason: str | None = None
    logprobs: Any = None
    error: Any = None

    @field_validator("finish_reason", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """TGI's older servers and Ollama's own form wrap the reason."""
        reason = value.get("type") or value.get("reason") if isinstance(value, dict) else value
        return None if reason is None else str(reason)


class _Tokens(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @field_validator("prompt_tokens", "completion_tokens", mode="before")
    @classmethod
    def _count(cls, value: Any) -> Any:
        """A whole number of tokens; anything else is not counted."""
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


class _Body(BaseModel):
    choices: list[_Choice | None] | None = None
    usage: _Tokens | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    error: Any = None

    @field_validator("usage", mode="before")
    @classmethod
    def _used(cls, value: Any) -> Any:
        """How much was used is no reason to lose an answer."""
        return value if isinstance(value, dict) else None

    @field_validator("model", "system_fingerprint", mode="before")
    @classmethod
    def _name(cls, value: Any) -> Any:
        return None if value is None else str(value)


def read_reply(body: str, cap: int = 0) -> Reply:
    """Reads the body of a chat or a completion, whose answer has at most `cap` tokens. Raises ValueError where it is
    none.

    A message without content is an empty text: a model that thinks may have met the cap before it said anything. Where
    no reason of the stop is told, an answer shorter than the cap has ended by itself.
    """
    try:
        raw = json.loads(body)
        read = _Body.model_validate(raw)
    except RecursionError:
        raise ValueError("nested without end") from None
    served = _served(read)
    first = next((each for each in read.choices or () if each is not None), None)
    if first is None:
        if (read.choices is not None or read.error is not None) and is_filtered(raw):
            return Reply("", False, counted=False, outcome="filtered", why=_told(raw), served=served)
        raise ValueError("there is no choice")
    if first.message is None and first.text is None and first.error is not None:
        failed: Outcome = "filtered" if is_filtered(first.error) else "not answered"
        return Reply("", False, counted=False, outcome=failed, why=_told(first.model_dump()), served=served)
    if first.message is None and first.text is None:
        raise ValueError("a choice has neither a message nor a text")
    message = first.message or {}
    content = message.get("content") if first.message is not None else first.text
    text, thought, refusal = _parted(content)
    told = [thought, *(_thought(message.get(name)) for name in _THOUGHT_FIELDS)]
    thought = next((each for each in told if each), "") or _thought(message.get("reasoning_details"))
    refusal = refusal or str(message.get("refusal") or "")
    stop = _stop(first)
    if stop not in ("filtered", "refused") and not (text or refusal or thought) and is_filtered(raw):
        stop = "filtered"  # what stands in the results of its filters, beside an empty text
    outcome = _OUTCOMES.get(stop) or ("refused" if refusal else None)
    instead = "" if outcome or text.strip() or thought else _instead(content, message)
    if instead:
        outcome = "no text"
    tokens = read.usage or _Tokens()
    counted = tokens.prompt_tokens is not None and tokens.completion_tokens is not None
    produced = tokens.completion_tokens or 0
    return Reply(
        text=encodable(text or refusal),
        ended=stop in ("ended", "refused") or (stop == "unknown" and 0 < produced < cap),
        tokens_in=tokens.prompt_tokens or 0,
        tokens_out=produced,
        counted=counted,
        cut=stop == "cut",
        end_told=stop != "unknown" or produced > 0,
        thought=encodable(thought) or None,
        outcome=outcome,
        why=instead or (str(first.finish_reason or "") if outcome in ("filtered", "not answered") else ""),
        served=served,
        first=_first_tokens(first.logprobs),
    )


def _first_tokens(told: Any) -> tuple[tuple[str, float], ...]:
    """The alternatives to an answer's first token, as chat routes tell them; nothing where they do not."""
    said = told.get("content") if isinstance(told, dict) else None
    top = said[0].get("top_logprobs") if isinstance(said, list) and said and isinstance(said[0], dict) else None
    found = [
        (encodable(each["token"]), float(each["logprob"]))
        for each in (top if isinstance(top, list) else ())
        if isinstance(each, dict)
        and isinstance(each.get("token"), str)
        and isinstance(each.get("logprob"), int | float)
        and each["logprob"] <= _ROUNDED
    ]
    return tuple(found)


def _served(read: _Body) -> str | None:
    name, mark = (read.model or "").strip(), (read.system_fingerprint or "").strip()
    return encodable(f"{name} ({mark})" if name and mark else name or mark) or None


def _stop(choice: _Choice) -> Stop:
    if choice.finish_reason is None:
        return "unknown"
    reason = choice.finish_reason.strip().lower().replace("-", "_").replace(" ", "_")
    plain = reason.removeprefix("finish_reason_").removeprefix("finishreason.").partition(":")[0]
    return _STOPS.get(plain, "filtered" if _FILTER.search(plain) else "unknown")


def _parted(content: Any) -> tuple[str, str, str]:
    """The text, the thought and the refusal of a message's content: text, one part, or a list of parts."""
    if content is None or isinstance(content, str):
        return content or "", "", ""
    said: dict[str, list[str]] = {"text": [], "thought": [], "refusal": []}
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            said["text"].append(part)
        elif isinstance(part, dict):
            kind = str(part.get("type") or "")
            if kind in _THOUGHT_PARTS or part.get("thought") is True:
                said["thought"].append(_thought(part))
            elif kind == "refusal":
                said["refusal"].append(str(part.get("refusal") or part.get("text") or ""))
            elif isinstance(part.get("text"), str):
                said["text"].append(part["text"])
    return "".join(said["text"]), "\n\n".join(filter(None, said["thought"])), "".join(said["refusal"])


def _instead(content: Any, message: dict[str, Any]) -> str:
    """What an answer without a text holds in its place: the kinds of its parts, of its fields beside; "" for nothing.

    A number, a truth value or an object is no text that the model was asked for, however it might be printed.
    """
    kinds: list[str] = []
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and part:
            kind = str(part.get("type") or next(iter(part)))
            kinds += [] if kind in _TEXT_PARTS else [kind]
        elif isinstance(part, list):
            kinds.append("a list in a list")
        elif isinstance(part, bool | int | float):
            kinds.append("a truth value" if isinstance(part, bool) else "a number")
    kinds += [name for name in _BESIDE if message.get(name)]
    return encodable(", ".join(dict.fromkeys(kinds)))[:100]


def _thought(value: Any) -> str:
    """The thought in a field or a part of it, whichever way a server nests it."""
    return "\n\n".join(part for part in _texts(value) if part.strip())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name in ("thinking", "reasoning", "text", "content", "summary"):
            if value.get(name):
                yield from _texts(value[name])
                return


def _told(raw: Any) -> str:
    return " ".join(str(raw.get("error") or "filtered").split())[:200] if isinstance(raw, dict) else ""


def as_answer(prompt: Prompt, index: int, reply: Reply) -> Answer:
    """A reply as the answer to a prompt."""
    return Answer(
        prompt_id=prompt.id,
        index=index,
        text=reply.text,
        tokens=reply.tokens_out,
        ended=reply.ended,
        end_told=reply.end_told,
        prompt_tokens=reply.tokens_in if reply.counted else None,
        thought=reply.thought,
        outcome=reply.outcome,
        why=reply.why,
        served=reply.served,
    )


def not_answered(prompt: Prompt, index: int, why: str) -> Answer:
    """What stands for the answer to a prompt that a server does not take."""
    return as_answer(prompt, index, Reply("", False, counted=False, outcome="not answered", why=why))


def encodable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which JSON may hold and UTF-8 cannot."""
    return text.encode(errors="replace").decode()
