"""Causes in the optimisation: the reference, the price of leaving it, the size and number of steps, the end of turn."""

import math
from statistics import median

from ..records import Evidence, PreflightName
from .evidence import Facts, Weighing, ramp

USUAL_RATE = 1e-4
"""Of a LoRA adapter, here and where it was measured; ten times as much broke models of this size."""
AT_ODDS = ("low-agreement", "label-noise", "contradiction", "rule-conflict")
"""Findings that explain by themselves why training pairs are not told apart."""
EARLY = 0.1
"""The first tenth of training: a learning rate too high leaves the start before the warm-up is over."""


def wrong_reference(facts: Facts) -> list[Evidence]:
    """The policy and its reference differ before the first step."""
    found = Weighing()
    weights = {PreflightName.REFERENCE: 0.6, PreflightName.LN_2: 0.3}
    checks = {name: passed for name in weights if (passed := facts.check(name)) is not None}
    for name, weight in weights.items():
        found.yes(weight, float(checks.get(name) is False), f"The preflight's check failed: {name}.")
    if checks and all(checks.values()):
        found.no(0.3, 1.0, f"The preflight's checks passed: {', '.join(checks)}.")
    first = facts.steps[0] if facts.steps else None
    if first is None or first.step != 1:
        return found.evidence
    plain = not any(facts.setting(f"training.{name}") for name in ("sft_weight", "rehearsal_weight"))
    due = facts.method_row.first_loss
    if due is not None and plain:  # other terms are no part of ln 2
        off = abs(first.loss - due)
        found.yes(0.5, ramp(off, 0.02, 0.15), f"The first step's loss is {first.loss:.3f} and not ln 2.", first.loss)
    if first.chosen_logp is not None:
        says = f"At step 1 chosen answers are {first.chosen_logp:+.1f} nats from the reference, where 0 is due."
        found.yes(0.4, ramp(abs(first.chosen_logp), 1.0, 5.0), says, first.chosen_logp)
    return found.evidence


def too_small_beta(facts: Facts) -> list[Evidence]:
    """Leaving the start costs too little, so that the model goes far and loses fluency on the way."""
    found = Weighing()
    (_, beta), usual = facts.knob("beta"), facts.method_row.usual_beta
    if beta is None:
        return []
    _far(found, facts, 0.3)
    fall = _fall(facts)
    found.yes(
        0.25, ramp(fall, 3.0, 15.0), f"Chosen answers became {fall:.1f} nats less likely than at the start.", -fall
    )
    _repeats(found, facts, 0.2)
    times = usual / beta if beta else math.inf
    found.yes(
        0.3,
        ramp(math.log(times) if beta else math.inf, 0.0, math.log(5)),
        f"beta is {beta:g}, where {usual:g} is usual.",
        beta,
    )
    found.no(0.3, float(times <= 1), f"beta is {beta:g}, which is not below the usual {usual:g}.", beta)
    return found.evidence


def too_high_learning_rate(facts: Facts) -> list[Evidence]:
    """Steps so large that the loss leaps and the model is elsewhere before training has begun."""
    found = Weighing()
    losses = [step.loss for step in facts.steps]
    if losses and losses[0] > 0:
        leap = max(losses) / losses[0]
        found.yes(0.3, ramp(leap, 1.3, 3.0), f"The loss went up to {leap:.1f} times its first value.", leap)
    norms = [step.grad_norm for step in facts.steps] + [step.grad_norm for step in facts.training.rl]
    norms = [norm for norm in norms if math.isfinite(norm)]
    if norms and median(norms) > 0:
        spike = max(norms) / median(norms)
        found.yes(0.2, ramp(spike, 4.0, 15.0), f"The largest gradient is {spike:.0f} times the median.", spike)
    early = facts.steps[: max(3, math.ceil(EARLY * len(facts.steps)))]
    gone = max((abs(step.chosen_logp) for step in early if step.chosen_logp is not None), default=0.0)
    says = f"Within {len(early)} steps chosen answers moved by {gone:.0f} nats."
    found.yes(0.2, ramp(gone, 5.0, 20.0), says, gone)
    if facts.finding("off-policy") is not None:
        found.no(0.2, ramp(gone, 5.0, 20.0), "Answers that are far from the model's own move fast at any rate.", gone)
    _repeats(found, facts, 0.2)
    rate, high, says = _rate(facts)
    if rate:
        found.yes(0.3, high, says, rate)
        found.no(0.3, float(rate <= USUAL_RATE), says, rate)
    return found.evidence


def too_few_steps(facts: Facts) -> list[Evidence]:
    """Training ended while it still had far to go."""
    found = Weighing()
    distance, accuracy, margin = facts.distance, facts.late("accuracy"), facts.late("margin")
    if distance is not None:
        says = f"The trained model lies {distance:.3g} nats a token from the start."
        found.yes(0.35, ramp(distance, 0.05, 0.005), says, distance)
        found.no(0.4, ramp(distance, 0.05, 0.2), says, distance)
    untold = 0.0
    if accuracy is not None:
        says = f"At the end it tells {accuracy:.0%} of training pairs apart."
        untold = ramp(accuracy, 0.75, 0.6)
        found.yes(0.2, untold, says, accuracy)
        found.no(0.2, ramp(accuracy, 0.8, 0.95), says, accuracy)
    if margin is not None:
        small = ramp(margin, 0.3, 0.05)
        found.yes(0.2, small, f"The margin at the end is {margin:.2f}.", margin)
        untold += small
    odds = [each.id for each in facts.findings if each.id in AT_ODDS and each.severity != "info"]
    if odds:
        found.no(0.2, untold, f"Labels at odds ({', '.join(odds)}) cannot be told apart by more steps either.")
    steps = facts.training.steps
    found.yes(0.15, ramp(steps, 30, 8), f"{steps} optimizer steps were made.", float(steps))
    missed = facts.gates("undecided", "regress")
    found.yes(0.1, float(bool(missed)), f"{len(missed)} of {len(facts.verdict.gates)} gates did not pass.")
    found.no(0.4, float(not missed), "Every gate passed.")
    return found.evidence


def eos_masked(facts: Facts) -> list[Evidence]:
    """The end-of-turn token is not trained, so that answers run on."""
    found = Weighing()
    check = facts.check(PreflightName.END_TRAINED)
    found.yes(0.5, float(check is False), f"The preflight's check failed: {PreflightName.END_TRAINED}.")
    shift = facts.difference("style.ended")
    if shift is None:
        return found.evidence
    fell = shift.high < 0
    says = f"Answers that end by themselves: {shift.before:.0%} before and {shift.after:.0%} after."
    found.yes(0.5, ramp(-shift.mean, 0.05, 0.4) if fell else 0.0, says, shift.mean)
    found.yes(
        0.2, float(fell) * ramp(shift.before, 0.3, 0.8), "Before training they ended as they should.", shift.before
    )
    found.no(0.5, float(shift.low > 0), says, shift.mean)
    found.no(0.5, float(check is True), f"The preflight's check passed: {PreflightName.END_TRAINED}.")
    repeats = facts.difference("style.repetition")
    if fell and repeats is not None and repeats.low > 0:
        found.no(
            0.2, ramp(repeats.mean, 0.02, 0.1), "Repetition rose: loops keep an answer from ending too.", repeats.mean
        )
    return found.evidence


def over_optimisation(facts: Facts) -> list[Evidence]:
    """What is trained on went on rising while what is wanted fell."""
    found = Weighing()
    watched = facts.training.overoptimization
    if watched is not None:
        found.yes(
            0.8,
            float(watched.alarm),
            watched.summary,
            None if watched.alarm_step is None else float(watched.alarm_step),
        )
        found.no(0.3, float(not watched.alarm), watched.summary)
    fall, margin = _fall(facts), facts.late("margin") or 0.0
    both = ramp(fall, 3.0, 15.0) * ramp(margin, 1.0, 4.0)
    says = (
        f"The margin is {margin:.1f} at the end while chosen answers lost {fall:.1f} nats: rejected ones fall faster."
    )
    found.yes(0.4, both, says, margin)
    accuracy = facts.late("accuracy")
    if accuracy is not None:
        says = f"Training pairs are told apart in {accuracy:.0%}: there is nothing left to learn from them."
        found.yes(0.15, both * ramp(accuracy, 0.85, 1.0), says, accuracy)
    epochs = facts.training.epochs
    found.yes(0.15, both * ramp(epochs, 1.5, 4.0), f"Each comparison was seen {epochs:g} times.", epochs)
    guards = [
        gate
        for gate in facts.gates("regress")
        if gate.metric in ("facts.accuracy", "style.repetition", "style.ended", "kl.per_token")
    ]
    found.yes(0.15, both * float(bool(guards)), f"Guards regressed: {', '.join(gate.metric for gate in guards)}.")
    found.no(0.2, float(facts.verdict.verdict == "pass"), "Every gate passed.")
    rate, high, says = _rate(facts)
    found.no(0.3, high, f"{says} Such steps go too far by themselves.", rate)
    return found.evidence


def _rate(facts: Facts) -> tuple[float, float, str]:
    """The learning rate, how much it is above the usual (0 to 1), and a sentence on both."""
    rate = facts.knob("learning_rate")[1] or 0.0
    high = ramp(math.log(rate / USUAL_RATE), math.log(1.5), math.log(8)) if rate else 0.0
    return rate, high, f"The learning rate is {rate:g}, {rate / USUAL_RATE:.1f} times the usual {USUAL_RATE:g}."


def _far(found: Weighing, facts: Facts, weight: float) -> None:
    distance = facts.distance
    if distance is not None:
        says = f"The trained model lies {distance:.2g} nats a token from the start."
        found.yes(weight, ramp(distance, 0.4, 1.5), says, distance)
        found.no(weight, ramp(distance, 0.3, 0.1), says, distance)


def _repeats(found: Weighing, facts: Facts, weight: float) -> None:
    shift = facts.difference("style.repetition")
    if shift is not None and shift.low > 0:
        says = f"Repetition rose from {shift.before:.1%} to {shift.after:.1%} of three-word runs."
        found.yes(weight, ramp(shift.mean, 0.01, 0.08), says, shift.mean)


def _fall(facts: Facts) -> float:
    """Nats that chosen answers lost by the last quarter of training; 0 where they gained."""
    late = facts.late("chosen_logp")
    return 0.0 if late is None else max(0.0, -late)
