"""Causes in the data: the audit's findings, and whether the model shows what they would teach.

A finding alone is a suspicion. It counts as much again where the symptom is there that it would cause, and loses most
of its weight where that was looked for and is not there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..records import Evidence, Finding, Weight
from .evidence import SELDOM, Facts, Trait, Weighing, ramp

SEVERITY: dict[Weight, float] = {"block": 0.5, "warn": 0.4, "info": 0.1}
"""What a finding weighs by itself: a half, so that its symptom can give the other half. `info` is below the audit's own
limit and stays a footnote even with the symptom."""
LEAST_DOSE = 0.5
"""A finding just over the audit's limit has half of its weight, one at `full` all of it."""
ABSENT = 0.7
"""Of its own weight a finding loses so much where its symptom was measured and is not there."""


@dataclass(frozen=True)
class Sign:
    """The symptom that a cause would show: how much of it is there (0 to 1; 0 is "measured, and absent")."""

    summary: str
    figure: float | None
    strength: float


Look = Callable[[Facts, Finding], Sign | None]


@dataclass(frozen=True)
class DataCause:
    """A finding as a cause. `full` is the finding's figure at which nothing else is needed to explain the symptom, and
    `none` the one of data that teaches nothing of the kind."""

    title: str
    full: float
    look: Look
    none: float = 0.0


def weighed(cause: DataCause, finding: Finding, facts: Facts) -> list[Evidence]:
    """The evidence of a finding."""
    found = Weighing()
    dose = LEAST_DOSE + (1 - LEAST_DOSE) * ramp(finding.figure or 0.0, cause.none, cause.full)
    own = SEVERITY[finding.severity] * dose
    found.yes(own, 1.0, f"The data: {finding.summary}", finding.figure)
    explained = [DATA[name].look for name in finding.explains if name in DATA and facts.finding(name)]
    sign = next((told for look in (*explained, cause.look) if (told := look(facts, finding)) is not None), None)
    if sign is not None and sign.strength > 0:
        found.yes(own, 0.5 + 0.5 * sign.strength, f"The model shows it: {sign.summary}", sign.figure)
    elif sign is not None:
        found.no(own, ABSENT, f"The model does not show it: {sign.summary}", sign.figure)
    for other in facts.findings:
        if finding.id in other.explains:
            found.no(own, 1.0, f"{other.id} explains it: without those rows the data would not show it.")
    if finding.id == "refusal-bias" and facts.implicit is not None:
        paid, mean = facts.implicit.share, facts.implicit.mean
        says = (
            f"Its implicit reward pays more for a refusal than for help on {paid.estimate:.0%} of {paid.n} harmless "
            f"prompts ({mean.estimate:+.2f} on average)."
        )
        found.yes(0.2, ramp(paid.estimate, SELDOM, 0.5), says, paid.estimate)
        found.no(0.2, ramp(paid.estimate, SELDOM, 0.0), says, paid.estimate)
    return found.evidence


def trait(name: Trait, called: str, full: float) -> Look:
    """The symptom is that answers have a trait more often than before, or, where the finding is about rejected sides,
    less often; what no answer had cannot become less."""

    def look(facts: Facts, finding: Finding) -> Sign | None:
        seen = facts.seen.get(name)
        if seen is None or not seen.ids:
            return None
        change, (before, after) = seen.change, seen.rates
        sign = -1 if "rejected" in finding.about else 1
        if sign < 0 and before == 0:
            return None
        there = change.low > 0 if sign > 0 else change.high < 0
        span = f"{change.low:+.0%} to {change.high:+.0%}, n={change.n}"
        told = f"{called} {before:.0%} before and {after:.0%} after ({span})."
        return Sign(told, change.estimate, ramp(change.estimate * sign, 0.0, full) if there else 0.0)

    return look


def moved(metric: str, called: str, sign: int, full: float) -> Look:
    """The symptom is that a metric moved, shown by its interval, in the direction of `sign`."""

    def look(facts: Facts, finding: Finding) -> Sign | None:
        shift = facts.difference(metric)
        if shift is None:
            return None
        there = shift.low > 0 if sign > 0 else shift.high < 0
        told = (
            f"{called} {shift.before:.3g} before and {shift.after:.3g} after ({shift.low:+.3g} to {shift.high:+.3g})."
        )
        return Sign(told, shift.mean, ramp(shift.mean * sign, 0.0, full) if there else 0.0)

    return look


def _length(facts: Facts, finding: Finding) -> Sign | None:
    shift, longer = facts.difference("style.words"), facts.feedback.longer_chosen
    if shift is None or longer is None or shift.before <= 0:
        return None
    sign = 1 if longer > 0.5 else -1
    wanted = [gate for gate in facts.gates("pass") if gate.metric == "style.words"]
    told = f"words {shift.before:.0f} before and {shift.after:.0f} after"
    if wanted:
        return Sign(f"{told}, as its own gate asks ({wanted[0].rule}).", shift.mean, 0.0)
    there = shift.low > 0 if sign > 0 else shift.high < 0
    return Sign(f"{told}.", shift.mean, ramp(abs(shift.mean) / shift.before, 0.0, 0.3) if there else 0.0)


def _unlearned(facts: Facts, finding: Finding) -> Sign | None:
    """Labels that contradict one another cannot be learned: accuracy on the training pairs stays low."""
    accuracy = facts.late("accuracy")
    if accuracy is None:
        return None
    told = f"at the end it tells {accuracy:.0%} of its training pairs apart."
    return Sign(told, accuracy, ramp(accuracy, 0.8, 0.6))


def _learned_beside_the_goal(facts: Facts, finding: Finding) -> Sign | None:
    """What is learned from form alone: training pairs are told apart, and the gates do not pass."""
    accuracy = facts.late("accuracy")
    if accuracy is None:
        return None
    missed = facts.verdict.verdict != "pass"
    told = f"it tells {accuracy:.0%} of its training pairs apart, and the verdict is {facts.verdict.verdict}."
    return Sign(told, accuracy, ramp(accuracy, 0.6, 0.9) if missed else 0.0)


def _pushed_down_or_beside(facts: Facts, finding: Finding) -> Sign | None:
    """What the model would never say is pushed down on both sides; or it is learned, and what it does say stays."""
    chosen = facts.late("chosen_logp")
    if chosen is None:
        return None
    if chosen < 0:
        return Sign(f"chosen answers moved by {chosen:+.1f} nats.", chosen, ramp(chosen, 0.0, -5.0))
    return _learned_beside_the_goal(facts, finding)


def _says_less(facts: Facts, finding: Finding) -> Sign | None:
    """Answers that help less, or echo more: whichever was measured and is there."""
    ways = (
        moved("help.helps", "answers that help:", -1, 0.15),
        moved("help.echo", "answers that only echo:", 1, 0.15),
        trait("echo", "answers that only echo:", 0.15),
    )
    signs = [sign for look in ways if (sign := look(facts, finding)) is not None]
    return max(signs, key=lambda sign: sign.strength, default=None)


def _missed(facts: Facts, finding: Finding) -> Sign | None:
    verdict = facts.verdict.verdict
    return Sign(f"the verdict is {verdict}.", None, {"pass": 0.0, "undecided": 0.2, "regress": 0.4}[verdict])


DATA: dict[str, DataCause] = {
    "refusal-bias": DataCause(
        "The data prefers refusals of harmless prompts", 0.2, trait("refusal", "harmless prompts refused:", 0.2)
    ),
    "length-bias": DataCause("The data teaches length", 0.9, _length, none=0.5),
    "label-noise": DataCause("Labels are flipped at random", 0.3, _unlearned),
    "contradiction": DataCause("Labels contradict each other", 0.1, _unlearned),
    "rule-conflict": DataCause("Rules that decided the labels contradict each other", 0.1, _unlearned),
    "low-agreement": DataCause("Annotators do not agree on what is better", 0.0, _unlearned, none=0.4),
    "annotator-bias": DataCause("One annotator teaches a taste of their own", 0.4, _missed),
    "duplicate": DataCause("Copies of a few rows outweigh the rest", 0.2, _learned_beside_the_goal),
    "near-duplicate": DataCause("Near-copies of a few rows outweigh the rest", 0.2, _learned_beside_the_goal),
    "truncation": DataCause("The data's answers break off", 0.2, moved("style.ended", "answers that end:", -1, 0.3)),
    "template": DataCause(
        "A chat template's markers stand in the data", 0.05, trait("marker", "answers with markers:", 0.1)
    ),
    "thought": DataCause("One side alone thinks before it answers", 0.3, trait("thought", "answers that think:", 0.2)),
    "tool-calls": DataCause("One side alone calls tools", 0.3, _learned_beside_the_goal),
    "more-turns": DataCause("One side alone goes on over further turns", 0.3, _learned_beside_the_goal),
    "source-shortcut": DataCause("Form or origin gives the label away", 1.0, _learned_beside_the_goal, none=0.6),
    "off-policy": DataCause("The data's answers are far from what the model would say", 3.0, _pushed_down_or_beside),
    "contamination": DataCause("Benchmark items were trained on", 0.1, moved("facts.accuracy", "facts right:", 1, 0.1)),
    "pii": DataCause("Personal data was trained on", 0.02, trait("personal", "answers with personal data:", 0.05)),
    "toxic-chosen": DataCause("Toxic answers are preferred", 0.2, trait("toxic", "toxic answers:", 0.1)),
    "empty-chosen": DataCause("The chosen answers say less of what was asked", 0.4, _says_less),
    "imbalance": DataCause("One kind of prompt outweighs the rest", 1.0, _missed),
}  # fmt: skip
"""By the id of the audit's finding."""
