"""A mean that people would give, from a judge's figures of all items and people's of some.

Prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023, Science 382): the judge's mean over
the rest plus what it was off by where people looked. With power tuning (Angelopoulos, Duchi and Zrnic 2023, "PPI++",
section 6.1) the judge's part is weighed by `power`, 0 (people alone) to 1, at the value of least variance, so that a
useless judge makes the interval no wider than people's labels alone do. Pure functions on arrays.

Where n items are labelled and N are not, the variance is 1 - rho^2 * N / (n + N) of that by labels alone, and rho the
correlation of judge and people (PPI++, section 6.1, for the mean): the half-width's factor is that of
`prediction_powered_width`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, Values, _check_confidence, _checked, _checked_pair, is_binary, mean_interval

Array = NDArray[np.float64]
FEWEST_LABELLED = 10
"""Items that people labelled: below, neither the judge's error nor its spread is known."""


@dataclass(frozen=True)
class PredictionPowered:
    """`raw` is the judge's mean over all items, `corrected` the mean that people would give, `labels` that by people's
    labels alone. `correlation` of judge and people is None where a side does not vary; `power` is the judge's weight.
    """

    raw: Interval
    corrected: Interval
    labels: Interval
    power: float
    correlation: float | None


def prediction_powered(
    people: Values, judged: Values, rest: Values, *, power: float | None = None, confidence: float = 0.95
) -> PredictionPowered:
    """The mean of people's figures over n + N items, of which they labelled a fair sample of n.

    `people` and `judged` have shape (n,), what people and the judge say of the same items; `rest`, shape (N,), is what
    the judge says of the others, none of them in the first. The interval counts the judge's error (measured on the n)
    and the items' (n + N). Where everything is 0 or 1, half an item is added to each cell of people against
    judge (as Agresti and Min 2005 do for paired rates), since a judge that erred in none of a few labels is not known
    to err never; the estimate stays the plain one. Student's quantile with n - 1 degrees stands for the normal one.

    Raises ValueError where n is below FEWEST_LABELLED, shapes differ, or a value is not finite.
    """
    from scipy.special import stdtrit

    _check_confidence(confidence)
    y, f = _checked_pair(people, judged)
    others = _checked(rest) if len(rest) else np.zeros(0)
    n, many = len(y), len(others)
    if n < FEWEST_LABELLED:
        raise ValueError(f"needs {FEWEST_LABELLED} labelled items, got {n}")
    everything = np.concatenate((f, others))
    weight = _power(y, f, everything, many) if power is None else power
    rate = is_binary(y) and is_binary(everything)
    estimate = _estimate(y, f, others, weight)
    middle, variance = (_of_table if rate else _plain)(y, f, others, weight)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * variance**0.5
    low, high = min(middle - half, estimate), max(middle + half, estimate)
    if rate:
        low, high, estimate = max(0.0, low), min(1.0, high), float(np.clip(estimate, 0.0, 1.0))
    varies = np.ptp(y) > 0 and np.ptp(f) > 0
    return PredictionPowered(
        mean_interval(everything, confidence=confidence),
        Interval(estimate, low, high, n + many, confidence),
        mean_interval(y, confidence=confidence),
        weight,
        float(np.corrcoef(y, f)[0, 1]) if varies else None,
    )


def prediction_powered_width(correlation: float, labelled: int, rest: int) -> float:
    """By how much the tuned interval is narrower than that by labels alone: sqrt(1 - rho^2 N / (n + N)), in the limit
    of many labels (PPI++, section 6.1, with the best power put in)."""
    return float(np.sqrt(1 - correlation**2 * rest / (labelled + rest)))


def _power(y: Array, f: Array, everything: Array, many: int) -> float:
    """PPI++, section 6.1, the best weight for a mean: cov(people, judge) / ((1 + n / N) var(judge)), cut to 0 and 1."""
    spread = float(everything.var(ddof=1)) if len(everything) > 1 else 0.0
    if not many or spread == 0:
        return 0.0
    shared = float(((y - y.mean()) * (f - f.mean())).mean())
    return float(np.clip(shared / ((1 + len(y) / many) * spread), 0.0, 1.0))


def _estimate(y: Array, f: Array, others: Array, power: float) -> float:
    return float(y.mean() + (power * (others.mean() - f.mean()) if len(others) else 0.0))


def _plain(y: Array, f: Array, others: Array, power: float) -> tuple[float, float]:
    variance = float((y - power * f).var(ddof=1)) / len(y)
    if len(others) > 1:
        variance += power**2 * float(others.var(ddof=1)) / len(others)
    return _estimate(y, f, others, power), variance


def _of_table(y: Array, f: Array, others: Array, power: float) -> tuple[float, float]:
    """Of zeros and ones: the middle and the variance with half an item in each cell."""
    off = np.concatenate((y - power * f, [0.0, -power, 1.0, 1.0 - power]))
    counts = np.concatenate((np.ones(len(y)), np.full(4, 0.5)))
    error = float(np.average(off, weights=counts))
    variance = float(np.average((off - error) ** 2, weights=counts)) / float(counts.sum())
    if not len(others):
        return error + power * float(f.mean()), variance
    share = (float(others.sum()) + 0.5) / (len(others) + 1)
    return error + power * share, variance + power**2 * share * (1 - share) / (len(others) + 1)
