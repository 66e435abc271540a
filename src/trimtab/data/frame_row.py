"""One comparison as a row of the frame: read with plain comparisons of types and text, or made of its record."""

import re
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from ..records import Comparison, Message, Provenance
from .columns import READ, nothing_beside, refuse_unread
from .comparisons import KINDS
from .messages import looks_listed
from .naming import named, persons_in
from .parts import OF_CONVERSATION, UNKNOWN, RowError, name_of
from .plain import said_of
from .supervision import TELLING, with_figures

COLUMNS = (
    "id", "place", "prompt", "before", "prompt_key", "chosen", "rejected", "judge", "source", "kind",
    "chosen_origin", "rejected_origin", "rule", "when", "fingerprint", "chosen_beside", "rejected_beside",
)  # fmt: skip
"""Of a frame; all text but `place`, which counts the rows that were read, from 0 (of a comparison that other rows made:
-1). `prompt` is the user's last message,
`before` what stands before it, `prompt_key` a hash of both with their roles. `kind`, the origins (which model wrote
an answer), the `rule` that decided, `when` it was judged and the `fingerprint` of a model that judged are empty where
the rows do not tell. What stands `beside` an answer's text is named, with blanks between: THOUGHT, CALLS, TURNS."""
THOUGHT, CALLS, TURNS = "thought", "calls", "turns"
"""A thought in a field of its own, calls of tools, and turns of the user's between the answer's own."""
_OTHERS = {name for name, kind in TELLING.items() if kind != "comparison"}.union(OF_CONVERSATION)
"""Columns that make a row with two sides ambiguous, or that the reader of rows is to look at."""
_KINDS = frozenset(KINDS)
_PLAIN = READ["comparison"] - OF_CONVERSATION
"""Columns with which there is nothing to look at beside the two sides."""
_ROLES = {"system", "user", "assistant"}
_HH_START = ("\n\nHuman:", "\n\nAssistant:")
_HH_TURN = re.compile(r"\n\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}

Turn = tuple[str, str]
"""Role and content."""
Row = tuple[str, int, str, str, str, str, str, str, str, str, str, str, str, str, str, str, str]


def usual_row(raw: Any, source: str, place: str, count: int) -> Row | None:
    """The row, where its form is a usual one and nothing is wrong with it; None where that is not sure."""
    if not isinstance(raw, dict):
        return None
    if not raw.keys() <= _PLAIN and not (_nothing_beside(tuple(raw)) and nothing_beside(raw, "comparison")):
        try:
            raw = with_figures(named(raw))
            refuse_unread(raw, "comparison")
        except RowError:
            return None
        if not _OTHERS.isdisjoint(raw):
            return None
    chosen, rejected = _turns(raw.get("chosen"), "assistant"), _turns(raw.get("rejected"), "assistant")
    if chosen is None or rejected is None:
        return None
    asked = raw.get("prompt")
    if asked:
        prompt = _turns(asked, "user")
        if prompt is None:
            return None
        if isinstance(asked, str) and prompt[-1] == ("assistant", ""):
            prompt = prompt[:-1]
    else:
        prompt, chosen, rejected = _split(chosen, rejected)
    if not prompt or prompt[-1][0] != "user" or not prompt[-1][1].strip():
        return None
    for side in (chosen, rejected):
        if not side or side[0][0] != "assistant" or side[-1][0] != "assistant":
            return None
        if not all(content.strip() for _, content in side):
            return None
    if [content.strip() for _, content in chosen] == [content.strip() for _, content in rejected]:
        return None
    given = raw.get("provenance")
    if isinstance(given, dict):
        try:
            provenance = Provenance.model_validate(given)
        except ValidationError:
            return None
        judge, from_, told = provenance.judge, provenance.source, _told(provenance)
        if judge == UNKNOWN:
            judge = name_of(provenance.annotator) or name_of(raw.get("annotator")) or UNKNOWN
    else:
        judge, from_ = name_of(raw.get("judge")) or name_of(raw.get("annotator")) or UNKNOWN, source
        told = (name_of(raw.get("rule")) or "", name_of(raw.get("when")) or "", "")
    return _row(raw, f"{source}:{place}", count, prompt, chosen, rejected, judge, from_, told)


@lru_cache(maxsize=1024)
def _nothing_beside(columns: tuple[Any, ...]) -> bool:
    """Whether columns neither tell who judged nor are a part of the conversation."""
    return OF_CONVERSATION.isdisjoint(columns) and not persons_in(columns)


def row_of_record(row: Comparison, count: int) -> Row:
    """The row of a record, which is counted so."""
    told = row.provenance
    judge = (told.annotator or UNKNOWN) if told.judge == UNKNOWN else told.judge
    raw = {name: getattr(row, name) for name in ("id", "kind", "chosen_model", "rejected_model")}
    prompt, chosen, rejected = map(_plain, (row.prompt, row.chosen, row.rejected))
    made = _row(raw, row.id, count, prompt, chosen, rejected, judge, told.source, _told(told))
    return (*made[:-2], _beside(row.chosen), _beside(row.rejected))


def _told(provenance: Provenance) -> tuple[str, str, str]:
    """The rule that decided, when, and the fingerprint of a model that judged."""
    judge = provenance.fingerprint.to_json() if provenance.fingerprint is not None else ""
    return provenance.rule or "", provenance.when or "", judge


def _beside(said: tuple[Message, ...]) -> str:
    """What stands beside the text of a side's messages."""
    has = {
        THOUGHT: any(message.reasoning_content and message.reasoning_content.strip() for message in said),
        CALLS: any(message.tool_calls for message in said),
        TURNS: any(message.role == "user" for message in said),
    }
    return " ".join(name for name, there in has.items() if there)


def _turned(side: list[Turn]) -> str:
    return TURNS if any(role == "user" for role, _ in side) else ""


def _plain(messages: tuple[Message, ...]) -> list[Turn]:
    return [(message.role, message.text) for message in messages]


def _row(
    raw: dict[str, Any], default: str, count: int, prompt: list[Turn], chosen: list[Turn], rejected: list[Turn],
    judge: str, source: str, told: tuple[str, str, str],
) -> Row:  # fmt: skip
    given = raw.get("id")
    asked = "".join([said_of(role, content.strip()) for role, content in prompt])
    last = len(prompt) - 1
    while last > 0 and prompt[last][0] != "user":
        last -= 1
    if prompt[last][0] != "user":
        last = len(prompt) - 1
    return (
        default if given in (None, "") else str(given),
        count,
        prompt[last][1],
        "\n".join([content for place, (_, content) in enumerate(prompt) if place != last]),
        asked,
        _said(chosen),
        _said(rejected),
        judge,
        source,
        "" if _KINDS.isdisjoint(raw) else next((str(raw[name]) for name in KINDS if raw.get(name) is not None), ""),
        name_of(raw.get("chosen_model")) or "",
        name_of(raw.get("rejected_model")) or "",
        *told,
        _turned(chosen),
        _turned(rejected),
    )


def _said(side: list[Turn]) -> str:
    if len(side) == 1 and side[0][0] == "assistant":
        return side[0][1]
    return "\n".join([content for role, content in side if role == "assistant"])


def _turns(value: Any, role: str) -> list[Turn] | None:
    if isinstance(value, str):
        if not value.startswith(_HH_START):
            return None if not value or value.startswith("\r\n") or looks_listed(value) else [(role, value)]
        pieces = _HH_TURN.split(value)[1:]
        return [(_HH_ROLE[who], said.strip()) for who, said in zip(pieces[::2], pieces[1::2], strict=True)]
    if not isinstance(value, list):
        return None
    turns: list[Turn] = []
    for item in value:
        if not isinstance(item, dict) or len(item) != 2:
            return None
        who, content = item.get("role"), item.get("content")
        if not isinstance(who, str) or who not in _ROLES or not isinstance(content, str):
            return None
        turns.append((who, content))
    return turns or None


def _split(chosen: list[Turn], rejected: list[Turn]) -> tuple[list[Turn], list[Turn], list[Turn]]:
    """The turns that both sides begin with are the prompt, up to the last one before an answer."""
    most = min(len(chosen), len(rejected))
    shared = 0
    while shared < most and chosen[shared] == rejected[shared]:
        shared += 1
    while shared > 0 and (shared == most or chosen[shared - 1][0] != "user"):
        shared -= 1
    return chosen[:shared], chosen[shared:], rejected[shared:]
