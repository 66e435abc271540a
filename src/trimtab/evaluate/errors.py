"""What a figure's scorer gets wrong, counted into the figure: rates corrected, changes with room for it."""

from collections.abc import Sequence

from ..records import Evaluation
from ..scorers import Confusion
from ..stats import Interval, corrected_rate
from .benchmarks import metric_named

_BY_POINTS = "help.points"
"""What is measured where the prompts' points were at hand."""


def errors_of(metric: str, evaluation: Evaluation) -> Confusion | None:
    """How the scorer behind a metric of an evaluation agrees with readers; None where that is not known."""
    return metric_named(metric).errors(by_points=evaluation.measure(_BY_POINTS) is not None)


def corrected(metric: str, evaluation: Evaluation, *, confidence: float = 0.95) -> Interval | None:
    """A rate as a reader would have it (`stats.corrected_rate`); None where the scorer's errors are not known, or
    nothing was judged."""
    errors, measured = errors_of(metric, evaluation), evaluation.measure(metric)
    known: Sequence[float] = [value for value in measured.values if value is not None] if measured else ()
    return corrected_rate(known, errors.table, confidence=confidence) if errors is not None and known else None
