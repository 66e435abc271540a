"""What several people said of the same items, as plain values, and how a figure of it is told."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..stats import CannotTell, Interval

Codes = NDArray[np.int64]


class Said(NamedTuple):
    """A reviewer's answer to an item; None where they cannot tell. Answers of one call are of one kind and sort."""

    reviewer: str
    item: str
    answer: str | float | bool | None


@dataclass(frozen=True)
class Coded:
    """Judgements as codes into sorted names, shape (judgements,) each; `cannot_tell` were left out."""

    reviewers: tuple[str, ...]
    items: tuple[str, ...]
    answers: tuple[str | float | bool, ...]
    reviewer: Codes
    item: Codes
    answer: Codes
    cannot_tell: int


def coded(said: Sequence[Said]) -> Coded:
    """The judgements without those that cannot tell. Raises ValueError where a reviewer answers an item twice: only
    what stands of a reviewer's answers is theirs."""
    refuse_twice([(each.reviewer, each.item) for each in said])
    told = [each for each in said if each.answer is not None]
    reviewers, reviewer = _codes([each.reviewer for each in told])
    items, item = _codes([each.item for each in told])
    answers, answer = _codes([each.answer for each in told])
    return Coded(reviewers, items, answers, reviewer, item, answer, len(said) - len(told))


def refuse_twice(keys: Sequence[Hashable]) -> None:
    """Raises ValueError where a key stands in the list twice."""
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{key} is there twice: give the judgement that stands")
        seen.add(key)


def codes_of(names: Sequence[str]) -> Codes:
    """The place of each among the sorted names, shape (n,)."""
    return _codes(names)[1]


def _codes(values: Sequence[object]) -> tuple[tuple[str, ...], Codes]:
    names = sorted(set(values))  # type: ignore[type-var]
    place = {name: number for number, name in enumerate(names)}
    return tuple(names), np.array([place[value] for value in values], dtype=np.int64)  # type: ignore[arg-type]


def told(figure: Interval | CannotTell, *, share: bool = True) -> str:
    """A figure with its interval in words, a share in per cent."""
    if isinstance(figure, CannotTell):
        return f"cannot tell: {figure.why}" if not figure.why.startswith("undefined") else figure.why
    if share:
        bounds = f"{figure.confidence:.0%} interval {figure.low:.0%} to {figure.high:.0%}"
        return f"{figure.estimate:.0%} ({bounds}, n = {figure.n})"
    bounds = f"{figure.confidence:.0%} interval {figure.low:.2f} to {figure.high:.2f}"
    return f"{figure.estimate:.2f} ({bounds}, n = {figure.n})"


def counted(number: int, thing: str) -> str:
    """ "1 item", "2 items"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
