"""Evidence that may be looked at after every answer: how often somebody is right, against a line."""

from collections.abc import Sequence

import numpy as np

from .resampling import Array


def evidence_below(right: Sequence[bool], line: float) -> Array:
    """After each answer, shape (n,), the largest evidence so far that the chance of being right lies below `line`.

    A likelihood ratio: the chance below the line drawn evenly from 0 to the line, against the line itself. While the
    true chance is at the line or above, it is a supermartingale that begins at 1, so that it ever reaches 1 / a with a
    chance of at most a, however often one looks (Ville 1939; Robbins 1970). Raises ValueError for a line outside 0, 1.
    """
    from scipy.special import betainc, betaln

    if not 0 < line < 1:
        raise ValueError(f"the line lies between 0 and 1, got {line}")
    hits = np.cumsum(np.asarray(right, dtype=np.float64))
    misses = np.arange(1, len(hits) + 1) - hits
    with np.errstate(divide="ignore"):
        below = np.log(betainc(hits + 1, misses + 1, line)) + betaln(hits + 1, misses + 1) - np.log(line)
    at = hits * np.log(line) + misses * np.log1p(-line)
    return np.maximum.accumulate(np.exp(np.minimum(below - at, 700.0)))
