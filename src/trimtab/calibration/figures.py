"""Figures of `stats` as records."""

from ..records import Figure
from ..stats import CannotTell, Interval


def figure(found: Interval | CannotTell) -> Figure:
    """The record of an interval, or of why there is none."""
    if isinstance(found, CannotTell):
        return Figure(estimate=None, low=None, high=None, n=found.n, why=found.why)
    return Figure(estimate=found.estimate, low=found.low, high=found.high, n=found.n)


def no_figure(why: str, n: int = 0) -> Figure:
    """A figure that cannot be told."""
    return Figure(estimate=None, low=None, high=None, n=n, why=why)
