"""Columns beside those that a row is read by: what may say something of an answer, and is not read, refuses the row."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..records import Kind
from .comparisons import KINDS
from .harmless import figures_each, harmless, judges, words_of, would_judge
from .parts import OF_CONVERSATION, RowError

_COMMON = frozenset(
    ("annotator", "id", "judge", "prompt", "provenance", "rule", "when", "why", *OF_CONVERSATION),
)
READ: Mapping[Kind, frozenset[str]] = {
    "comparison": _COMMON.union(KINDS, ("chosen", "chosen_model", "rejected", "rejected_model")),
    "critique": _COMMON | {"completion", "critique", "revision"},
    "demonstration": _COMMON | {"completion"},
    "edit": _COMMON | {"after", "before"},
    "ranking": _COMMON | {"completions", "ranks"},
    "rating": _COMMON | {"completion", "high", "low", "rating"},
    "thumb": _COMMON | {"completion", "label"},
}
"""Columns that a row of each type is read by."""
_ALL = frozenset(name for columns in READ.values() for name in columns)
SEEN = frozenset({"order", "shown_ms"})
"""Columns by which trimtab's tables say how a person was shown the answers; alone, `order` may be anything."""
_SIDES = frozenset("answer chosen completion generation output rejected reply response text".split())
_PICKS = frozenset("id ids idx index indices nr number".split())
_SHOWN = 4
"""Columns that a reason names."""


def refuse_unread(row: Mapping[str, Any], kind: Kind) -> None:
    """Raises RowError, naming the columns, where something beside what a row is read by may say something of an answer.

    Names that `harmless` knows may not; nor does a column that repeats what is read.
    """
    told: dict[str, None] = {}
    held: frozenset[str] | None = None
    for name in _unread(tuple(row), kind):
        telling = list(_telling(str(name), name, row[name], kind))
        if telling and held is None:
            held = frozenset(text for other in READ[kind] & row.keys() for text in _texts(row[other]))
        if telling and not _repeats(row[name], held or frozenset()):
            told.update(dict.fromkeys(telling))
    if told:
        raise RowError(_refusal(list(told)))


def nothing_beside(row: Mapping[str, Any], kind: Kind) -> bool:
    """Whether a look at names and plain values is enough to know that a row has nothing beside what it is read by."""
    names = harmless_beside(tuple(row), kind)
    return names is not None and not any(looked_at(row[name]) for name in names)


@lru_cache(maxsize=1024)
def harmless_beside(columns: tuple[Any, ...], kind: Kind) -> tuple[str, ...] | None:
    """The columns that are not read, where by their names they say nothing of an answer; else None."""
    unread = _unread(columns, kind)
    return unread if all(isinstance(name, str) and harmless(name) for name in unread) and kind != "ranking" else None


def looked_at(value: Any) -> bool:
    """Whether a value of a harmless column is to be looked at all the same."""
    return judges(value) if isinstance(value, str) else not (value is None or isinstance(value, int | float))


def refuse_unjudged(given: Mapping[str, Any], row: Mapping[str, Any], kind: Kind) -> None:
    """Raises RowError where a judgement was to stand beside an answer that is shown, or beside answers whose order
    would else be that of a list, and does not; `row` is what is read of the `given` one."""
    if kind != "demonstration" and (kind != "ranking" or "ranks" in row):
        return
    for name, value in given.items():
        judges_it = name == "ranks" if name in _ALL else would_judge(str(name))
        if judges_it and empty(value):
            raise RowError(f"`{name}` is empty: what was said of the answer{'s' * (kind == 'ranking')} is not known")


def repeats(value: Any, other: Any) -> bool:
    """Whether a text, or messages, hold nothing but texts that another value holds."""
    return _repeats(value, frozenset(_texts(other)))


def empty(value: Any) -> bool:
    """Whether a value says nothing: null, not a number, a blank text, or nothing but such."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(empty(inner) for inner in value.values())
    return isinstance(value, list | tuple) and all(empty(inner) for inner in value)


def _refusal(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    are, those, say = ("is", "it", "it says") if len(names) == 1 else ("are", "them", "they say")
    return (
        f"{shown} {are} not read, and may say something of an answer: give {those} in a form of docs/feedback.md, or, "
        f"where {say} nothing, name {those} in `ignore`"
    )


@lru_cache(maxsize=1024)
def _unread(columns: tuple[Any, ...], kind: Kind) -> tuple[Any, ...]:
    """The columns that are not read: harmless ones too may have a value that judges."""
    seen = SEEN if {*columns} >= SEEN else frozenset()
    return tuple(name for name in columns if name not in READ[kind] | seen)


def _telling(path: str, name: Any, value: Any, kind: Kind, within: str = "") -> Iterator[str]:
    """The paths within a value that may say something of an answer; `within` is the name of what holds it."""
    if empty(value):
        return
    if isinstance(value, Mapping) and {"role", "content"} <= value.keys():
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _telling(f"{path}.{key}", key, inner, kind, str(name))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping | list | tuple) for item in value):
        for item in value:
            yield from _telling(path, name, item, kind, within)
    elif not _says_nothing(str(name), value, kind) and not (within and _says_nothing(f"{name}_{within}", value, kind)):
        yield path


def _says_nothing(name: str, value: Any, kind: Kind) -> bool:
    said = value if isinstance(value, list | tuple) else [value]
    if not harmless(name) or any(isinstance(one, str) and judges(one) for one in said):
        return False
    words = {*words_of(name)}
    if "rejected" in words and kind != "comparison":  # when it was rejected, and the like
        return False
    if kind == "ranking" and isinstance(value, list | tuple) and figures_each(name) and not _texts_alone(value):
        return False
    return not (kind == "ranking" and words & _SIDES and words & _PICKS)  # which of several answers is the best


def _texts_alone(value: Any) -> bool:
    return all(isinstance(one, str) for one in value)


def _texts(value: Any) -> Iterator[str]:
    """The texts that a column holds: its own, those of its messages, those of a list of answers."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        yield from _texts(value.get("content"))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _repeats(value: Any, held: Iterable[str]) -> bool:
    """Whether a text, or messages, hold nothing but texts that are read."""
    if isinstance(value, list | tuple):
        return all(_repeats(item, held) for item in value)
    if isinstance(value, Mapping):
        return value.keys() <= {"role", "content"} and _repeats(value.get("content"), held)
    return isinstance(value, str) and value.strip() in held
