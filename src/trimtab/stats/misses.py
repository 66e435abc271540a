"""A rate corrected for what its scorer misses and mistakes, as an imperfect test's prevalence is; a change of one, with
room for how far the scorer's changes were off."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .intervals import Interval, _check_confidence, mean_interval
from .rates import exact_bounds, searched_n

Table = tuple[tuple[int, int], tuple[int, int]]
"""A reader's yes and no (rows) against the scorer's (columns)."""


def corrected_rate(values: Sequence[float], table: Table, *, confidence: float = 0.95) -> Interval:
    """The share of items that a reader would say yes to, from a scorer's zeros and ones, with its interval.

    The estimate is Rogan and Gladen's (1978): (share - false rate) / (recall - false rate), cut to 0 and 1. Its bounds
    are the same of exact bounds: of the share, and of the recall and the false rate, which were measured on the few
    answers of `table`. The error is split evenly among those that a bound takes, so that it never exceeds what is asked
    for, whatever the three are (Bonferroni). Lang and Reiczigel's interval (2014) is narrower, and lets a rate pass in
    8.8 % of cases at 5 % where the recall is low. How often a scorer is mistaken depends on what is scored: on short
    refusals it is nearly never. So the upper bound takes it that nothing was wrongly heard, and no gate is passed on
    the credit of false alarms that may not have happened.

    Raises ValueError where `values` is empty, a row of the table is, or the scorer says yes no more often where a
    reader does.
    """
    if not len(values):
        raise ValueError("needs a non-empty list of values")
    return corrected_interval(float(np.sum(values)), len(values), table, confidence)


def corrected_needed_n(interval: Interval, share: float, limit: float, table: Table) -> int | None:
    """How many items would put the bound on the near side of `limit`, were the `share` as scored to stay; None: none.

    However many there are, the interval keeps the width that the scorer's own uncertainty gives it.
    """
    return searched_n(
        lambda n: corrected_interval(share * n, n, table, interval.confidence), interval.n, interval.estimate, limit
    )


def corrected_interval(heard: float, n: int, table: Table, confidence: float) -> Interval:
    """The corrected rate where the scorer says yes to `heard` of `n`; raises ValueError as `corrected_rate` does."""
    _check_confidence(confidence)
    (found, missed), (mistaken, left) = table
    yes, no = found + missed, mistaken + left
    if not yes or not no or found / yes <= mistaken / no:
        raise ValueError("the scorer is no better than chance, so nothing can be corrected by it")
    estimate = float(np.clip((heard / n - mistaken / no) / (found / yes - mistaken / no), 0, 1))
    third, half = [1 - (1 - confidence) / parts for parts in (3, 2)]
    share, _ = exact_bounds(heard, n, third)
    _, recall = exact_bounds(found, yes, third)
    _, false = exact_bounds(mistaken, no, third)
    low = float((share - false) / (recall - false)) if recall > false and share > false else 0.0
    _, most = exact_bounds(heard, n, half)
    least, _ = exact_bounds(found, yes, half)
    high = min(1.0, float(most / least)) if least > 0 else 1.0
    return Interval(estimate, min(low, estimate), max(high, estimate), n, confidence)


def corrected_preference(
    outcomes: Sequence[float], right: float, labelled: int, *, confidence: float = 0.95
) -> Interval:
    """The share of pairs in which people would prefer the first side, by a judge's `outcomes` (1, 0; 0.5 is a tie).

    The judge was `right` (a tie counts half) on so many of `labelled` pairs that people decided. Which side of a pair
    is the first says nothing of how the judge errs, so that one accuracy a stands for recall and false rate of Rogan
    and Gladen (1978): 0.5 + (share - 0.5) / (2 a - 1). The bounds are the corners of both figures' own, each at half
    the error (Bonferroni). Raises ValueError where a list is empty, or the judge is right no more often than chance.
    """
    _check_confidence(confidence)
    if not len(outcomes) or not labelled:
        raise ValueError("needs outcomes, and labelled pairs")
    if right / labelled <= 0.5:
        raise ValueError("the judge is no better than chance, so nothing can be corrected by it")
    half = 1 - (1 - confidence) / 2
    share = mean_interval(outcomes, confidence=half)
    least, most = (max(0.5, float(bound)) for bound in exact_bounds(right, labelled, half))

    def at(value: float, accuracy: float) -> float:
        if accuracy <= 0.5:
            return 0.5 if value == 0.5 else float(value > 0.5)
        return float(np.clip(0.5 + (value - 0.5) / (2 * accuracy - 1), 0, 1))

    corners = [at(value, accuracy) for value in (share.low, share.high) for accuracy in (least, most)]
    return Interval(at(share.estimate, right / labelled), min(corners), max(corners), len(outcomes), confidence)


def with_room(interval: Interval, off: float, count: int, *, ends: tuple[float, float] = (-1.0, 1.0)) -> Interval:
    """The interval of a rate, or of a change of one, widened by how far a scorer's lie from a reader's.

    `off` is the root mean square of that over `count` independent ones. The items' error and the scorer's are
    independent, so that the half-widths add as squares; the scorer's is Student's, for a few tell little of how far the
    next may be off. `ends` are those of the figure's scale.
    """
    own = _room(interval, off, count)
    middle = interval.estimate
    return replace(
        interval,
        low=max(ends[0], float(middle - np.hypot(max(0.0, middle - interval.low), own))),
        high=min(ends[1], float(middle + np.hypot(max(0.0, interval.high - middle), own))),
    )


def room_needed_n(interval: Interval, limit: float, off: float, count: int) -> int | None:
    """How many items would put the bound of an interval `with_room` on the near side of `limit`; None: no number."""
    gap = abs(interval.estimate - limit)
    half = interval.high - interval.estimate if limit > interval.estimate else interval.estimate - interval.low
    own = _room(interval, off, count)
    if gap <= own or not np.isfinite(half):
        return None
    return int(np.ceil(interval.n * max(0.0, half**2 - own**2) / (gap**2 - own**2)))


def room_p_value(p: float, change: float, off: float, count: int) -> float:
    """The two-sided p-value of no change, from that of the items alone, with room for the scorer's errors.

    The items' standard error is what gives their p-value by the normal; the scorer's is added as a square, and the
    sum is held against Student's distribution with `count` degrees.
    """
    from scipy.special import ndtri, stdtr

    if not p < 1 or off <= 0:
        return p
    error = abs(change) / float(-ndtri(p / 2)) if p > 0 else 0.0
    return max(p, float(2 * stdtr(count, -abs(change) / np.hypot(error, off))))


def _room(interval: Interval, off: float, count: int) -> float:
    from scipy.special import stdtrit  # Student's quantile; scipy.stats is slow to load

    return off * float(stdtrit(count, 0.5 + interval.confidence / 2))
