"""Intervals for means, rates, paired differences and ratios. Pure functions on arrays; a seed is passed in.

Means and ratios use SciPy's bias-corrected and accelerated bootstrap (Efron 1987); rates use Wilson's score
interval (Wilson 1927) and paired differences of rates the adjusted Wald interval of Agresti and Min (2005), because
a bootstrap of items that never changed has no width at all and claims a certainty that nobody has.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 9_999
"""Bootstrap resamples: with 9,999 the 2.5 % quantile's own error is about 0.15 percentage points."""

_ROUNDING = 1e-12
"""Relative spread below which differences are equal but for floating-point rounding."""

_DRAWN_AT_ONCE = 2**21
"""Items of resamples that are held at a time."""

Values = Sequence[float] | NDArray[np.float64]
Statistic = Callable[..., NDArray[np.float64]]
"""From arrays of items to a figure of their means, along an `axis`."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its two-sided interval at `confidence`; `n` items (or pairs) are behind it."""

    estimate: float
    low: float
    high: float
    n: int
    confidence: float


def is_binary(values: NDArray[np.float64]) -> bool:
    """Whether all values are 0 or 1, so that their mean is a rate."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def mean_interval(values: Values, *, rate: bool | None = None, confidence: float = 0.95, seed: int = 0) -> Interval:
    """The mean of `values`, shape (n,), with its interval: Wilson's for a rate, else the BCa bootstrap.

    `rate` says whether the values are a rate's zeros and ones; None reads it off the values.

    Raises ValueError where `values` is empty or not finite.
    """
    x = _checked(values)
    _check_confidence(confidence)
    if not (is_binary(x) if rate is None else rate):
        return _bootstrap((x,), lambda a, axis: a.mean(axis=axis), confidence, seed)
    from scipy.stats import binomtest

    ci = binomtest(int(x.sum()), len(x)).proportion_ci(confidence_level=confidence, method="wilson")
    return Interval(float(x.mean()), float(ci.low), float(ci.high), len(x), confidence)


def paired_difference(
    before: Values, after: Values, *, rate: bool | None = None, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """Mean of `after - before` over the same n items, with its interval.

    Both have shape (n,), and item i of one is item i of the other. Rates (`rate` as in `mean_interval`) use Agresti and
    Min (2005), section 4: half an item is added to each cell of the 2 x 2 table, then the Wald interval is taken;
    the estimate stays the plain difference. Anything else is a paired BCa bootstrap of the differences.
    Raises ValueError where the shapes differ, or a side is empty or not finite.
    """
    b, a = _checked_pair(before, after)
    _check_confidence(confidence)
    if not ((is_binary(b) and is_binary(a)) if rate is None else rate):
        return _bootstrap((a - b,), lambda d, axis: d.mean(axis=axis), confidence, seed)
    from scipy.stats import norm

    n = len(b) + 2
    gained, lost = float(((a == 1) & (b == 0)).sum()) + 0.5, float(((a == 0) & (b == 1)).sum()) + 0.5
    centre = (gained - lost) / n
    half = float(norm.ppf(0.5 + confidence / 2)) * np.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Interval(float((a - b).mean()), float(low), float(high), len(b), confidence)


def paired_ratio(before: Values, after: Values, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """mean(after) / mean(before) over the same n items, with a paired BCa bootstrap interval.

    `high` is infinite where too many resamples have no mean before to divide by: the data bound the ratio on one side.

    Raises ValueError as `paired_difference` does, and where mean(before) is not positive.
    """
    b, a = _checked_pair(before, after)
    _check_confidence(confidence)
    if b.mean() <= 0:
        raise ValueError("the ratio needs a positive mean before")

    def ratio(b: NDArray[np.float64], a: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(a.mean(axis=axis) / b.mean(axis=axis))

    return _bootstrap((b, a), ratio, confidence, seed)


def paired_effect(before: Values, after: Values) -> float | None:
    """Cohen's d_z (Lakens 2013, eq. 6): mean paired difference over its standard deviation; None where that is 0."""
    b, a = _checked_pair(before, after)
    if len(b) < 2:
        return None
    spread = float(np.std(a - b, ddof=1))
    rounding = _ROUNDING * float(np.abs(np.concatenate((b, a))).max())
    return float((a - b).mean()) / spread if spread > rounding else None


def needed_n(interval: Interval, limit: float) -> int | None:
    """How many items would put the interval's bound on the near side of `limit`, were the estimate to stay.

    The half-width shrinks as 1/sqrt(n). None where the estimate lies on the limit (no n decides that) or the bound is
    not finite.
    """
    gap = abs(interval.estimate - limit)
    half = interval.high - interval.estimate if limit > interval.estimate else interval.estimate - interval.low
    if gap == 0 or not np.isfinite(half):
        return None
    exact = interval.n * (half / gap) ** 2
    return max(interval.n + 1, int(np.ceil(exact * (1 - _ROUNDING))))


def _bootstrap(data: tuple[NDArray[np.float64], ...], statistic: Statistic, confidence: float, seed: int) -> Interval:
    """The BCa interval of a `statistic` of the items' means, whose time and memory are in proportion to the items:
    SciPy's own leaves each item out of a copy of all."""
    n = len(data[0])
    estimate = float(statistic(*data, axis=0))
    if n < 2 or all(np.ptp(x) == 0 for x in data):  # nothing varies, so there is nothing to resample
        return Interval(estimate, estimate, estimate, n, confidence)
    from scipy.stats import bootstrap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what SciPy warns of is mended below
        drawn = bootstrap(
            data,
            statistic,
            paired=True,
            vectorized=True,
            n_resamples=RESAMPLES,
            batch=max(1, _DRAWN_AT_ONCE // n),
            confidence_level=confidence,
            method="percentile",
            rng=np.random.default_rng(seed),
        ).bootstrap_distribution
    left_out = statistic(*(((x.sum() - x) / (n - 1))[:, None] for x in data), axis=1)
    tail = (1 - confidence) / 2
    tails = _accelerated(drawn, estimate, left_out, tail)
    if np.isnan(tails).any() or np.isnan(drawn).any():
        # the bias or the acceleration is 0/0 (a ratio that is the same in every resample, or has none in some): plain
        # percentiles, with a resample without a ratio counted on the side where it makes the interval wider
        drawn = np.where(np.isnan(drawn), np.inf, drawn)
        low, high = np.quantile(drawn, (tail, 1 - tail), method="nearest")
    else:
        with np.errstate(invalid="ignore"):
            low, high = np.quantile(drawn, tails)
        whole = np.quantile(drawn, tails, method="higher")  # between two resamples without bounds
        low, high = np.where(np.isnan((low, high)), whole, (low, high))
    return Interval(estimate, float(low), float(high), n, confidence)


def _accelerated(
    drawn: NDArray[np.float64], estimate: float, left_out: NDArray[np.float64], tail: float
) -> NDArray[np.float64]:
    """The two percentiles that stand for `tail` and its opposite (Efron and Tibshirani 1993, eqs. 14.9 to 14.15); NaN
    where they are undefined."""
    from scipy.special import ndtr, ndtri

    with np.errstate(divide="ignore", invalid="ignore"):
        bias = ndtri(((drawn < estimate).mean() + (drawn <= estimate).mean()) / 2)
        off = left_out.mean() - left_out
        acceleration = (off**3).sum() / (6 * (off**2).sum() ** 1.5)
        normal = bias + ndtri(tail) * np.array([1, -1])
        return np.asarray(ndtr(bias + normal / (1 - acceleration * normal)))


def _checked(values: Values) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or len(x) == 0:
        raise ValueError(f"needs a non-empty list of values, got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("values must be finite; leave unscored items out first")
    return x


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, got {confidence}")


def _checked_pair(before: Values, after: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    b, a = _checked(before), _checked(after)
    if b.shape != a.shape:
        raise ValueError(f"pairs need equal lengths, got {len(b)} before and {len(a)} after")
    return b, a
