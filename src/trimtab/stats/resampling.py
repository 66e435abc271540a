"""The bootstrap over items, of any figures that can be told from how often each item counts; and what cannot be told.

Items that say the same are one pattern with a multiplicity, so that a hundred thousand pairs with two votes each are
three patterns. A resample is a draw of a multinomial over patterns: the same distribution as drawing items.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, _check_confidence

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]
"""From weights, shape (resamples, patterns), to figures, shape (resamples, figures); NaN where one is undefined."""

DRAWN = 2_000
"""Resamples: the 2.5 % quantile's own error is about 0.35 percentage points."""
_BATCH = 2**21
"""Weights that are held at a time."""
_MOST_UNDEFINED = 0.01
"""Share of resamples in which a figure may be undefined; beyond it its interval is not told."""


@dataclass(frozen=True)
class CannotTell:
    """No figure can be given, and `why` in a clause; `n` items (or pairs, or judgements) were there."""

    why: str
    n: int


def over_items(
    statistic: Statistic, multiplicity: Array, *, confidence: float = 0.95, seed: int = 0, drawn: int = DRAWN
) -> list[Interval | CannotTell]:
    """Each figure of all items with its BCa bootstrap interval over items (Efron 1987).

    `multiplicity`, shape (patterns,), counts the items of each pattern. The acceleration is the jackknife's. Where the
    bias correction is infinite, plain percentiles stand in.
    """
    _check_confidence(confidence)
    n = int(multiplicity.sum())
    estimates = statistic(multiplicity[None, :])[0]
    rng = np.random.default_rng(seed)
    size = max(1, _BATCH // len(multiplicity))
    sizes = [min(size, drawn - first) for first in range(0, drawn, size)]
    resampled = np.concatenate(
        [statistic(rng.multinomial(n, multiplicity / n, size=each).astype(np.float64)) for each in sizes]
    )
    left_out = _one_left_out(statistic, multiplicity, size)
    return [
        _bounded(float(estimate), resampled[:, place], left_out[:, place], multiplicity, confidence)
        for place, estimate in enumerate(estimates)
    ]


def _one_left_out(statistic: Statistic, multiplicity: Array, size: int) -> Array:
    patterns = len(multiplicity)
    return np.concatenate(
        [
            statistic(multiplicity - np.eye(min(size, patterns - first), patterns, first))
            for first in range(0, patterns, size)
        ]
    )


def _bounded(
    estimate: float, resampled: Array, left_out: Array, multiplicity: Array, confidence: float
) -> Interval | CannotTell:
    from scipy.special import ndtr, ndtri

    n = int(multiplicity.sum())
    if np.isnan(estimate):
        return CannotTell("it is undefined for these items", n)
    known = resampled[~np.isnan(resampled)]
    if len(known) < (1 - _MOST_UNDEFINED) * len(resampled):
        return CannotTell(f"{n} items are too few for an interval", n)
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    below = float((known < estimate).mean() + (known == estimate).mean() / 2)
    if 0 < below < 1:
        bias, normal = ndtri(below), ndtri(tails)
        tails = ndtr(bias + (bias + normal) / (1 - _acceleration(left_out, multiplicity) * (bias + normal)))
    low, high = (float(bound) for bound in np.quantile(known, tails))
    return Interval(estimate, low, high, n, confidence)


def _acceleration(left_out: Array, multiplicity: Array) -> float:
    """Efron 1987, eq. 6.6, over the items left out one by one."""
    there = ~np.isnan(left_out)
    if not there.any():
        return 0.0
    weights = multiplicity[there]
    off = np.average(left_out[there], weights=weights) - left_out[there]
    spread = float((weights * off**2).sum())
    return float((weights * off**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
