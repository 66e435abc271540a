"""Conversations through a chat template: what it takes, what it leaves out, and which tokens are the assistant's."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..records import Message, asked_of
from .wire import encodable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TAKE_IN = "put it into the first message of the user"
"""What to do with a system message for which a template has no place."""
_OTHER_WORDS = ("one", "two")
"""Stand in for what a message says, to see where it stands; two, as the first may begin or end like it."""
_NAMES = "name", "reasoning_content"
_ROLES_TOLD = 8
_WORDS_TOLD = 80


class CannotRender(UserError):
    """A conversation that a chat template does not take, or not whole; `reason` says why in a clause."""

    def __init__(self, reason: str, messages: Sequence[Message] = ()) -> None:
        asked = f", in which the user says {asked_of(messages)[:_WORDS_TOLD]!r}" if messages else ""
        super().__init__(
            f"A conversation was to be written by the model's chat template{asked}.",
            f"{reason[0].upper()}{reason[1:]}.",
            "Change the row as told, leave it out, or choose a model whose template takes it.",
        )
        self.reason = reason


def is_plain(message: Message) -> bool:
    """Whether every chat template writes such a message: the user's or the assistant's words, and nothing else."""
    return message.role in ("user", "assistant") and message.model_fields_set <= {"role", "content"}


def as_sent(messages: Sequence[Message]) -> dict[str, Any]:
    """A conversation as servers that speak OpenAI's routes take it: `messages`, and `tools` where it has some."""
    tools = next((json.loads(message.tools) for message in messages if message.tools), None)
    told = [_as_taken(message, as_text=True) for message in messages]
    sent = [{**one, "content": encodable(one["content"])} for one in told]
    return {"messages": sent} | ({} if tools is None else {"tools": tools})


def template_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], *, generation: bool) -> list[int]:
    """Token ids of a conversation; `generation` opens the assistant's turn. Raises CannotRender."""
    return [int(token) for token in _written(tokenizer, messages, generation=generation, tokenize=True)]


def written_text(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> str:
    """A conversation as the template writes it, ready for the assistant's answer. Raises CannotRender."""
    return str(_written(tokenizer, messages, generation=True, tokenize=False))


def why_not_taken(
    tokenizer: "PreTrainedTokenizerBase", prompt: Sequence[Message], said: Sequence[Message] = ()
) -> str | None:
    """What of a conversation the template refuses or leaves out, in a clause; None where it writes all of it.

    Each message is replaced by words of its own, which must stand in what is written. A thought before an answer's may
    be missing where the template writes an answer's: it leaves out what was thought in earlier turns.
    """
    probe = [_probe(place, message) for place, message in enumerate((*prompt, *said))]
    try:
        text = _written(tokenizer, [one for one, _ in probe], generation=not said, tokenize=False)
    except CannotRender as error:
        return error.reason
    for place, (message, words) in enumerate(probe):
        for what, word in words.items():
            earlier = what == "reasoning_content" and place < len(prompt)
            if word not in text and not (earlier and _thinks(tokenizer)):
                return f"the chat template leaves out {_called(what, message.role)}"
    return None


def shape_of(messages: Sequence[Message]) -> tuple[tuple[object, ...], ...]:
    """All that decides what `why_not_taken` says of messages."""
    return tuple(
        (one.role, not one.content.strip(), *(getattr(one, name) is None for name in _NAMES), one.tools is None,
         len(json.loads(one.tool_calls or "[]")), one.tool_call_id is None)
        for one in messages
    )  # fmt: skip


def assistants(
    tokenizer: "PreTrainedTokenizerBase",
    prompt: Sequence[Message],
    said: Sequence[Message],
    ids: Sequence[int],
    before: int,
    ends: frozenset[int],
) -> list[bool]:
    """Which tokens of a conversation an assistant says in `said`, its ends of turns included; `ids` are all of them,
    the first `before` the prompt's.

    A turn begins where the template opens it for generation. It ends where the conversation up to it ends, or, where
    the template writes a last turn otherwise, with the first of the tokens `ends`. Of one turn it is all that follows
    the prompt. Raises CannotRender where that cannot be told.
    """
    found = [False] * len(ids)
    for place, message in enumerate(said):
        if message.role != "assistant":
            continue
        begin = _prefix(tokenizer, (*prompt, *said[:place]), ids, generation=True) if place else before
        if begin is None:
            raise CannotRender("the chat template renders an answer's first turns differently once others follow")
        last = place + 1 == len(said)
        stop = len(ids) if last else _prefix(tokenizer, (*prompt, *said[: place + 1]), ids, generation=False)
        if stop is None or (stop <= begin and not last):
            stop = _end(tokenizer, (*prompt, *said), len(prompt) + place, ids, begin, ends)
        found[begin:stop] = [True] * (stop - begin)
    return found


def words_of(
    tokenizer: "PreTrainedTokenizerBase",
    messages: Sequence[Message],
    place: int,
    ids: Sequence[int],
    *,
    generation: bool = False,
) -> tuple[int, int]:
    """From which of a conversation's tokens `ids` to which the words of one message stand: those that become others
    where it says something else. Raises CannotRender where the template leaves them out.

    `generation` is whether `ids` open the assistant's turn.
    """
    first, last = len(ids), 0
    for words in _OTHER_WORDS:
        told = (*messages[:place], _saying(messages[place], words), *messages[place + 1 :])
        other = template_ids(tokenizer, told, generation=generation)
        if other == list(ids):
            continue
        most = min(len(ids), len(other))
        begin = next((at for at in range(most) if ids[at] != other[at]), most)
        same = next((at for at in range(most - begin) if ids[-1 - at] != other[-1 - at]), most - begin)
        first, last = min(first, begin), max(last, len(ids) - same)
    if first >= last:
        raise CannotRender(f"the chat template leaves out {_called('content', messages[place].role)}")
    return first, last


def _end(
    tokenizer: "PreTrainedTokenizerBase",
    messages: Sequence[Message],
    place: int,
    ids: Sequence[int],
    begin: int,
    ends: frozenset[int],
) -> int:
    """One past the token that closes the turn at `place`, which must stand before the next message's words."""
    bound, _ = words_of(tokenizer, messages, place + 1, ids)
    for at in range(begin, bound):
        if ids[at] in ends:
            return at + 1
    raise CannotRender("the chat template closes no turn of the assistant's before the next one")


def _prefix(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], ids: Sequence[int], *, generation: bool
) -> int | None:
    """Tokens of the beginning of a conversation, if the whole one begins with them."""
    head = template_ids(tokenizer, messages, generation=generation)
    return len(head) if list(ids[: len(head)]) == head else None


def _written(tokenizer: Any, messages: Sequence[Message], *, generation: bool, tokenize: bool) -> Any:
    """What the template makes of a conversation, text or tokens.

    A call's arguments are an object, as transformers' templates take them, or JSON text for those that fail on an
    object or write it as Python does. Raises CannotRender.
    """
    from jinja2 import TemplateError

    faults = (TemplateError, TypeError, ValueError, KeyError, IndexError, AttributeError)  # it is code of the model's
    tools = next((json.loads(message.tools) for message in messages if message.tools), None)
    given: dict[str, Any] = {"add_generation_prompt": generation} | ({} if tools is None else {"tools": tools})
    objects = [_as_taken(message, as_text=False) for message in messages]
    texts = [_as_taken(message, as_text=True) for message in messages]
    try:
        told = objects
        if texts != objects:
            try:
                written = tokenizer.apply_chat_template(objects, tokenize=False, **given)
                told = texts if any(each in written for each in _as_python(objects)) else objects
            except faults:
                told = texts
        if not tokenize:
            return tokenizer.apply_chat_template(told, tokenize=False, **given)
        return tokenizer.apply_chat_template(told, tokenize=True, return_dict=False, **given)
    except faults as error:
        raise CannotRender(_why(tokenizer, messages, generation, error), messages) from None


def _as_taken(message: Message, *, as_text: bool) -> dict[str, Any]:
    """A message as templates take it; some call the thought `thinking`."""
    held: dict[str, Any] = message.model_dump()
    held.pop("tools", None)
    if message.reasoning_content:
        held["thinking"] = message.reasoning_content
    for call in held.get("tool_calls", []):
        function = call.get("function", {})
        if as_text and not isinstance(function.get("arguments", ""), str):
            function["arguments"] = json.dumps(function["arguments"], ensure_ascii=False)
    return held


def _as_python(messages: Sequence[dict[str, Any]]) -> list[str]:
    """The arguments of all calls as Python writes an object, where that is not JSON."""
    found = [call["function"].get("arguments") for one in messages for call in one.get("tool_calls", [])]
    return [str(each) for each in found if each and not isinstance(each, str) and str(each) != json.dumps(each)]


def _why(tokenizer: Any, messages: Sequence[Message], generation: bool, error: Exception) -> str:
    """In words what a template does not take, of which it says `error`."""
    rest = [message for message in messages if message.role != "system"]
    if rest and len(rest) < len(messages):
        with suppress(CannotRender):
            _written(tokenizer, rest, generation=generation, tokenize=False)
            return f"the chat template takes no system message: {TAKE_IN}"
    roles = [message.role for message in messages]
    told = ", ".join(roles[:_ROLES_TOLD]) + (", …" if len(roles) > _ROLES_TOLD else "")
    words = (str(error).splitlines() or [type(error).__name__])[0][:200]
    turns = [role for role in roles if role != "system"]
    order = turns != [("user", "assistant")[place % 2] for place in range(len(turns))]
    remedy = "; let the user begin, and join turns of one role" if order and "tool" not in turns else ""
    return f"the chat template does not take the turns {told} ({words}){remedy}"


def _probe(place: int, message: Message) -> tuple[Message, dict[str, str]]:
    """A message of the same shape, and the words of it that must be written."""
    words = {name: f"zq{place}{name[:1]}zq" for name in ("content", *_NAMES) if getattr(message, name)}
    if not message.content.strip():
        words.pop("content", None)
    if message.role == "tool":
        words.pop("name", None)  # the call that it answers tells it
    made: dict[str, Any] = dict(words)
    if message.tool_calls:
        calls = json.loads(message.tool_calls)
        for number, call in enumerate(calls):
            call["function"] = {"name": f"zq{place}f{number}zq", "arguments": {"zq": "zq"}}
            words[f"tool_calls{number}"] = f"zq{place}f{number}zq"
        made["tool_calls"] = calls
    if message.tools:
        words["tools"] = f"zq{place}tzq"
        described = {"name": words["tools"], "description": "zq", "parameters": {"type": "object", "properties": {}}}
        made["tools"] = [{"type": "function", "function": described}]
    kept = {name: value for name, value in message.model_dump().items() if name not in made}
    return Message.model_validate({**kept, **made}), words


def _thinks(tokenizer: Any) -> bool:
    """Whether the template writes the thought of an answer."""
    asked = Message(role="user", content="zq")
    said = Message(role="assistant", content="zq", reasoning_content="zqthoughtzq")
    try:
        return "zqthoughtzq" in _written(tokenizer, [asked, said], generation=False, tokenize=False)
    except CannotRender:
        return False


def _saying(message: Message, words: str) -> Message:
    """The message with other words, in all places where it has some."""
    changes: dict[str, Any] = {name: words for name in ("content", "reasoning_content") if getattr(message, name)}
    if message.tool_calls:
        calls = json.loads(message.tool_calls)
        for call in calls:
            call["function"] = {"name": words, "arguments": {words: words}}
        changes["tool_calls"] = json.dumps(calls, ensure_ascii=False)
    return message.model_copy(update=changes or {"content": words})


def _called(what: str, role: str) -> str:
    """A part of a message in words."""
    if what == "content":
        return f"the system message: {TAKE_IN}" if role == "system" else f"a message of the {role}"
    if what == "reasoning_content":
        return "what the assistant thought (`reasoning_content`)"
    if what.startswith("tool_calls"):
        return "calls of tools (`tool_calls`)"
    return "the descriptions of tools (`tools`)" if what == "tools" else f"the `{what}` of messages of the {role}"
