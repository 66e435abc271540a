"""Feedback in the forms of others: TRL's, OpenAI's, Label Studio's, and CSV. What a form cannot hold is rejected.

TRL's rows are trimtab's own records with what is set in them, so that reading them again gives the same ones.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import UserError, option
from ..records import (
    Comparison,
    Completion,
    Demonstration,
    Kind,
    Ranking,
    Rating,
    Reject,
    Supervision,
    Thumb,
    kind_of,
)
from .convert import to_comparisons, to_demonstrations, to_thumbs
from .pairs import MARGIN, rejected
from .parts import UNKNOWN

Target = Literal["trl", "openai", "label-studio", "csv"]
Trained = Literal["comparison", "demonstration", "thumb"]
"""The types that TRL's trainers read."""

_MAKE: Mapping[Trained, Callable[[Sequence[Supervision]], Any]] = {
    "demonstration": to_demonstrations,
    "thumb": to_thumbs,
}
_CSV = (
    "id", "prompt", "chosen", "rejected", "completions", "ranks", "completion", "label", "rating", "low", "high",
    "before", "after", "critique", "revision", "kind", "chosen_model", "rejected_model", "judge", "annotator", "why",
    "rule", "when", "order", "shown_ms",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A file's `text`, how many rows of which types it holds, and what it cannot hold; notes are for who reads it."""

    text: str
    counts: Mapping[Kind, int]
    rejected: tuple[Reject, ...]
    notes: tuple[str, ...] = ()


def written(rows: Sequence[Supervision], to: Target, kind: Trained | None = None, margin: float = MARGIN) -> Written:
    """Rows in a form of others, converted to one `kind` first where that is given (`margin` is for ratings).

    TRL's and OpenAI's files hold one type: rankings, ratings, edits and critiques become comparisons. Raises UserError
    where rows are of several types and none is given, and where nothing can be written.
    """
    made, left, notes = _converted(rows, to, kind, margin)
    lines: list[dict[str, Any]] = []
    counts: dict[Kind, int] = {}
    for row in made:
        line = _FORMS[to](row)
        if isinstance(line, str):
            left.append(rejected(row, line))
            continue
        lines.append(line)
        counts[kind_of(row)] = counts.get(kind_of(row), 0) + 1
    if not lines:
        reason = f"the first: {left[0].reason}" if left else "there is no row"
        fix = "Choose another form."
        if not made and left:
            fix = f"Give rows that make one, or write them as they are, by {option('to', 'csv')}."
        raise UserError(f"{option('to')} is {to}.", f"No row can be written so; {reason}.", fix)
    highs = sorted({row.high for row in made if isinstance(row, Rating)})
    if to == "label-studio" and highs and highs != [5]:
        notes.append(f"Set maxRating to {highs[-1]:g} in Label Studio's configuration: its own is 5.")
    return Written(_TEXT[to](lines), counts, tuple(left), tuple(notes))


def _converted(
    rows: Sequence[Supervision], to: Target, kind: Trained | None, margin: float
) -> tuple[Sequence[Supervision], list[Reject], list[str]]:
    """Rows of the types that the form has, what makes none, and notes."""
    if kind is None and to in ("csv", "label-studio"):
        return rows, [], []
    found = {_trained(row) for row in rows}
    if kind is None and len(found) > 1:
        raise UserError(
            f"{option('to')} is {to}.",
            f"The rows are {' and '.join(sorted(f'{name}s' for name in found))}, and a file of that form has one type.",
            f"Say which, by {option('kind')}: comparison, demonstration or thumb.",
        )
    wanted = kind or next(iter(found), "comparison")
    made = to_comparisons(rows, margin) if wanted == "comparison" else _MAKE[wanted](rows)  # type: ignore[index]
    return made.made, list(made.rejected), list(made.notes)


def _trained(row: Supervision) -> Trained:
    """The type that a row is, or is made to where nothing else is said."""
    match row:
        case Demonstration():
            return "demonstration"
        case Thumb():
            return "thumb"
        case _:
            return "comparison"


def _trl(row: Supervision) -> dict[str, Any]:
    line = row.model_dump(mode="json", exclude_defaults=True)
    line["prompt"], tools = _tools_apart(line["prompt"])
    return line | ({"tools": tools} if tools else {})


def _openai(row: Supervision) -> dict[str, Any] | str:
    """OpenAI's preference form, of which each side is one answer; of demonstrations its form of chats."""
    if isinstance(row, Demonstration):
        turns, tools = _tools_apart(_messages((*row.prompt, *row.completion)))
        return {"messages": _calls_as_text(turns)} | ({"tools": tools} if tools else {})
    if not isinstance(row, Comparison):
        return f"OpenAI's form has no {kind_of(row)}"
    if any(message.role == "user" for message in (*row.chosen, *row.rejected)):
        return "a side has turns of the user's, and OpenAI's form one answer"
    turns, tools = _tools_apart(_messages(row.prompt))
    asked = {"messages": _calls_as_text(turns), "tools": tools, "parallel_tool_calls": True}
    chosen, rejected = (_calls_as_text(_messages(side)) for side in (row.chosen, row.rejected))
    sides = {"preferred_output": chosen, "non_preferred_output": rejected}
    return {"input": asked, **sides}


def _task(row: Supervision) -> dict[str, Any] | str:
    """A task of Label Studio's with its annotation, for its template of human preferences, its stars and its ranker.

    Which side stands left, and in which order items are shown, is drawn from the row's id: the place tells nothing.
    """
    data: dict[str, Any] = {"prompt": _said(row.prompt)}
    match row:
        case Comparison():
            flipped = _drawn(row.id) % 2
            sides = [_said(row.chosen), _said(row.rejected)]
            data |= dict(zip(("answer1", "answer2"), sides[::-1] if flipped else sides, strict=True))
            value = {"selected": "right" if flipped else "left"}
            result = {"from_name": "comparison", "to_name": "answer1,answer2", "type": "pairwise", "value": value}
        case Rating():
            if row.low != 1 or row.rating != int(row.rating) or row.high != int(row.high):
                return f"Label Studio's stars are whole numbers from 1, and this is {row.rating:g} from {row.low:g} on"
            data["response"] = _said(row.completion)
            result = {
                "from_name": "rating",
                "to_name": "response",
                "type": "rating",
                "value": {"rating": int(row.rating)},
            }
        case Ranking():
            if len({*row.ranks}) < len(row.ranks):
                return "a ranking with ties, which Label Studio's ranker has not"
            order = [str(place) for place in range(1, len(row.completions) + 1)]
            bodies = zip(order, row.completions, strict=True)
            items = [{"id": name, "title": "", "body": _said(said)} for name, said in bodies]
            data["items"] = sorted(items, key=lambda item: _drawn(row.id, item["id"]))
            result = {"from_name": "rank", "to_name": "answers", "type": "ranker", "value": {"ranker": order}}
        case _:
            return f"Label Studio's templates for text have no {kind_of(row)}"
    return {"data": data, "annotations": [{"result": [result]}], "meta": _who(row)}


def _drawn(*names: str) -> int:
    return int.from_bytes(hashlib.blake2b("/".join(names).encode(), digest_size=8).digest(), "big")


def _cells(row: Supervision) -> dict[str, Any]:
    """A row of a table: texts as they are, several turns as JSON."""
    cells: dict[str, str | None] = {}
    for name, value in row.model_dump(exclude={"provenance"}).items():
        held = getattr(row, name)
        if isinstance(held, tuple) and name not in ("ranks", "completions"):
            cells[name] = _cell(_said(held))
        elif name == "completions":
            cells[name] = json.dumps([_said(said) for said in held], ensure_ascii=False)
        else:
            cells[name] = value if isinstance(value, str) or value is None else json.dumps(value)
    return {**_who(row), **cells}


def _cell(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _who(row: Supervision) -> dict[str, Any]:
    """Where it is from: its id, and who judged it, why, and when."""
    told = row.provenance
    judge = None if told.judge in (UNKNOWN, told.annotator) else told.judge
    found: dict[str, str | int | None] = {
        "judge": judge,
        "annotator": told.annotator,
        "why": told.why or None,
        "rule": told.rule,
        "when": told.when,
        "order": json.dumps(told.order) if told.order else None,
        "shown_ms": told.shown_ms,
    }
    return {"id": row.id, **{name: value for name, value in found.items() if value is not None}}


def _messages(said: Completion) -> list[dict[str, Any]]:
    return [message.model_dump(mode="json", exclude_defaults=True) for message in said]


def _said(said: Completion) -> Any:
    """One message of words alone as its text, others as they are."""
    told = _messages(said)
    return told[0]["content"] if len(told) == 1 and told[0].keys() == {"role", "content"} else told


def _tools_apart(turns: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Messages without the tools that one of them describes, and those, which other tools take beside the messages."""
    tools: list[Any] = next((one["tools"] for one in turns if "tools" in one), [])
    return [{name: value for name, value in one.items() if name != "tools"} for one in turns], tools


def _calls_as_text(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages with the arguments of calls as JSON text, as OpenAI has them."""
    for call in (call for one in turns for call in one.get("tool_calls", [])):
        call["function"]["arguments"] = json.dumps(call["function"]["arguments"], ensure_ascii=False)
    return turns


def _json_lines(lines: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _table(lines: Sequence[Mapping[str, Any]]) -> str:
    held = [name for name in _CSV if any(line.get(name) is not None for line in lines)]
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, held, extrasaction="ignore", lineterminator="\n")
    out.writeheader()
    out.writerows(lines)
    return text.getvalue()


_FORMS: Mapping[Target, Callable[[Supervision], dict[str, Any] | str]] = {
    "csv": _cells,
    "label-studio": _task,
    "openai": _openai,
    "trl": _trl,
}
_TEXT: Mapping[Target, Callable[[Sequence[dict[str, Any]]], str]] = {
    "csv": _table,
    "label-studio": lambda tasks: json.dumps(tasks, ensure_ascii=False, indent=1) + "\n",
    "openai": _json_lines,
    "trl": _json_lines,
}
TARGETS: tuple[Target, ...] = tuple(_FORMS)
