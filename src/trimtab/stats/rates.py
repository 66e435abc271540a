"""The exact interval of a rate, what passes a limit by it, and how many items would. Pure functions on counts.

Clopper and Pearson (1934): each bound is the rate at which a count as far out as the one seen comes with a chance of
alpha. Of all intervals for a rate it is the one whose two one-sided errors never exceed alpha, at any rate and any
number of items, which is what a gate promises. Wilson's lets 0 of 5 pass a rate that shows no event in 11.5 % of cases
at alpha = 5 %, and mid-P one that does in 10 %: half the chance of a count of 0 is all that it asks for.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, Values, _check_confidence, _checked

_MOST = 10**6
"""Items beyond which none are asked for."""
_STEP = 1.02
"""By how much the number of items grows while it is searched for: it is told as "about"."""


def exact_bounds(counts: Any, n: Any, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high of the rate of `counts` in `n`, arrays of one shape, two-sided at `confidence`, each side at half
    the error (Clopper and Pearson 1934). Counts may be fractions, as a rate scaled to other n has them."""
    from scipy.special import betaincinv

    _check_confidence(confidence)
    k, total = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(n, dtype=np.float64))
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, betaincinv(np.maximum(k, 1e-300), total - k + 1, tail), 0.0)
        high = np.where(k < total, betaincinv(k + 1, np.maximum(total - k, 1e-300), 1 - tail), 1.0)
    return low, high


def exact_rate(values: Values, *, confidence: float = 0.95) -> Interval:
    """The mean of zeros and ones, shape (n,), with its exact interval. Raises ValueError as `mean_interval` does."""
    x = _checked(values)
    return exact_interval(float(x.sum()), len(x), confidence)


def exact_interval(count: float, n: int, confidence: float) -> Interval:
    """The rate of `count` in `n` with its exact interval."""
    low, high = exact_bounds(count, n, confidence)
    return Interval(count / n, float(low), float(high), n, confidence)


def exact_needed_n(interval: Interval, limit: float) -> int | None:
    """About how many items would put the exact bound on the near side of `limit`, were the rate to stay; None: none."""
    if interval.estimate == limit:
        return None
    return searched_n(
        lambda n: exact_interval(interval.estimate * n, n, interval.confidence), interval.n, interval.estimate, limit
    )


def searched_n(at: Callable[[int], Interval], n: int, estimate: float, limit: float) -> int | None:
    """The first n beyond the given one at which the interval lies on the estimate's side of the limit; None: none."""
    grown = float(n)
    while grown < _MOST:
        grown = max(grown + 1, grown * _STEP)
        wider = at(int(grown))
        if wider.high < limit if estimate < limit else wider.low > limit:
            return int(grown)
    return None
