"""The cause in what judges feedback: it pays for what is made without help, and the model makes that."""

from ..evaluate import metric_named
from ..records import Difference, Evidence
from .data import ABSENT, LEAST_DOSE, SEVERITY
from .evidence import Facts, Weighing, ramp

HELP = {"help.helps": -1, "help.points": -1, "help.echo": 1, "help.empty": 1, "help.stock": 1}
"""What is measured of help, and which way is worse."""
FULL = 0.3
"""The change from rejected to chosen at which nothing else is needed to explain that help is lost."""
FELL = 0.15
"""The same of a model's help or echoes."""


def gamed_rubric(facts: Facts) -> list[Evidence]:
    """What is paid for is made without help: in the comparisons, and by the model, whose rewarded figures rise."""
    found = Weighing()
    gaming, empty = facts.finding("rubric-gaming"), facts.finding("empty-chosen")
    if gaming is None and not sampled(facts):
        return []  # no rubric judged the feedback: what else says less is a cause of its own
    own = 0.0
    for finding, part in ((gaming, 1.0), (empty, 0.5)):
        if finding is not None:
            weight = part * SEVERITY[finding.severity] * _dose(finding.figure)
            own += weight
            found.yes(weight, 1.0, f"The data: {finding.summary}", finding.figure)
    worse, measured = _worse(facts)
    risen = _risen(facts)
    if worse:
        size, told = max(worse)[0], "; ".join(each for _, each in worse)
        found.yes(
            0.4 if own or risen else 0.15, 0.5 + 0.5 * ramp(size, 0.0, FELL), f"The model shows it: {told}.", size
        )
        says = f"What is rewarded rose all the same: {', '.join(each.metric for each in risen)}."
        found.yes(0.2, float(bool(risen)), says)
    elif measured:
        found.no(own, ABSENT, f"The model does not show it: {', '.join(measured)} did not become worse.")
    return found.evidence


def sampled(facts: Facts) -> bool:
    """Whether a rubric judged answers that the run sampled."""
    return any(source.get("sample") for source in facts.setting("feedback.sources") or ())


def _dose(figure: float | None) -> float:
    return LEAST_DOSE + (1 - LEAST_DOSE) * ramp(figure or 0.0, 0.0, FULL)


def _worse(facts: Facts) -> tuple[list[tuple[float, str]], list[str]]:
    """How much help is shown to be lost, each with a sentence; and all that was measured of it."""
    worse, measured = [], []
    for metric, sign in HELP.items():
        shift = facts.difference(metric)
        if shift is None:
            continue
        measured.append(metric)
        if shift.low > 0 if sign > 0 else shift.high < 0:
            told = f"{metric} {shift.before:.0%} before and {shift.after:.0%} after"
            worse.append((abs(shift.mean), f"{told} ({shift.low:+.0%} to {shift.high:+.0%})"))
    seen = facts.seen.get("echo")
    if seen is not None and seen.ids and "help.echo" not in measured:
        measured.append("echoes among the answers")
        change, (before, after) = seen.change, seen.rates
        if change.low > 0:
            told = f"{before:.0%} of answers only echo the question before and {after:.0%} after"
            worse.append((change.estimate, f"{told} ({change.low:+.0%} to {change.high:+.0%})"))
    return worse, measured


def _risen(facts: Facts) -> list[Difference]:
    """The rewarded metrics that are shown to be better; none where it is not known what is rewarded."""
    rewarded = facts.verdict.rewarded or ()
    found = []
    for shift in facts.differences:
        better = metric_named(shift.metric).better if shift.metric in rewarded else "neither"
        if (better == "higher" and shift.low > 0) or (better == "lower" and shift.high < 0):
            found.append(shift)
    return found
