"""Causes in what is rewarded: labels that point the wrong way, and a reward model's flaws."""

from ..evaluate import metric_named
from ..metrics import POLICY, SHARES
from ..records import Evidence, Finding
from .data import SEVERITY
from .evidence import Facts, Weighing, ramp

SIDED = (POLICY, *(f"{share}." for share in SHARES))
"""How metrics begin that are measured on both sides of the comparisons for the diagnosis."""
GUARDS = ("style.repetition", "style.ended")
"""Style metrics that gates hold a run to without its being about them."""


def swapped_labels(facts: Facts) -> list[Evidence]:
    """Most comparisons point away from the goal, which is read off the gates on style, on shares and on rules."""
    found = Weighing()
    goals = _goals(facts)
    if not goals:
        return []
    wrong, right, labels = [], [], []
    for metric, sign in goals.items():
        shift = facts.difference(metric)
        if shift is not None and (shift.high < 0 if sign > 0 else shift.low > 0):
            wrong.append(metric)
        elif shift is not None and (shift.low > 0 if sign > 0 else shift.high < 0):
            right.append(metric)
        told = _told(metric, facts)
        if told is not None:
            labels.append((metric, (told[0] - told[1]) * sign < 0, *told))
    against = [each for each in labels if each[1]]
    accuracy = facts.late("accuracy") or 0.0
    if wrong:
        says = f"Moved away from what the gates ask, beyond chance: {', '.join(wrong)}."
        found.yes(0.4, len(wrong) / len(goals), says, len(wrong) / len(goals))
        says = f"At the end it tells {accuracy:.0%} of training pairs apart: it learned what the labels say."
        found.yes(0.2, ramp(accuracy, 0.5, 0.75), says, accuracy)
    if against:
        metric, _, chosen, rejected = against[0]
        says = (
            f"The labels point away from the gates: {metric} is {chosen:.3g} on chosen and {rejected:.3g} on "
            "rejected answers."
        )
        found.yes(0.4, len(against) / len(labels), says, len(against) / len(labels))
    if labels and not against:
        found.no(0.3, 1.0, f"On {len(labels)} of the gates' metrics the chosen answers are the better ones.")
    if right:
        found.no(0.4, len(right) / len(goals), f"Moved as the gates ask: {', '.join(right)}.")
    return found.evidence


def _told(metric: str, facts: Facts) -> tuple[float, float] | None:
    """A metric on the chosen and on the rejected sides, where the comparisons tell them apart."""
    sides = facts.sides.get(metric)
    if sides is not None:
        return (sides.chosen, sides.rejected) if sides.change.low > 0 or sides.change.high < 0 else None
    chosen, rejected = facts.feedback.scores.get(metric.removeprefix("style."), (None, None))
    return None if chosen is None or rejected is None or chosen == rejected else (chosen, rejected)


def _goals(facts: Facts) -> dict[str, int]:
    """The metrics of answers that gates ask for more (1) or less (-1) of."""
    goals = {}
    for gate in facts.setting("gates") or ():
        metric = gate["metric"]
        if not metric.startswith(("style.", *SIDED)) or metric in GUARDS:
            continue
        given = {name for name in gate if gate[name] is not None}
        if given & {"at_least", "at_least_of_base"}:
            goals[metric] = 1
        elif given & {"at_most", "at_most_of_base"}:
            goals[metric] = -1
        elif given & {"better_by", "better_than"}:
            goals[metric] = 1 if metric_named(metric).better == "higher" else -1
    return goals


_SHOWS = {
    "reward-padding": ("style.words", 1),
    "reward-length": ("style.words", 1),
    "reward-length-partial": ("style.words", 1),
    "reward-shortened": ("style.ended", -1),
    "reward-politeness": ("style.warmth", 1),
}
"""The change in the policy's answers that a flaw of the reward would cause, where the run measures it."""


def reward_flaw(finding: Finding, facts: Facts) -> list[Evidence]:
    """A probe of the run's reward model that fired, and whether its policy went that way."""
    found = Weighing()
    own = SEVERITY[finding.severity]
    found.yes(own, 1.0, f"The reward model: {finding.summary}", finding.figure)
    if finding.id == "reward-refusal" and (seen := facts.seen.get("refusal")) is not None and seen.ids:
        says = f"refusals of harmless prompts changed by {seen.change.estimate:+.0%}."
        there = seen.change.low > 0
    elif finding.id in _SHOWS and (shift := facts.difference(_SHOWS[finding.id][0])) is not None:
        sign = _SHOWS[finding.id][1]
        says = f"{shift.metric} {shift.before:.3g} before and {shift.after:.3g} after."
        there = shift.low > 0 if sign > 0 else shift.high < 0
    else:
        return found.evidence
    found.yes(own, float(there), f"The policy went that way: {says}")
    found.no(own, 0.7 * float(not there), f"The policy did not go that way: {says}")
    return found.evidence
