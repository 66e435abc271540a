"""What a figure's scorer gets wrong, counted into the figure: rates corrected, changes with room for it."""

from ..records import Evaluation
from ..scorers import Confusion
from ..stats import Interval, corrected_interval, exact_interval, with_room
from .benchmarks import metric_named

_BY_POINTS = "help.points"
"""What is measured where the prompts' points were at hand."""
_MOST_WITHOUT = 0.05
"""The share of prompts without points above which answers count as judged without them."""


def errors_of(metric: str, evaluation: Evaluation) -> Confusion | None:
    """How the scorer behind a metric of an evaluation agrees with readers; None where that is not known."""
    about = metric_named(metric)
    return about.errors(by_points=about.by_points is not None and _has_points(metric, evaluation))


def _has_points(metric: str, evaluation: Evaluation) -> bool:
    """Whether the prompts that a metric is over had points: all but a few."""
    points, measured = evaluation.measure(_BY_POINTS), evaluation.measure(metric)
    if points is None or measured is None:
        return False
    missing = {place for places in points.unjudged.values() for place in places}
    known = {
        item
        for place, (item, value) in enumerate(zip(evaluation.items[points.over], points.values, strict=True))
        if value is not None or place in missing
    }
    items = evaluation.items[measured.over]
    return sum(item not in known for item in items) <= _MOST_WITHOUT * len(items)


def as_read(metric: str, evaluation: Evaluation) -> Interval | None:
    """A rate as a reader would have it; None where the scorer's errors are not known, or nothing was judged."""
    errors, measured = errors_of(metric, evaluation), evaluation.measure(metric)
    known = [value for value in measured.values if value is not None] if measured else []
    return rate_as_read(sum(known), len(known), errors) if errors is not None and known else None


def rate_as_read(count: float, n: int, errors: Confusion, confidence: float = 0.95) -> Interval:
    """The rate of `count` in `n`, exact, with room for how far such rates were off; by its table where only one set of
    answers was read (`stats.corrected_interval`)."""
    if errors.rates is None:
        return corrected_interval(count, n, errors.table, confidence)
    return with_room(exact_interval(count, n, confidence), errors.rates.by, errors.rates.count, ends=(0.0, 1.0))
