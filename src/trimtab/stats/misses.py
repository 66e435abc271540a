"""A rate corrected for what its scorer misses and mistakes, as an imperfect test's prevalence is."""

from collections.abc import Sequence

import numpy as np

from .intervals import Interval

Table = tuple[tuple[int, int], tuple[int, int]]
"""A reader's yes and no (rows) against the scorer's (columns)."""
_MOST = 10**6
"""Items beyond which none are asked for: what is then still open, the scorer's own uncertainty keeps open."""


def corrected_rate(values: Sequence[float], table: Table, *, confidence: float = 0.95) -> Interval:
    """The share of items that a reader would say yes to, from a scorer's zeros and ones, with its interval.

    The estimate is Rogan and Gladen's (1978): (share - false rate) / (recall - false rate), cut to 0 and 1. The
    interval is Lang and Reiczigel's (2014), which counts in that recall and false rate were measured on the few answers
    of `table`. How often a scorer is mistaken depends on what is scored: on short refusals it is nearly never. So the
    interval holds both what follows from the false rate measured and what follows from none, and no gate is passed on
    the credit of false alarms that may not have happened.

    Raises ValueError where `values` is empty, a row of the table is, or the scorer says yes no more often where a
    reader does.
    """
    if not len(values):
        raise ValueError("needs a non-empty list of values")
    return _corrected(float(np.mean(values)), len(values), table, confidence)


def corrected_needed_n(interval: Interval, share: float, limit: float, table: Table) -> int | None:
    """How many items would put the bound on the near side of `limit`, were the `share` as scored to stay; None: none.

    However many there are, the interval keeps the width that the scorer's own uncertainty gives it.
    """
    n = float(interval.n)
    while n < _MOST:
        n *= 1.02
        wider = _corrected(share, int(np.ceil(n)), table, interval.confidence)
        if wider.high < limit if interval.estimate < limit else wider.low > limit:
            return int(np.ceil(n))
    return None


def _corrected(share: float, n: int, table: Table, confidence: float) -> Interval:
    (found, missed), (mistaken, left) = table
    yes, no = found + missed, mistaken + left
    if not yes or not no or found / yes <= mistaken / no:
        raise ValueError("the scorer is no better than chance, so nothing can be corrected by it")
    estimate = float(np.clip((share - mistaken / no) / (found / yes - mistaken / no), 0, 1))
    recall = (found + 1) / (yes + 2)
    of_recall = recall * (1 - recall) / (yes + 2)
    false = (mistaken + 1) / (no + 2)
    low, _ = _bounds(share, n, recall, of_recall, false, false * (1 - false) / (no + 2), confidence)
    _, high = _bounds(share, n, recall, of_recall, 0.0, 0.0, confidence)
    return Interval(estimate, min(low, estimate), max(high, estimate), n, confidence)


def _bounds(
    share: float, n: int, recall: float, of_recall: float, false: float, of_false: float, confidence: float
) -> tuple[float, float]:
    """Lang and Reiczigel's bounds; `of_recall` and `of_false` are the variances of the two rates."""
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + confidence / 2))
    said = (n * share + z * z / 2) / (n + z * z)
    gain = recall - false
    true = (said - false) / gain
    centre = true + 2 * z * z * (true * of_recall - (1 - true) * of_false)
    half = z * np.sqrt(said * (1 - said) / (n + z * z) + true**2 * of_recall + (1 - true) ** 2 * of_false) / gain
    return float(np.clip(centre - half, 0, 1)), float(np.clip(centre + half, 0, 1))
