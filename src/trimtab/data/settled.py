"""Figures and words beside several answers that are read: which of two is better, which are tied, in what order.

Only names whose direction is plain are read: of scores, ratings and rewards more is better, of ranks less. What else
stands there is left to `columns.refuse_unread`. A tie is a tie, also where two sides are called chosen and rejected.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .columns import empty
from .harmless import words_of
from .parts import RowError

_MORE = frozenset(
    "advantage advantages like likes point points rating ratings reward rewards score scores star stars upvote "
    "upvotes".split()
)
"""Measures of which more is better."""
_LESS = frozenset(("rank", "ranks"))
_BESIDE = frozenset(
    "answer answers average avg chosen completion completions final human judge mean model of overall preference raw "
    "rejected response responses rm total".split()
)
"""Words that do not turn a measure round, as "toxicity" does."""
_CHOICE = frozenset(
    "best better choice decision judgement judgment outcome preference preferred result tie tied verdict vote win "
    "winner".split()
)
"""Words of columns that tell which of two answers is better."""
_TIES = frozenset(
    "a tie|both|both bad|both good|bothbad|draw|equal|equally good|even|indifferent|neither|neutral|no preference|none|"
    "same|tie|tie (bothbad)|tied|unsure".split("|")
)


def settled(row: Mapping[str, Any]) -> frozenset[str]:
    """The columns beside `chosen` and `rejected` that agree with them.

    Raises RowError where they say that the two are tied, or the other way round.
    """
    read: set[str] = set()
    for name, value in row.items():
        if name in read or empty(value) or not isinstance(name, str) or name in ("chosen", "rejected"):
            continue
        words = words_of(name)
        if {"chosen", "rejected"} & {*words}:
            read |= _by_side(row, name, words)
        elif _CHOICE & {*words}:
            read |= _told(name, words, value)
        elif name == "margin":
            read |= _margin(value)
        elif _direction(words) is not None:
            read |= _two_figures(name, value)
    return frozenset(read)


def ranks_beside(row: Mapping[str, Any], answers: int) -> tuple[frozenset[str], list[float] | None]:
    """The columns that score each of so many answers, and the ranks that they come to, None where there is no such.

    Raises RowError where a column of scores does not fit, and where two of them order the answers differently.
    """
    found: dict[str, list[float]] = {}
    for name, value in row.items():
        way = _direction(words_of(name)) if isinstance(name, str) and not empty(value) else None
        if way is None:
            continue
        figures = _figures(value)
        if figures is None:
            raise RowError(f"{name} is no list of numbers")
        if len(figures) != answers:
            raise RowError(f"there are {answers} answers and {len(figures)} {name}")
        found[name] = [-way * figure for figure in figures]
    orders = {tuple(_places(figures)) for figures in found.values()}
    if len(orders) > 1:
        raise RowError(f"{' and '.join(found)} order the answers differently")
    return frozenset(found), list(orders.pop()) if orders else None


def _places(figures: Sequence[float]) -> list[float]:
    order = sorted(set(figures))
    return [float(order.index(figure) + 1) for figure in figures]


def _direction(words: Iterable[str]) -> int | None:
    """1 where more is better, -1 where less is, None where a name does not tell."""
    rest = {word for word in words if word not in _BESIDE and not word.isdigit()}
    if not rest:
        return None
    return 1 if rest <= _MORE else -1 if rest <= _LESS else None


def _by_side(row: Mapping[str, Any], name: str, words: tuple[str, ...]) -> set[str]:
    """A figure of each side: "score_chosen" and "score_rejected"."""
    turned = {"chosen": "rejected", "rejected": "chosen"}
    other_words = tuple(turned.get(word, word) for word in words)
    other = next((each for each in row if isinstance(each, str) and words_of(each) == other_words), None)
    way = _direction(words)
    if other is None or way is None or {"chosen", "rejected"} <= {*words}:
        return set()
    better, worse = (name, other) if "chosen" in words else (other, name)
    figures = _number(row[better]), _number(row[worse])
    if figures[0] is None or figures[1] is None:
        return set()
    gap = way * (figures[0] - figures[1])
    if gap == 0:
        raise RowError(f"a tie: {better} and {worse} are the same")
    if gap < 0:
        raise RowError(f"{better} and {worse} say that the rejected answer is the better one")
    return {better, worse}


def _two_figures(name: str, value: Any) -> set[str]:
    """Figures of the two answers in one list, whichever is whose: the sides tell it, unless they are the same."""
    figures = _figures(value)
    if figures is None or len(figures) != 2:
        return set()
    if figures[0] == figures[1]:
        raise RowError(f"a tie: both answers have the same figure in {name}")
    return {name}


def _told(name: str, words: tuple[str, ...], value: Any) -> set[str]:
    """A column that says which side is better."""
    if {"tie", "tied"} & {*words} and isinstance(value, bool | int):
        if value:
            raise RowError(f"a tie: {name} says so")
        return {name}
    said = " ".join(value.replace("_", " ").casefold().split()) if isinstance(value, str) else None
    if said in _TIES:
        raise RowError(f"a tie: {name} is {value!r}")
    if said == "rejected":
        raise RowError(f"{name} says that the rejected answer is the better one")
    return {name} if said == "chosen" else set()


def _margin(value: Any) -> set[str]:
    """TRL's column of by how much the chosen answer is better."""
    figure = _number(value)
    if figure is None:
        return set()
    if figure == 0:
        raise RowError("a tie: the margin is 0")
    if figure < 0:
        raise RowError("a margin below 0 says that the rejected answer is the better one")
    return {"margin"}


def _figures(value: Any) -> list[float] | None:
    """A list of numbers, also one that is written as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if not isinstance(value, list | tuple) or not value:
        return None
    found = [_number(item) for item in value]
    return [figure for figure in found if figure is not None] if None not in found else None


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
