"""A difference of two means of judgements, of which items and reviewers are shared: one item's judgements hang together
on both sides, and so do one reviewer's.

The variance is Cameron, Gelbach and Miller's (2011, eq. 2.11) of what each judgement adds to the difference: that of
items' sums, plus that of reviewers' sums, less that of their crossings, where there are three reviewers. Degrees of
freedom are Satterthwaite's (1946), as in `clustered`. An item judged on both sides counts against itself, which is how
pairing narrows the interval; nothing has to be judged on both.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .clustered import FEWEST_REVIEWERS
from .intervals import Interval, _check_confidence
from .resampling import CannotTell

_MOST = 10**6


@dataclass(frozen=True)
class ClusteredDifference:
    """After minus before with its interval, of so many `items` by so many `reviewers`; `before` and `after` are the
    means, `p` the two-sided p-value of no difference. `of_items` and `of_reviewers` are the parts of the variance."""

    interval: Interval
    before: float
    after: float
    p: float
    items: int
    reviewers: int
    over: Literal["items", "items and reviewers"]
    of_items: float
    of_reviewers: float


def clustered_difference(
    before: tuple[Any, Any, Any], after: tuple[Any, Any, Any], *, confidence: float = 0.95
) -> ClusteredDifference | CannotTell:
    """The difference of two means of judgements from 0 to 1: (values, items, reviewers) of each side, shape
    (judgements,) each, items and reviewers being codes from 0 on that both sides share.

    Cannot tell where a side has fewer than two items. Raises ValueError where shapes differ.
    """
    from scipy.special import stdtr, stdtrit

    _check_confidence(confidence)
    sides = [tuple(np.asarray(part) for part in side) for side in (before, after)]
    if any(len({part.shape for part in side}) != 1 or side[0].ndim != 1 for side in sides):
        raise ValueError("needs values, items and reviewers of one shape on each side")
    if any(len(np.unique(items)) < 2 for _, items, _ in sides):
        return CannotTell("fewer than two items were judged on one side", min(len(np.unique(s[1])) for s in sides))
    means = [float(values.mean()) for values, _, _ in sides]
    adds = np.concatenate([sign * (side[0] - mean) / len(side[0]) for sign, side, mean in zip((-1, 1), sides, means)])  # noqa: B905
    items = np.concatenate([side[1] for side in sides]).astype(np.int64)
    people = np.concatenate([side[2] for side in sides]).astype(np.int64)
    of_items, many = _clusters(adds, items)
    by_people, reviewers = _clusters(adds, people)
    crossed, _ = _clusters(adds, items * (int(people.max()) + 1) + people)
    over_people = reviewers >= FEWEST_REVIEWERS
    of_people = max(by_people - crossed, 0.0) if over_people else 0.0
    variance, free = of_items + of_people, float(many - 1)
    if over_people and variance > 0:
        doubted = min(variance, by_people * (1 + (reviewers - 1) ** -0.5))
        free = max(1.0, variance**2 / (of_items**2 / (many - 1) + doubted**2 / (reviewers - 1)))
    shift, t = means[1] - means[0], float(stdtrit(free, 0.5 + confidence / 2))
    # where all judgements are alike, what Wilson's bound (1927) says of none among as many items
    half = t * variance**0.5 if variance > 0 else t**2 / (many + t**2)
    p = (
        2 * float(stdtr(free, -abs(shift) / variance**0.5))
        if variance > 0
        else 1.0
        if shift == 0
        else 0.5 ** (many - 1)
    )
    return ClusteredDifference(
        Interval(shift, max(-1.0, shift - half), min(1.0, shift + half), len(adds), confidence),
        means[0],
        means[1],
        p,
        many,
        reviewers,
        "items and reviewers" if over_people else "items",
        of_items,
        of_people,
    )


def more_for_difference(found: ClusteredDifference, line: float, *, power: float = 0.8) -> tuple[int, int] | None:
    """How many more items and reviewers would put the interval beside `line` with this power, were the difference to
    stay; None where no number would."""
    standard = NormalDist()
    reach = standard.inv_cdf(0.5 + found.interval.confidence / 2) + standard.inv_cdf(power)
    allowed = ((found.interval.estimate - line) / reach) ** 2
    if allowed == 0:
        return None
    people = 0
    if found.of_reviewers >= allowed / 2:
        people = int(np.ceil(found.reviewers * found.of_reviewers / (allowed / 2))) - found.reviewers
    rest = allowed - min(found.of_reviewers, allowed / 2)
    items = max(0, int(np.ceil(found.items * (found.of_items or 1 / found.items) / rest)) - found.items)
    return None if max(items, people) > _MOST else (items, people)


def _clusters(adds: NDArray[np.float64], codes: NDArray[np.int64]) -> tuple[float, int]:
    """The variance of the sums by cluster, and how many clusters there are."""
    count = len(np.unique(codes))
    sums = np.bincount(np.unique(codes, return_inverse=True)[1], adds)
    return float((sums**2).sum()) * count / max(count - 1, 1), count
