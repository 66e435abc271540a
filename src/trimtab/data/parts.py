"""The parts that every row of feedback has: prompt, answers, id and provenance, read from text or from messages."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..records import Completion, Message, Provenance

UNKNOWN = "unknown"
"""The judge of a row that names none."""
_HH_TURN = re.compile(r"\n\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}
_PLAIN = {
    "extra_forbidden": "is no key of a message, which has role and content",
    "missing": "is missing",
    "model_type": "is not a mapping with role and content",
    "model_attributes_type": "is not a mapping with role and content",
    "string_type": "is not text",
    "literal_error": "is not system, user or assistant",
}


class RowError(ValueError):
    """Why a row is not what it should be; its text goes into the reject log."""


def messages(value: Any, name: str, plain_role: str = "assistant") -> Completion:
    """Text, HH-RLHF's text with its turns, or a list of messages. Raises RowError, naming the column."""
    if isinstance(value, str):
        if _HH_TURN.match(value):
            return _hh(value)
        return _checked([{"role": plain_role, "content": value}], name)
    if isinstance(value, list):
        return _checked(value, name)
    raise RowError(f"{name} is neither text nor a list of messages")


def prompt_of(value: Any) -> Completion:
    """A prompt column's messages, of which a user's is the last. Raises RowError."""
    found = messages(value, "prompt", plain_role="user")
    if isinstance(value, str) and found[-1].role == "assistant" and not found[-1].content:
        found = found[:-1]  # HH-RLHF's prompt column ends with "\n\nAssistant:"
    return ends_with_user(found)


def ends_with_user(prompt: Completion) -> Completion:
    """The prompt, if it waits for an answer. Raises RowError."""
    if not prompt or prompt[-1].role != "user":
        raise RowError("the prompt does not end with a user's message")
    if not prompt[-1].content.strip():
        raise RowError("the prompt is empty")
    return prompt


def answer_of(side: Completion, name: str) -> Completion:
    """The answer, if it is one of an assistant. Raises RowError; `name` is what it says of it ("chosen")."""
    if not side or any(not message.content.strip() for message in side):
        raise RowError(f"the {name} answer is empty")
    if side[0].role != "assistant" or side[-1].role != "assistant":
        raise RowError(f"the {name} side is not an assistant's answer")
    return side


def alike(one: Completion, other: Completion) -> bool:
    """Whether two answers say the same but for the blanks around it."""
    return [message.content.strip() for message in one] == [message.content.strip() for message in other]


def provenance_of(raw: Mapping[str, Any], source: str) -> Provenance:
    """The provenance that a row gives, or one of its `judge` (or `annotator`), `why`, `rule` and `when`; and who the
    annotator was. Raises RowError."""
    given = raw.get("provenance")
    who = str(raw["annotator"]) if raw.get("annotator") else None
    try:
        if isinstance(given, dict):
            return Provenance.model_validate({**given, "annotator": given.get("annotator") or who})
        told = {name: str(raw[name]) for name in ("rule", "when") if raw.get(name)}
        judge = str(raw.get("judge") or who or UNKNOWN)
        return Provenance(source=source, judge=judge, why=str(raw.get("why") or ""), annotator=who, **told)
    except ValidationError as error:
        raise RowError(f"provenance: {error.errors()[0]['msg']}") from None


def id_of(raw: Mapping[str, Any], source: str, place: str) -> str:
    """The row's own id, or its place in the file."""
    given = raw.get("id")
    return f"{source}:{place}" if given in (None, "") else str(given)


def _checked(value: list[Any], name: str) -> Completion:
    try:
        return tuple(Message.model_validate(item) for item in value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = ".".join(map(str, first["loc"])) or "a message"
        raise RowError(f"{name}: {what}: {_PLAIN.get(first['type'], first['msg'].lower())}") from None


def _hh(text: str) -> Completion:
    pieces = _HH_TURN.split(text)[1:]
    return tuple(
        Message.model_validate({"role": _HH_ROLE[who], "content": said.strip()})
        for who, said in zip(pieces[::2], pieces[1::2], strict=True)
    )
