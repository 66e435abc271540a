"""What got worse: every metric whose whole interval lies on the bad side, with a gate or without, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ..records import Difference
from .data import ReportData
from .format import counted, decimals, number, share, signed, span
from .tables import change_of, metric_of, title_of

FALSE = "help.false"
"""The share of answers that contradict what is known to be true of their prompts."""
_SEEN = 4
"""Metrics whose smallest visible fall is told where nothing fell."""


@dataclass(frozen=True)
class Fall:
    """A metric that got worse: against before or the baseline, from what to what, and whether a gate looks at it."""

    title: str
    than: str
    figures: str
    difference: str
    interval: str
    gated: bool

    @property
    def sentence(self) -> str:
        """The fall in words."""
        gate = "" if self.gated else "; no gate looks at it"
        return f"{self.title}, against {self.than}: {self.figures} ({self.difference}, {self.interval}{gate})"


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
    """How many answers say something false, of those that could be checked, and that no other was."""
    after = data.after.measure(FALSE)
    if after is None or after.mean is None:
        return "Nothing here checked whether answers are true: a better figure can be of a false answer."
    before = data.before.measure(FALSE)
    prompted = data.baseline.measure(FALSE) if data.baseline is not None else None
    sides = [f"{share(side.mean)} {name}" for side, name in ((before, "before"), (prompted, "the baseline")) if side]
    beside = f" ({', '.join(sides)})" if sides else ""
    rest = f"; of {counted(after.unscored, 'other')} nothing is known" if after.unscored else ""
    return (
        f"{share(after.mean)} of {counted(after.n, 'answer')} that could be checked say something known to be false"
        f"{beside}{rest}. What no reference speaks of is unchecked in all of them."
    )


def _fall(shift: Difference, than: str, gated: bool) -> Fall:
    metric = metric_of(shift.metric)
    places = decimals(metric.unit if metric else "")
    return Fall(
        title=title_of(shift.metric),
        than="the baseline" if than == "baseline" else than,
        figures=f"{number(shift.before, places)} to {number(shift.after, places)}",
        difference=signed(shift.mean, places),
        interval=span(shift.low, shift.high, places),
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
