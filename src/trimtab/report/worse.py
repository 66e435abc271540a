"""What got worse: every metric whose whole interval lies on the bad side, with a gate or without, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ..records import Difference
from .data import ReportData
from .format import decimals, number, share, signed, span
from .help import checked
from .tables import change_of, metric_of, title_of

FALSE = ("help.false", "facts.false")
"""Shares of answers that contradict what is known to be true of what was asked."""
_SEEN = 4
"""Metrics whose smallest visible fall is told where nothing fell."""


@dataclass(frozen=True)
class Fall:
    """A metric that got worse: against before or the baseline, from what to what, over how many items, and whether a
    gate looks at it."""

    title: str
    than: str
    figures: str
    difference: str
    interval: str
    over: str
    gated: bool

    @property
    def sentence(self) -> str:
        """The fall in words."""
        gate = "" if self.gated else "; no gate looks at it"
        figures = f"{self.difference}, {self.interval}, {self.over}{gate}"
        return f"{self.title}, against {self.than}: {self.figures} ({figures})"


def falls(data: ReportData) -> list[Fall]:
    """Every fall, the largest in standard deviations of the paired differences first."""
    gated = {(gate.metric, gate.against or "before") for gate in data.verdict.gates}
    found = [
        (shift, than, (shift.metric, than) in gated)
        for than, some in (("before", data.differences), ("baseline", data.differences_baseline))
        for shift in some
        if (metric := metric_of(shift.metric)) is not None and change_of(shift, metric.better) == "worse"
    ]
    found.sort(key=lambda fall: -abs(fall[0].effect if fall[0].effect is not None else inf))
    return [_fall(*each) for each in found]


def falls_note(data: ReportData) -> str:
    """What the list of falls means; where it is empty, how small a fall these items could have shown."""
    than = "before or the baseline" if data.baseline is not None else "before"
    if falls(data):
        return f"Each is worse than {than} by more than chance explains, its 95% interval by itself."
    if not data.differences:
        return "Nothing was measured both before and after, so that no fall could be seen."
    looked = [_visible(shift) for shift in _told_first(data)][:_SEEN]
    small = f" A fall of this size would have been seen four times in five: {'; '.join(looked)}." if looked else ""
    return f"No metric got clearly worse than {than}.{small}"


def truth_note(data: ReportData) -> str:
    """How many answers say something known to be false, how many were held against anything, and that no other was."""
    rates = [told for name in FALSE if (told := _rate(data, name))]
    told = "; ".join([*rates, checked(data.after) or "nothing was checked"])
    return f"Falsehood: {told}. What no point, fact or reference covers is unchecked."


def _rate(data: ReportData, name: str) -> str:
    """A share of falsehoods after training, and before and of the baseline beside it."""
    after = data.after.measure(name)
    if after is None or after.mean is None:
        return ""
    others = (("before", data.before), ("the baseline", data.baseline))
    beside = [
        f"{share(measure.mean)} {side}"
        for side, evaluation in others
        if evaluation is not None and (measure := evaluation.measure(name)) is not None
    ]
    return f"{title_of(name).lower()} {share(after.mean)}" + (f" ({', '.join(beside)})" if beside else "")


def _fall(shift: Difference, than: str, gated: bool) -> Fall:
    metric = metric_of(shift.metric)
    places = decimals(metric.unit if metric else "")
    return Fall(
        title=title_of(shift.metric),
        than="the baseline" if than == "baseline" else than,
        figures=f"{number(shift.before, places)} to {number(shift.after, places)}",
        difference=signed(shift.mean, places),
        interval=span(shift.low, shift.high, places),
        over=f"n {shift.n:,}" + (f", {shift.missing:,} not judged" if shift.missing else ""),
        gated=gated,
    )


def _told_first(data: ReportData) -> Sequence[Difference]:
    """The differences that tell how small a fall is seen: of help first, then of what gates look at, then others."""
    gated = {gate.metric for gate in data.verdict.gates}
    known = [
        shift
        for shift in data.differences
        if shift.smallest is not None and (metric := metric_of(shift.metric)) is not None and metric.better != "neither"
    ]
    return sorted(known, key=lambda shift: (not shift.metric.startswith("help."), shift.metric not in gated))


def _visible(shift: Difference) -> str:
    metric = metric_of(shift.metric)
    return f"{title_of(shift.metric)} {number(shift.smallest, decimals(metric.unit if metric else ''))}"
