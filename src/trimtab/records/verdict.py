"""What a gate decides."""

from typing import Literal

from .base import Record

Decision = Literal["pass", "regress", "undecided"]


class GateResult(Record):
    """One gate's verdict: the figure it looked at, its interval, the limit, and the n that would decide it.

    `needed_n` is None where the verdict is decided, or where no number of items would decide it (the figure lies
    on the limit itself). Without a figure, `low` and `high` are the bounds of one that the items cannot tell.
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


class Verdict(Record):
    """The verdict of a run: regress if any gate regressed, else undecided if any is, else pass."""

    verdict: Decision
    confidence: float
    gates: tuple[GateResult, ...]
