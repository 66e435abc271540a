"""Correlations with their intervals, with and without a third variable held fixed. Pure functions on arrays."""

from collections.abc import Sequence

import numpy as np

from .intervals import Interval, Values, _check_confidence, _checked_pair

_NO_SPREAD = 1e-12
"""Relative spread below which values are equal but for floating-point rounding."""


def correlation(x: Values, y: Values, *, confidence: float = 0.95) -> Interval | None:
    """Pearson's r of n pairs, with the interval of Fisher's z (Fisher 1921).

    None where a side does not vary or n is below 4. Raises ValueError as `paired_difference` does.
    """
    return partial_correlation(x, y, (), confidence=confidence)


def partial_correlation(x: Values, y: Values, given: Sequence[Values], *, confidence: float = 0.95) -> Interval | None:
    """Pearson's r of what is left of x and y once the k variables of `given` and a constant are regressed out.

    Its interval is Fisher's z with the standard error 1 / sqrt(n - k - 3) (Fisher 1924). None where nothing is left
    that varies, or n is too small. Raises ValueError where the shapes differ or a value is not finite.
    """
    from scipy.stats import norm

    _check_confidence(confidence)
    a, b = _checked_pair(x, y)
    design = np.stack([np.ones_like(a), *(_checked_pair(a, each)[1] for each in given)], axis=1)
    free = len(a) - len(given) - 3
    if free < 1:
        return None
    rests = []
    for values in (a, b):
        rest = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
        length = float(np.linalg.norm(rest))
        if length <= _NO_SPREAD * max(1.0, float(np.linalg.norm(values))):
            return None
        rests.append(rest / length)
    r = float(np.clip(rests[0] @ rests[1], -1.0, 1.0))
    if abs(r) == 1.0:
        return Interval(r, r, r, len(a), confidence)
    half = float(norm.ppf(0.5 + confidence / 2)) / np.sqrt(free)
    return Interval(r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half)), len(a), confidence)
