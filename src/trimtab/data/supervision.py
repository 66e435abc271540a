"""Rows of any type of supervision, the type told by the row's columns; see docs/feedback.md for a row of each.

A row is of the one type whose telling columns it has (`TELLING`). With columns of two types it is ambiguous, with
columns of none it is unknown, and either goes to the reject log: a guess would train one type as another. A line of a
run's `supervision.jsonl` is read as the row that it holds.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ..records import Completion, Critique, Demonstration, Edit, Kind, Ranking, Rating, Supervision, Thumb
from .columns import refuse_unjudged, refuse_unread, repeats
from .comparisons import KINDS, comparison_from_row
from .naming import SYNONYMS, named, unwrapped
from .parts import RowError, alike, answer_of, conversation_of, id_of, messages, name_of, provenance_of
from .settled import ranks_beside, settled

TELLING: dict[str, Kind] = {
    "after": "edit",
    "before": "edit",
    "chosen": "comparison",
    "completions": "ranking",
    "critique": "critique",
    "label": "thumb",
    "rating": "rating",
    "rejected": "comparison",
}
"""Columns that tell a row's type. A row with none of them, but with an answer, is a demonstration."""

_OF_JUDGED = frozenset({"high", "low", "ranks", "revision"})
"""Columns that a row has beside those that tell its type, and a demonstration never."""

NEEDED: dict[Kind, tuple[str, ...]] = {
    "comparison": ("chosen", "rejected"),
    "critique": ("prompt", "completion", "critique"),
    "demonstration": ("prompt", "completion"),
    "edit": ("prompt", "before", "after"),
    "ranking": ("prompt", "completions"),
    "rating": ("prompt", "completion", "rating", "low", "high"),
    "thumb": ("prompt", "completion", "label"),
}
"""Columns that a row of each type cannot do without; a demonstration may have `messages` for both of its own."""

PROMPT_ALONE = "a prompt alone is no feedback"
"""Why a row of a file of prompts is none."""
OF_PROMPTS = {"id", "prompt", *KINDS, "twin"}
"""Columns of a prompt alone."""
_WORDS = {"true": True, "false": False}


def kind_from_columns(columns: Sequence[str]) -> Kind:
    """The type that columns tell. Raises RowError where they tell none, several, or not all of one."""
    told = sorted({TELLING[column] for column in columns if column in TELLING})
    if len(told) > 1:
        which = ", ".join(f"{column} ({TELLING[column]})" for column in sorted(columns) if column in TELLING)
        raise RowError(f"ambiguous: it has columns of {' and '.join(told)}: {which}")
    if not told:
        if "completion" not in columns and "messages" not in columns:
            if "prompt" in columns and OF_PROMPTS.issuperset(columns):
                raise RowError(PROMPT_ALONE)
            raise RowError(f"unknown: no type of supervision has the columns {', '.join(sorted(columns)) or '(none)'}")
        return "demonstration"
    (kind,) = told
    missing = [column for column in NEEDED[kind] if column not in columns]
    if missing and kind != "comparison":  # a comparison says itself which side is not there
        scale = ": the scale of its ratings is told by `scale`" if {*missing} <= {"low", "high"} else ""
        raise RowError(f"{_a(kind)} without {' and '.join(missing)}{scale}")
    return kind


def _rows_within(row: Mapping[str, Any]) -> str | None:
    """The column of what is no row, but holds a list of them."""
    if not {"prompt", "completion", "completions", "messages", *TELLING}.isdisjoint(row):
        return None
    lists = (name for name, value in row.items() if isinstance(value, list) and any(value))
    return next((name for name in lists if all(isinstance(one, dict) for one in row[name])), None)


def _refuse_untold(given: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Raises RowError for an answer of which something was to be said, and nothing is: it is nothing to show.

    Where columns of several types are there and empty, the row is one of a table of several types.
    """
    types = _empty_types(given)
    beside = sorted(_OF_JUDGED & row.keys())
    if beside or len(types) == 1:
        empty = [name for names in types.values() for name in names]
        are = "is" if len(empty) == 1 else "are"
        told = f"`{'`, `'.join(empty)}` {are} empty" if empty else f"it has `{'`, `'.join(beside)}` alone"
        raise RowError(f"{told}: what was said of the answer is not known")


def _empty_types(given: Mapping[str, Any]) -> dict[Kind, list[str]]:
    """The types of whose telling columns a row has some that are empty, and these."""
    found: dict[Kind, list[str]] = {}
    for name, value in given.items():
        if value is None and SYNONYMS.get(name, name) in TELLING:
            found.setdefault(TELLING[SYNONYMS.get(name, name)], []).append(name)
    return found


def supervision_from_row(raw: Any, *, source: str, place: str) -> Supervision:
    """Reads a row of any type. Raises RowError with the reason why it is none.

    Every column that has a value is read, says nothing of an answer (`columns`), or is that reason.
    """
    if not isinstance(raw, dict):
        raise RowError("not a JSON object")
    given = unwrapped(raw)
    row = with_figures(named(given))
    if within := _rows_within(row):
        raise RowError(f"it has no prompt and no answer; rows stand in its `{within}`: give that list alone")
    kind = kind_from_columns(list(row))
    if kind == "demonstration":
        _refuse_untold(given, row)
        if "completion" not in row:
            turns = row.pop("messages")
            if row.get("prompt") and not repeats(row["prompt"], turns):
                raise RowError("the prompt is none of the messages, and which of the two was answered is not known")
            row["prompt"], row["completion"] = _last_turn(turns)
    if kind == "ranking" or len(_empty_types(given)) < 2:
        refuse_unjudged(given, row, kind)
    if kind != "comparison" and not row.get("prompt"):
        raise RowError(f"{_a(kind)} without prompt; its columns are {', '.join(map(str, given))}")
    refuse_unread(row, kind)
    if kind == "comparison":
        return comparison_from_row(row, source=source, place=place)
    prompt = conversation_of(row)
    try:
        return _MAKERS[kind](
            row,
            {
                "id": id_of(row, source, place),
                "prompt": prompt,
                "provenance": provenance_of(row, source),
            },
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise RowError(f"{f'{where}: ' if where else ''}{first['msg'].removeprefix('Value error, ')}") from None


def with_figures(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the figures beside its several answers that were read: they rank them, or agree with the two sides.

    Raises RowError where they do not.
    """
    ranks: list[float] | None = None
    if row.get("chosen") and row.get("rejected"):
        read = settled(row)
    elif isinstance(row.get("completions"), list):
        read, ranks = ranks_beside(row, len(row["completions"]))
    else:
        return row
    rest = {name: value for name, value in row.items() if name not in read}
    return rest if ranks is None else {**rest, "ranks": ranks}


def _demonstration(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    return Demonstration(**parts, completion=_answer(row, "completion"))


def _thumb(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    label = row["label"]
    if isinstance(label, str):
        label = _WORDS.get(label.strip().lower(), label)
    if label not in (True, False) or isinstance(label, str):
        raise RowError(f"label is {str(label)[:40]!r}, and must be true or false")
    return Thumb(**parts, completion=_answer(row, "completion"), label=bool(label))


def _rating(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    figures = {name: row[name] for name in ("rating", "low", "high")}
    for name, value in figures.items():
        if not _number(value):
            raise RowError(f"{name} is {str(value)[:40]!r}, and must be a number")
    who = name_of(row.get("annotator")) or name_of(row.get("judge"))  # judges too use a scale each in their own way
    return Rating(**parts, **figures, completion=_answer(row, "completion"), annotator=who)


def _edit(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    before, after = _answer(row, "before"), _answer(row, "after")
    if alike(before, after):
        raise RowError("the edit changes nothing")
    return Edit(**parts, before=before, after=after)


def _critique(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    said = row["critique"]
    if not isinstance(said, str) or not said.strip():
        raise RowError("the critique is empty" if isinstance(said, str) else "the critique is no text")
    revision = _answer(row, "revision") if row.get("revision") else None
    return Critique(**parts, completion=_answer(row, "completion"), critique=said, revision=revision)


def _ranking(row: Mapping[str, Any], parts: dict[str, Any]) -> Supervision:
    """`completions` best first, in which a list of texts is a group of ties; or in any order, with `ranks`."""
    given = row["completions"]
    if not isinstance(given, list):
        raise RowError("completions is no list of answers")
    ranks = row.get("ranks")
    ranked: list[tuple[float, Completion]] = []
    if ranks is None:
        for rank, item in enumerate(given, 1):
            group = item if isinstance(item, list) and item and not isinstance(item[0], dict) else [item]
            ranked += [(rank, _side(answer, "ranked")) for answer in group]
    else:
        if not isinstance(ranks, list) or any(not _number(rank) for rank in ranks):
            raise RowError("ranks is no list of numbers")
        if len(ranks) != len(given):
            raise RowError(f"there are {len(given)} answers and {len(ranks)} ranks")
        ranked = sorted(
            ((rank, _side(answer, "ranked")) for rank, answer in zip(ranks, given, strict=True)),
            key=lambda pair: pair[0],
        )
    if len(ranked) < 2:
        raise RowError("a ranking of fewer than two answers")
    first: dict[Completion, float] = {}
    for at, said in ranked:
        if first.setdefault(said, at) != at:
            raise RowError("it contradicts itself: two of its answers are equal and ranked or rated differently")
    places = {rank: place for place, rank in enumerate(dict.fromkeys(rank for rank, _ in ranked), 1)}
    return Ranking(
        **parts, completions=tuple(said for _, said in ranked), ranks=tuple(places[rank] for rank, _ in ranked)
    )


_MAKERS: dict[Kind, Callable[[Mapping[str, Any], dict[str, Any]], Supervision]] = {
    "critique": _critique,
    "demonstration": _demonstration,
    "edit": _edit,
    "ranking": _ranking,
    "rating": _rating,
    "thumb": _thumb,
}


def _answer(row: Mapping[str, Any], name: str) -> Completion:
    return _side(row[name], name)


def _side(value: Any, name: str) -> Completion:
    return answer_of(messages(value, name), name)


def _last_turn(value: Any) -> tuple[Any, Any]:
    """A conversation (TRL's `messages`) as what comes before the last answer, and that answer."""
    found = messages(value, "messages")
    if found[-1:] and found[-1].role != "assistant":
        raise RowError("the conversation does not end with an assistant's answer")
    plain = [message.model_dump() for message in found]
    return plain[:-1], plain[-1:]


def _a(kind: Kind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
