"""A share over judgements that hang together twice: one item's by the item, one reviewer's by the reviewer.

The variance is Cameron, Gelbach and Miller's (2011, eq. 2.11): that of items' sums, plus that of reviewers' sums, less
that of single judgements, no part below nothing. It widens Wilson's interval as a design effect does (Korn and
Graubard 1998: the effective number of judgements), at Student's t. The degrees of freedom are Satterthwaite's (1946),
with the reviewers' part taken larger than found, by 1 / sqrt(reviewers - 1), since a few reviewers say little of how
reviewers differ. benchmarks/agreement.py prints how often it holds the truth. One or two reviewers say nothing of it at
all: there the interval is over items only, of what these reviewers say.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from .intervals import Interval, _check_confidence
from .resampling import CannotTell

FEWEST_REVIEWERS = 3
"""Below, an interval over reviewers would be as wide as all that is possible (t with one degree is 12.7)."""
_MOST = 10**6


@dataclass(frozen=True)
class Clustered:
    """A mean of judgements, `interval.n` of them, of so many `items` by so many `reviewers`, and what it holds for.

    The variances of one judgement are between items, between reviewers and within; `concentration` is the sum of
    the reviewers' squared shares, 1 / reviewers where all judged as much. `effective` is how many judgements that hang
    together with no other say as much, `free` the degrees of freedom.
    """

    interval: Interval
    items: int
    reviewers: int
    over: Literal["items", "items and reviewers"]
    between_items: float
    between_reviewers: float
    within: float
    concentration: float
    effective: float
    free: float


@dataclass(frozen=True)
class Needed:
    """How many more would decide, four times in five, were the figure what it seems; None where no number would."""

    items: int | None
    judgements: int | None
    reviewers: int | None


def clustered_mean(values: Any, items: Any, reviewers: Any, *, confidence: float = 0.95) -> Clustered | CannotTell:
    """The mean of judgements from 0 to 1 with its interval over items, and over reviewers where there are three.

    The arrays have shape (judgements,); items and reviewers are codes from 0 on. Cannot tell of fewer than two items.
    Raises ValueError where shapes differ or a value lies outside 0 and 1.
    """
    from scipy.special import stdtrit

    _check_confidence(confidence)
    y = np.asarray(values, dtype=np.float64)
    of_item, by = np.asarray(items, dtype=np.int64), np.asarray(reviewers, dtype=np.int64)
    if y.ndim != 1 or y.shape != of_item.shape or y.shape != by.shape:
        raise ValueError(f"needs judgements of one shape, got {y.shape}, {of_item.shape} and {by.shape}")
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("judgements of a share lie between 0 and 1")
    n = len(y)
    per_item, per_reviewer = (np.unique(codes, return_counts=True)[1] for codes in (of_item, by))
    many, people = len(per_item), len(per_reviewer)
    if many < 2:
        return CannotTell("fewer than two items were judged", many)
    mean = float(y.mean())
    off = y - mean if y.min() < y.max() else np.zeros(n)  # of equal values the mean may miss by a rounding
    by_items = float((np.bincount(of_item, off) ** 2).sum()) / n**2 * many / (many - 1)
    by_people = float((np.bincount(by, off) ** 2).sum()) / n**2 * people / max(people - 1, 1)
    alone = float((off**2).sum()) / n**2
    over_people = people >= FEWEST_REVIEWERS
    variance = max(by_items, alone) + (max(by_people - alone, 0.0) if over_people else 0.0)
    free = float(many - 1)
    if over_people and variance > 0:
        doubted = min(variance, by_people * (1 + (people - 1) ** -0.5))
        free = max(1.0, variance**2 / (by_items**2 / (many - 1) + doubted**2 / (people - 1)))
    most = mean * (1 - mean)
    # of what is yes or no the variance is never below that of n judgements; of marks near each other it is
    effective = most / variance if variance > 0 and most > 0 else float(many)
    low, high = _wilson(mean, effective, float(stdtrit(free, 0.5 + confidence / 2)))
    concentration = float((per_reviewer**2).sum()) / n**2
    shared = float((per_item**2).sum()) / n**2 - 1 / n
    items_vary = max(by_items - alone, 0.0) / shared if shared > 0 else 0.0
    people_vary = max(by_people - alone, 0.0) / (concentration - 1 / n) if over_people and n > people else 0.0
    return Clustered(
        Interval(mean, low, high, n, confidence),
        many,
        people,
        "items and reviewers" if over_people else "items",
        items_vary,
        people_vary,
        max(alone * n - items_vary - people_vary, 0.0),
        concentration,
        effective,
        free,
    )


def clustered_exact(found: Clustered) -> Interval:
    """The same with the wider of its own bounds and Korn and Graubard's (1998): Clopper and Pearson's of as many
    judgements as it is worth, fewer as the degrees of freedom ask. Near none and all Wilson's are too narrow."""
    from scipy.special import betaincinv, stdtrit

    own = found.interval
    tail = (1 - own.confidence) / 2
    z = NormalDist().inv_cdf(1 - tail)
    n = found.effective * (z / float(stdtrit(found.free, 1 - tail))) ** 2
    count = own.estimate * n
    low = float(betaincinv(count, n - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return Interval(own.estimate, min(own.low, low), max(own.high, high), own.n, own.confidence)


def judgements_needed(found: Clustered, line: float, *, power: float = 0.8) -> Needed:
    """How many more items, judged as these were, would put the interval beside `line` with this power.

    Where the reviewers' own differences are too much for any number of items, it is reviewers that are missing: as many
    more, sharing the work evenly over the items that there are. Nothing decides where the mean lies on the line.
    Raises ValueError where the line does not lie between 0 and 1.
    """
    if not 0 < line < 1:
        raise ValueError(f"the line lies between 0 and 1, got {line}")
    interval = found.interval
    standard = NormalDist()
    z, mean, each = standard.inv_cdf(0.5 + interval.confidence / 2), interval.estimate, interval.n / found.items
    if mean == line:
        return Needed(None, None, None)
    if mean in (0.0, 1.0):  # Wilson's bound of none or all of n, solved for n
        odds = line / (1 - line) if mean else (1 - line) / line
        more = max(0, int(np.ceil(z**2 * odds)) - found.items)
        return Needed(more, int(np.ceil(more * each)), 0)
    # Wilson's interval lies beside the line where the mean is z of the line's own standard errors from it
    reach = z * (line * (1 - line) / (mean * (1 - mean))) ** 0.5 + standard.inv_cdf(power)
    allowed = ((mean - line) / reach) ** 2
    of_items = found.between_items + found.within / each or mean * (1 - mean)
    rest = allowed - found.between_reviewers * found.concentration
    if rest > 0:
        items = int(np.ceil(of_items / rest))
        if items > _MOST:
            return Needed(None, None, None)
        more = max(0, items - found.items)
        return Needed(more, int(np.ceil(more * each)), 0)
    left = allowed - of_items / found.items
    if left <= 0:  # both are missing: half of what is allowed for each
        people = int(np.ceil(2 * found.between_reviewers / allowed))
        items = int(np.ceil(2 * of_items / allowed))
        more = max(0, items - found.items)
        enough = people <= _MOST and items <= _MOST
        return Needed(more, int(np.ceil(more * each)), people - found.reviewers) if enough else Needed(None, None, None)
    people = int(np.ceil(found.between_reviewers / left))
    return Needed(0, 0, max(1, people - found.reviewers))


def items_needed(interval: Interval, line: float, *, power: float = 0.8) -> int | None:
    """How many more items would put the interval of any figure beside `line` with this power, its half-width shrinking
    as 1 / sqrt(items); None where the figure lies on the line or no number is enough."""
    standard = NormalDist()
    gap = abs(interval.estimate - line)
    half = interval.high - interval.estimate if line > interval.estimate else interval.estimate - interval.low
    if gap == 0:
        return None
    stretch = 1 + standard.inv_cdf(power) / standard.inv_cdf(0.5 + interval.confidence / 2)
    total = interval.n * (half * stretch / gap) ** 2
    return max(0, int(np.ceil(total)) - interval.n) if total <= _MOST else None


def _wilson(mean: float, n: float, t: float) -> tuple[float, float]:
    """Wilson's score interval (1927) with n that need not be whole."""
    centre = (mean + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t * np.sqrt(mean * (1 - mean) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
