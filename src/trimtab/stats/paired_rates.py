"""The difference of two rates over the same items, by the wider of two intervals: what a gate on it is decided by.

Tango (1998), "Equivalence test and confidence interval for the difference in proportions for the paired-sample design":
a difference is in the interval where the score test cannot tell it from the truth, with the rate of losses that fits
best beside it. The adjusted Wald interval (Agresti and Min 2005) is narrower where nearly nothing is gained: asked for
5 %, it lets a model pass that loses as much as the limit in up to 24 % of cases at 5 items, 13 % at 100 and 11 % at
450; the score test in up to 8.5 %, 5.8 % and 5.7 % (enumerated over ten limits and eleven rates of gains). The score
interval is the narrower one where a gain is asked for and nearly nothing is lost: each bound is the farther of both.
"""

import numpy as np

from .intervals import Interval, Values, _check_confidence, _checked_pair, paired_difference

_EDGE = 1 - 1e-9
"""Differences are searched for up to here on either side."""


def paired_rate_interval(before: Values, after: Values, *, confidence: float = 0.95) -> Interval:
    """Mean of `after - before` over the same n items of zeros and ones, with the wider of Tango's and Agresti and Min's
    bounds on each side.

    Raises ValueError as `paired_difference` does.
    """
    b, a = _checked_pair(before, after)
    _check_confidence(confidence)
    from scipy.optimize import brentq
    from scipy.stats import norm

    n, gained, lost = len(b), float((a > b).sum()), float((a < b).sum())
    z = float(norm.ppf(0.5 + confidence / 2))

    def bound(side: float) -> float:
        """Where the score is z on that side, or the end of the scale."""
        beyond = [_score(gained, lost, n, end * _EDGE) - side * z for end in (-1.0, 1.0)]
        if beyond[0] * beyond[1] > 0:
            return -side
        return float(brentq(lambda d: _score(gained, lost, n, d) - side * z, -_EDGE, _EDGE))

    wald = paired_difference(b, a, rate=True, confidence=confidence)
    return Interval(wald.estimate, min(bound(1.0), wald.low), max(bound(-1.0), wald.high), n, confidence)


def _score(gained: float, lost: float, n: int, d: float) -> float:
    """Tango's statistic of the difference d: standard normal where d is the truth. It falls as d grows."""
    at = lost + gained - (2 * n - gained + lost) * d
    root = at**2 + 8 * n * lost * d * (1 - d)  # 0 but for rounding where all are lost
    loss = (np.sqrt(max(root, 0.0)) + at) / (4 * n)
    spread = n * (2 * loss + d * (1 - d))
    return float((gained - lost - n * d) / np.sqrt(max(spread, 1e-12)))
