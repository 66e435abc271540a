"""Some of the shortest texts in which a pattern is found, so that two patterns can be held against each other."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice, product
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from ..policy import RanOver, search

MOST = 48
"""Texts of one pattern."""
_CLASSES = {code.CATEGORY_DIGIT: "7", code.CATEGORY_SPACE: " ", code.CATEGORY_WORD: "a"}

_TESTS: dict[Any, Callable[[str], bool]] = {
    code.CATEGORY_DIGIT: str.isdigit,
    code.CATEGORY_SPACE: str.isspace,
    code.CATEGORY_WORD: str.isalnum,
}


@lru_cache(maxsize=512)
def strings_of(pattern: str) -> tuple[str, ...]:
    """At most MOST texts in which the pattern is found, each alternative once before any twice; none for one that
    cannot be written out."""
    try:
        tokens = _parser.parse(pattern)
    except re.error:
        return ()
    found = []
    for text in dict.fromkeys(_sequence(tokens)):
        try:
            if text.strip() and search(pattern, text) is not None:
                found.append(text)
        except RanOver:
            continue
    return tuple(found)


@lru_cache(maxsize=512)
def named_by(pattern: str) -> tuple[str, ...]:
    """The words that a pattern spells in full, at most MOST: of "berr(?:y|ies)|mush\\w+" the first two forms alone."""
    try:
        return tuple(text.lower() for text in dict.fromkeys(_spelled(_parser.parse(pattern))) if text.strip())
    except re.error:
        return ()


def _spelled(tokens: Iterable[Any]) -> list[str]:
    """Every text of literals alone; none where a class of letters is in between."""
    texts = [""]
    for kind, given in tokens:
        match kind:
            case code.LITERAL:
                ways = [chr(given)]
            case code.BRANCH:
                ways = [text for branch in given[1] for text in _spelled(branch)]
            case code.SUBPATTERN:
                ways = _spelled(given[3])
            case code.AT:
                ways = [""]
            case code.MAX_REPEAT | code.MIN_REPEAT if given[1] == 1:
                ways = [*(() if given[0] else ("",)), *_spelled(given[2])]
            case _:
                return []
        texts = [text + way for text in texts for way in ways][: 4 * MOST]
    return texts


def _sequence(tokens: Iterable[Any]) -> list[str]:
    parts = [_one(*token) for token in tokens]
    longest = max((len(part) for part in parts), default=1)
    together = ["".join(part[place % len(part)] for part in parts) for place in range(longest)]
    crossed = ("".join(chosen) for chosen in islice(product(*parts), MOST))
    return list(dict.fromkeys([*together, *crossed]))[:MOST] or [""]


def _one(kind: Any, given: Any) -> Sequence[str]:
    match kind:
        case code.LITERAL:
            return [chr(given)]
        case code.NOT_LITERAL | code.ANY:
            return ["x" if given != ord("x") else "y"]
        case code.IN:
            return [_of_class(given)]
        case code.BRANCH:
            return [text for branch in given[1] for text in _sequence(branch)][:MOST]
        case code.SUBPATTERN:
            return _sequence(given[3])
        case code.ATOMIC_GROUP:
            return _sequence(given)
        case code.MAX_REPEAT | code.MIN_REPEAT | code.POSSESSIVE_REPEAT:
            least, most, inner = given
            texts = [text * max(least, 0) for text in _sequence(inner)] if least else [""]
            return texts if least or most == 0 else [*texts, *_sequence(inner)]
        case _:
            return [""]


def _of_class(given: Any) -> str:
    if given[0][0] == code.NEGATE:
        pattern = given[1:]
        for letter in "xz 7.":
            if not any(_holds(item, letter) for item in pattern):
                return letter
        return "x"
    kind, value = given[0]
    if kind == code.LITERAL:
        return chr(value)
    return chr(value[0]) if kind == code.RANGE else _CLASSES.get(value, "x")


def _holds(item: Any, letter: str) -> bool:
    kind, value = item
    if kind == code.LITERAL:
        return bool(value == ord(letter))
    if kind == code.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return value in _TESTS and _TESTS[value](letter)
