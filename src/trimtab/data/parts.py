"""The parts that every row of feedback has: prompt, answers, id and provenance, read from text or from messages."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..records import Completion, Message, Provenance
from .messages import RowError as RowError
from .messages import listed, looks_listed, messages_of, tools_of

UNKNOWN = "unknown"
"""The judge of a row that names none."""
SYSTEM_COLUMNS = ("system", "system_prompt", "system_message")
"""Columns that may hold the system message of a row's conversation."""
TOOLS_COLUMNS = ("tools", "functions")
"""Columns that may describe what an assistant may call; `functions` is OpenAI's older name."""
OF_CONVERSATION = frozenset((*SYSTEM_COLUMNS, *TOOLS_COLUMNS))
"""Columns that are a part of the conversation beside the prompt."""
_HH_TURN = re.compile(r"\r?\n\r?\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}


def messages(value: Any, name: str, plain_role: str = "assistant") -> Completion:
    """Text, HH-RLHF's text with its turns, a message or a list of them, also written as JSON text.

    Raises RowError, naming the column.
    """
    if isinstance(value, str):
        if _HH_TURN.match(value):
            return _hh(value)
        if looks_listed(value):
            return listed(value, name)
        return messages_of([{"role": plain_role, "content": value}], name)
    if isinstance(value, list | Mapping):
        return messages_of(value, name)
    raise RowError(f"{name} is neither text nor a list of messages")


def conversation_of(row: Mapping[str, Any]) -> Completion:
    """A row's prompt, and what its columns beside it say of the conversation. Raises RowError."""
    return with_columns(prompt_of(row["prompt"]), row)


def with_columns(prompt: Completion, row: Mapping[str, Any]) -> Completion:
    """A prompt with the system message and the tools that stand in columns of their own. Raises RowError."""
    for name in SYSTEM_COLUMNS:
        said = row.get(name)
        if said in (None, ""):
            continue
        if not isinstance(said, str):
            raise RowError(f"{name} is no text")
        if said.strip():
            prompt = _under(prompt, said, name)
    for name in TOOLS_COLUMNS:
        given = row.get(name)
        if name == "functions" and isinstance(given, list):
            given = [{"type": "function", "function": item} for item in given]
        found = tools_of(given, name)
        if found is not None:
            held = next((message.tools for message in prompt if message.tools), None)
            if held not in (None, found):
                raise RowError(f"{name} are not the tools that the prompt's own messages have")
            if held is None:
                prompt = (prompt[0].model_copy(update={"tools": found}), *prompt[1:])
    return prompt


def _under(prompt: Completion, said: str, name: str) -> Completion:
    if prompt[0].role != "system":
        return (Message(role="system", content=said), *prompt)
    if prompt[0].content.strip() != said.strip():
        raise RowError(f"{name} is not what the prompt's own system message says")
    return prompt


def prompt_of(value: Any) -> Completion:
    """A prompt column's messages, of which a user's is the last. Raises RowError."""
    found = messages(value, "prompt", plain_role="user")
    if isinstance(value, str) and found[-1].role == "assistant" and not found[-1].content:
        found = found[:-1]  # HH-RLHF's prompt column ends with "\n\nAssistant:"
    return ends_with_user(found)


def ends_with_user(prompt: Completion) -> Completion:
    """The prompt, if it waits for an answer: to the user, or to what a tool found. Raises RowError."""
    if not prompt or prompt[-1].role not in ("user", "tool"):
        raise RowError("the prompt does not end with a user's message")
    if prompt[-1].role == "user" and not prompt[-1].content.strip():
        raise RowError("the prompt is empty")
    return prompt


def answer_of(side: Completion, name: str) -> Completion:
    """The answer, if it is one of an assistant. Raises RowError; `name` is what it says of it ("chosen")."""
    if not side or any(not message.text.strip() and message.role != "tool" for message in side):
        raise RowError(f"the {name} answer is empty")
    if side[0].role != "assistant" or side[-1].role != "assistant":
        raise RowError(f"the {name} side is not an assistant's answer")
    if any(message.tools for message in side):
        raise RowError(f"the {name} answer describes tools, which belong into the prompt")
    return side


def alike(one: Completion, other: Completion) -> bool:
    """Whether two answers say the same but for the blanks around it."""
    return [_bare(message) for message in one] == [_bare(message) for message in other]


def _bare(message: Message) -> tuple[str, str, str | None]:
    return message.role, message.text.strip(), message.reasoning_content


def provenance_of(raw: Mapping[str, Any], source: str) -> Provenance:
    """The provenance that a row gives, or one of its `judge` (or `annotator`), `why`, `rule` and `when`; and who the
    annotator was. Raises RowError."""
    given = raw.get("provenance")
    who = name_of(raw.get("annotator"))
    try:
        if isinstance(given, dict):
            return Provenance.model_validate({**given, "annotator": name_of(given.get("annotator")) or who})
        told = {name: said for name in ("rule", "when") if (said := name_of(raw.get(name))) is not None}
        judge = name_of(raw.get("judge")) or who or UNKNOWN
        seen = _seen(raw.get("order"), raw.get("shown_ms")) if {"order", "shown_ms"} <= raw.keys() else {}
        return Provenance(source=source, judge=judge, why=name_of(raw.get("why")) or "", annotator=who, **told, **seen)
    except ValidationError as error:
        raise RowError(f"provenance: {error.errors()[0]['msg']}") from None


def _seen(order: Any, shown_ms: Any) -> dict[str, Any]:
    """How a person was shown the answers, as trimtab's tables write it. Raises RowError."""
    try:
        places = json.loads(order) if isinstance(order, str) and order else order or ()
        return {"order": places, "shown_ms": None if shown_ms in (None, "") else int(shown_ms)}
    except (TypeError, ValueError):
        raise RowError("`order` and `shown_ms` do not hold what trimtab writes there") from None


def name_of(value: Any) -> str | None:
    """Who or what a value names; None where it is empty, not a number, or not there. Annotators numbered from 0 are
    somebody, and a table's 3.0 is the same as 3."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = int(value) if value.is_integer() else value
    return None if value is None or not str(value).strip() else str(value)


def id_of(raw: Mapping[str, Any], source: str, place: str) -> str:
    """The row's own id, or its place in the file."""
    given = raw.get("id")
    return f"{source}:{place}" if given in (None, "") else str(given)


def _hh(text: str) -> Completion:
    pieces = _HH_TURN.split(text)[1:]
    return tuple(
        Message.model_validate({"role": _HH_ROLE[who], "content": said.strip()})
        for who, said in zip(pieces[::2], pieces[1::2], strict=True)
    )
