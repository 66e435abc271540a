"""What a gate decides."""

from typing import Literal

from pydantic import Field

from .base import Record
from .unjudged import CountsUnjudged

Decision = Literal["pass", "regress", "undecided"]


class GateResult(CountsUnjudged, Record):
    """One gate's verdict: the figure it looked at, its interval, the limit, and the n that would decide it.

    `against` is what the figure compares the trained model with, None where it is the model's own.

    `needed_n` is None where the verdict is decided, or where no number of items would decide it (the figure lies
    on the limit itself). Without a figure, `low` and `high` are the bounds of one that the items cannot tell. Of a
    paired difference and of a rate, `shows` is how far beyond its limit the truth must lie for these items to pass it
    four times in five; of a paired difference `power_n` is how many items pass a model that is no worse at all so
    often, where there is a margin for that. `unjudged` counts the items that should have counted and could not be
    judged, by the reason; `at_worst` is what the figure would be had they all gone against the verdict, None where none
    is missing or no end of the scale is known.
    """

    metric: str
    rule: str
    verdict: Decision
    figure: float | None
    low: float | None
    high: float | None
    limit: float
    n: int
    needed_n: int | None
    summary: str
    against: Literal["before", "baseline"] | None = None
    power_n: int | None = None
    shows: float | None = None
    unjudged: dict[str, int] = Field(default_factory=dict)
    at_worst: float | None = None


class Verdict(Record):
    """The verdict of a run: regress if any gate regressed, else undecided if any is, else pass.

    `rewarded` are the metrics, of all that were measured, that judged the feedback or paid the reward; None where that
    is not known.
    """

    verdict: Decision
    confidence: float
    gates: tuple[GateResult, ...]
    rewarded: tuple[str, ...] | None = None

    def is_rewarded(self, metric: str) -> bool | None:
        """Whether training was rewarded for what the metric measures; None where that is not known."""
        return None if self.rewarded is None else metric in self.rewarded
