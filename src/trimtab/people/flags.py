"""What is likely true of each item, and how each reviewer errs, from flags that disagree (Dawid and Skene)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..stats import CannotTell, Interval, dawid_skene
from .said import Coded, Said, coded, told

FEWEST_REVIEWERS = 3
"""With two, many pairs of habits explain the same answers, and the model cannot choose."""
FEWEST_PER_CHANCE = 5
"""Judgements for each chance that is estimated: every reviewer's table and the classes' shares."""
_SMOOTHING = 0.5
"""Judgements added to each cell of a table (Jeffreys): few judgements never make a chance of nothing or one."""
_DRAWN = 200
"""Resamples of items behind a reviewer's interval; each is a fit that begins from the whole one."""

Array = NDArray[np.float64]
Answer = str | float | bool


@dataclass(frozen=True)
class ReviewerErrors:
    """How often a reviewer says what is likely true, over items of all classes as common as here, with the bootstrap's
    interval over items. `says[true][said]` are the chances behind it."""

    reviewer: str
    right: Interval
    says: Mapping[Answer, Mapping[Answer, float]]


@dataclass(frozen=True)
class Truths:
    """For each item the chance of each answer, and each reviewer's errors, in order of names."""

    items: Mapping[str, Mapping[Answer, float]]
    reviewers: tuple[ReviewerErrors, ...]
    cannot_tell: int

    @property
    def says(self) -> str:
        """A sentence a reviewer."""
        return " ".join(f"{each.reviewer} says what is likely true: {told(each.right)}." for each in self.reviewers)


def likely_truths(said: Sequence[Said], *, confidence: float = 0.95, seed: int = 0) -> Truths | CannotTell:
    """Dawid and Skene's model of judgements; cannot tell where they are too few for it, and `why` says what is missing.

    Raises ValueError where a reviewer answers an item twice.
    """
    given = coded(said)
    missing = _missing(given)
    if missing:
        return CannotTell(missing, len(given.item))
    codes = given.item, given.reviewer, given.answer
    whole = dawid_skene(*codes, smoothing=_SMOOTHING)
    if not whole.settled:
        return CannotTell("the model did not settle on these judgements", len(given.item))
    right = _right(whole.shares, whole.says)
    if (right < 1 / len(given.answers)).sum() * 2 >= len(right):
        why = "half of the reviewers would be wrong more often than chance: their answers fit no one truth"
        return CannotTell(why, len(given.item))
    rng, many = np.random.default_rng(seed), len(given.items)
    drawn = []
    for _ in range(_DRAWN):
        weights = np.bincount(rng.integers(0, many, many), minlength=many)
        fit = dawid_skene(*codes, smoothing=_SMOOTHING, weights=weights, start=whole.classes)
        drawn.append(_right(fit.shares, fit.says))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.array(drawn), (tail, 1 - tail), axis=0)
    made = np.bincount(given.reviewer, minlength=len(given.reviewers))
    reviewers = tuple(
        ReviewerErrors(
            name,
            Interval(float(right[r]), float(low[r]), float(high[r]), int(made[r]), confidence),
            {true: _named(given, whole.says[r, place]) for place, true in enumerate(given.answers)},
        )
        for r, name in enumerate(given.reviewers)
    )
    items = {item: _named(given, whole.classes[place]) for place, item in enumerate(given.items)}
    return Truths(items, reviewers, given.cannot_tell)


def _named(given: Coded, chances: Array) -> dict[Answer, float]:
    return {answer: float(chance) for answer, chance in zip(given.answers, chances, strict=True)}


def _right(shares: Array, says: Array) -> Array:
    return np.asarray(np.einsum("j,rjj->r", shares, says))


def _missing(given: Coded) -> str:
    """What the model lacks, "" where it has enough."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    people, size = len(given.reviewers), len(given.answers)
    if people < FEWEST_REVIEWERS:
        return f"{people} reviewers are too few: from {FEWEST_REVIEWERS} on, who errs can be told from what is true"
    if size < 2:
        return "all agree, and always on the same answer, so that nobody's errors show"
    per_item = np.bincount(given.item)
    shared = per_item[given.item] >= 2
    chances = (size - 1) + people * size * (size - 1)
    needed = FEWEST_PER_CHANCE * chances
    if shared.sum() < needed:
        return (
            f"{int(shared.sum())} judgements of items that two or more judged are too few for {people} reviewers "
            f"and {size} answers: {needed} are needed"
        )
    links = coo_matrix(
        (np.ones(int(shared.sum())), (given.reviewer[shared], people + given.item[shared])),
        shape=(people + len(given.items),) * 2,
    )
    groups = connected_components(links, directed=False)[1][:people]
    if len(set(groups)) > 1:
        most = np.bincount(groups[given.reviewer]).argmax()
        apart = ", ".join(name for name, group in zip(given.reviewers, groups, strict=True) if group != most)
        return f"{apart} shared no items with the others, so that their answers cannot be held against each other"
    return ""
