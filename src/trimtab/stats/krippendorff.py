"""Krippendorff's alpha: how far any number of reviewers agree beyond chance. Pure functions on arrays.

Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": alpha = 1 - observed / expected disagreement, over the
items that two or more judged. 1 is full agreement, 0 is chance, below 0 is worse than chance. All three metrics are
sums of squares: the ordinal one, (sum of n_g from c to k, less half of n_c + n_k) squared, is the interval one of the
values' middle ranks.
"""

from collections.abc import Hashable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval
from .resampling import Array, CannotTell, over_items

Level = Literal["nominal", "ordinal", "interval"]
"""What answers are: names; marks in an order; figures whose differences mean something."""

ALL_AGREE = "undefined: all agree, and always on the same answer, so that nothing could have disagreed"
FEWEST_OTHER = 5
"""Items that hold another answer than the commonest: with fewer, a bootstrap of items bounds nothing."""
NOT_SHARED = "no item was judged by two or more"


def alpha(
    items: Any,
    answers: Any,
    level: Level,
    *,
    groups: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval | CannotTell:
    """Krippendorff's alpha with its bootstrap interval over items.

    `items` and `answers` have shape (judgements,): answer i was given to item i by somebody, each reviewer once an
    item; what is missing is not there. Answers of "ordinal" and "interval" are numbers. Items that one reviewer judged
    alone do not count. Cannot tell where no item is shared, all answers are one, or fewer than FEWEST_OTHER items hold
    another answer than the commonest. Where all agree within each item the bootstrap has no width, and the lower bound
    is that of a disagreement which these items may have missed: its share is Clopper and Pearson's for none of n, and
    each is as large as it can be. With `groups`, of each judgement, items of one group hang together: the interval, and
    what is counted, is over groups. Raises ValueError where the shapes differ or a number is not finite.
    """
    counts, values = _counted(items, answers, level)
    if groups is not None:
        return _in_groups(counts, _group_of(items, groups), level, values, confidence=confidence, seed=seed)
    several = counts[counts.sum(axis=1) >= 2]
    if not len(several):
        return CannotTell(NOT_SHARED, 0)
    if (several.sum(axis=0) > 0).sum() < 2:
        return CannotTell(ALL_AGREE, len(several))
    other = int((several.sum(axis=1) > several[:, several.sum(axis=0).argmax()]).sum())
    if other < FEWEST_OTHER:
        why = f"only {other} of {len(several)} shared items hold another answer than the commonest"
        return CannotTell(why, len(several))
    patterns, multiplicity = np.unique(several, axis=0, return_counts=True)
    return alpha_of_counts(patterns, multiplicity.astype(np.float64), level, values, confidence=confidence, seed=seed)


def _in_groups(
    counts: Array, group: NDArray[np.int64], level: Level, values: Array | None, *, confidence: float, seed: int
) -> Interval | CannotTell:
    """Alpha of items (rows of `counts`) that hang together: whole groups are drawn."""
    shared = counts.sum(axis=1) >= 2
    several, (names, place) = counts[shared], np.unique(group[shared], return_inverse=True)
    if not len(several):
        return CannotTell(NOT_SHARED, 0)
    if (several.sum(axis=0) > 0).sum() < 2:
        return CannotTell(ALL_AGREE, len(names))
    other = len(np.unique(place[several.sum(axis=1) > several[:, several.sum(axis=0).argmax()]]))
    if other < FEWEST_OTHER:
        why = f"only {other} of {len(names)} shared items hold another answer than the commonest"
        return CannotTell(why, len(names))
    measure = _Disagreement(several, level, values)
    once = np.ones(len(names))
    [found] = over_items(
        lambda weights: 1 - measure.ratio(weights[:, place])[:, None], once, confidence=confidence, seed=seed
    )
    if isinstance(found, CannotTell) or found.low < found.high or found.estimate < 1:
        return found
    made = np.bincount(place, weights=several.sum(axis=1))
    missed = 1 - ((1 - confidence) / 2) ** (1 / found.n)
    largest = measure.largest(np.ones(len(several))) * float(made.max() / made.mean())
    return Interval(found.estimate, 1 - missed * largest, found.high, found.n, confidence)


def _group_of(items: Any, groups: Sequence[Hashable]) -> NDArray[np.int64]:
    """The group of each item, in the order of the items' names, as a number. Raises ValueError where one is in two."""
    names, first, unit = np.unique(np.asarray(items), return_index=True, return_inverse=True)
    known = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    coded = np.array([known[group] for group in groups], dtype=np.int64)
    if coded.shape != unit.shape:
        raise ValueError(f"needs a group for each answer, got {len(coded)} for {len(unit)}")
    of_item = coded[first] if len(names) else coded
    if (of_item[unit] != coded).any():
        raise ValueError("an item is in two groups")
    return of_item


def alpha_of_counts(
    patterns: Array,
    multiplicity: Array,
    level: Level,
    values: Array | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval | CannotTell:
    """Alpha of items given as counts: `patterns[p, v]` judgements of value v, two at least in all, are made of each of
    `multiplicity[p]` items. Columns of "ordinal" stand in their order; of "interval" they are `values`."""
    measure = _Disagreement(patterns, level, values)
    [found] = over_items(
        lambda weights: 1 - measure.ratio(weights)[:, None], multiplicity, confidence=confidence, seed=seed
    )
    if isinstance(found, CannotTell):
        all_agree = bool((multiplicity @ patterns > 0).sum() < 2)
        return CannotTell(ALL_AGREE, found.n) if all_agree else found
    if found.low < found.high or found.estimate < 1:
        return found
    missed = 1 - ((1 - confidence) / 2) ** (1 / found.n)
    low = 1 - missed * measure.largest(multiplicity)
    return Interval(found.estimate, low, found.high, found.n, confidence)


class _Disagreement:
    """Observed over expected disagreement of patterns of items, for many weights of the patterns at once."""

    def __init__(self, patterns: Array, level: Level, values: Array | None) -> None:
        self.patterns, self.level = np.asarray(patterns, dtype=np.float64), level
        self.made = self.patterns.sum(axis=1)
        columns = np.arange(self.patterns.shape[1], dtype=np.float64) if values is None else values
        self.values = columns - columns.mean()

    def ratio(self, weights: Array) -> Array:
        """Shape (b,) from weights (b, patterns); NaN where nothing could disagree."""
        observed, expected = self._both(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(expected > 0, observed / expected, np.nan)

    def largest(self, multiplicity: Array) -> float:
        """An item's largest possible disagreement over the expected one, the margins being what they are."""
        _, expected = self._both(multiplicity[None, :])
        margin = multiplicity @ self.patterns
        made = float((multiplicity * self.made).sum() / multiplicity.sum())
        in_two = made / (2 * (made - 1))  # squares are the largest where half of the reviewers stand at either end
        if self.level == "nominal":
            return (in_two if len(margin) == 2 else 1.0) / float(expected[0])
        ranks = self._positions(margin[None, :])[0][margin > 0]
        return in_two * float(np.ptp(ranks)) ** 2 / float(expected[0])

    def _both(self, weights: Array) -> tuple[Array, Array]:
        margin, total = weights @ self.patterns, weights @ self.made
        if self.level == "nominal":
            within = (self.made**2 - (self.patterns**2).sum(axis=1)) / (self.made - 1)
            observed = weights @ within
            among = total**2 - (margin**2).sum(axis=1)
        else:
            at = self._positions(margin)
            first, second = at @ self.patterns.T, at**2 @ self.patterns.T
            observed = (weights * (2 * (self.made * second - first**2) / (self.made - 1))).sum(axis=1)
            among = 2 * (total * (margin * at**2).sum(axis=1) - (margin * at).sum(axis=1) ** 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return observed / total, np.where((margin > 0).sum(axis=1) > 1, among / (total * (total - 1)), 0.0)

    def _positions(self, margin: Array) -> Array:
        """Where each value lies: its figure, or the middle of its ranks among all judgements."""
        if self.level == "interval":
            return np.asarray(self.values[None, :])
        return np.asarray(np.cumsum(margin, axis=1) - margin / 2 - margin.sum(axis=1, keepdims=True) / 2)


def _counted(items: Any, answers: Any, level: Level) -> tuple[Array, Array | None]:
    of_item, given = np.asarray(items), np.asarray(answers)
    if of_item.shape != given.shape or of_item.ndim != 1:
        raise ValueError(f"needs an answer for each item, got shapes {of_item.shape} and {given.shape}")
    if level != "nominal" and not np.isfinite(given.astype(np.float64)).all():
        raise ValueError("answers must be finite; leave missing ones out")
    names, unit = np.unique(of_item, return_inverse=True)
    values, value = np.unique(given, return_inverse=True)
    counts: NDArray[np.float64] = np.zeros((len(names), len(values)))
    np.add.at(counts, (unit, value), 1)
    return counts, None if level == "nominal" else values.astype(np.float64)
