"""A made run without a fault, and its faults at middling strength, each planted in what a run records."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from made import parts
from made.parts import curve, gate, steady
from trimtab.diagnose import Facts, ImplicitReward, Seen, Sides
from trimtab.evaluate import differences
from trimtab.records import (
    TOGETHER,
    Decision,
    Evaluation,
    Finding,
    GateResult,
    Matrix,
    MatrixRegion,
    PairedRate,
    PreflightName,
    ShownRate,
    Verdict,
)
from trimtab.stats import mean_interval, paired_difference, paired_rate_interval

N = 60
LEVELS = {  # before and after
    "style.words": (90.0, 60.0),
    "style.friendliness": (0.3, 0.5),
    "style.repetition": (0.02, 0.02),
    "style.ended": (0.9, 0.95),
    "facts.accuracy": (0.55, 0.55),
    "kl.per_token": (0.0, 0.15),
    "help.helps": (0.5, 0.5),
    "help.echo": (0.05, 0.05),
}
SPEC = {
    "training": {"method": "dpo", "beta": 0.1, "learning_rate": 1e-4, "epochs": 1.0, "sft_weight": 0.0},
    "gates": [{"metric": "style.words", "at_most_of_base": 0.8}, {"metric": "facts.accuracy", "no_worse_by": 0.1}],
}


def evaluation(which: int, levels: Mapping[str, tuple[float, float]] = LEVELS) -> Evaluation:
    """That of the model before (0) or after (1) training, N steady values a metric."""
    ids = [f"i{i}" for i in range(N)]
    columns = {metric: steady(metric, pair[which], N) for metric, pair in levels.items()}
    return parts.evaluation(columns, items={"heldout": ids, "facts": ids})


@cache
def clean() -> Facts:
    """A run that did what it should."""
    before, after = evaluation(0), evaluation(1)
    return Facts(
        verdict=Verdict(
            verdict="pass", confidence=0.95, gates=(gate("style.words", "pass"), gate("facts.accuracy", "pass"))
        ),
        before=before,
        after=after,
        differences=tuple(differences(before, after, confidence=0.95, seed=0)),
        training=parts.training(),
        feedback=parts.feedback(),
        spec=SPEC,
        seen={trait: seen(0.05, 0.05) for trait in ("refusal", "toxic", "marker", "personal", "echo", "thought")},
    )  # fmt: skip


def seen(before: float, after: float, n: int = N) -> Seen:
    ids = tuple(f"i{i}" for i in range(n))
    return Seen(ids, tuple(i < before * n for i in range(n)), tuple(i < after * n for i in range(n)))


def sides(chosen: float, rejected: float) -> Sides:
    """Shares of N comparisons, as far apart as can be in pairs."""
    better, worse = ([float(i < share * N) for i in range(N)] for share in (chosen, rejected))
    return Sides(chosen, rejected, paired_difference(worse, better, rate=True))


def levels(facts: Facts, **changed: tuple[float, float]) -> Facts:
    """The facts with other levels; a metric's dot is written as two underscores."""
    new = LEVELS | {name.replace("__", "."): pair for name, pair in changed.items()}
    before, after = evaluation(0, new), evaluation(1, new)
    shifts = tuple(differences(before, after, confidence=0.95, seed=0))
    return replace(facts, before=before, after=after, differences=shifts)


def verdict(facts: Facts, overall: Decision, *gates: GateResult) -> Facts:
    return replace(facts, verdict=Verdict(verdict=overall, confidence=0.95, gates=gates))


def training(facts: Facts, **changed: Any) -> Facts:
    return replace(facts, training=facts.training.model_copy(update=changed))


def settings(facts: Facts, **changed: Any) -> Facts:
    return replace(facts, spec={**SPEC, "training": {**SPEC["training"], **changed}})  # type: ignore[dict-item]


def finding(name: str, figure: float, severity: str = "warn") -> Finding:
    return Finding(
        id=name, severity=severity, title="made", figure=figure, summary=f"{name} at {figure}.", remedy="mend it"
    )  # type: ignore[arg-type]


def audited(facts: Facts, name: str, figure: float) -> Facts:
    return replace(facts, findings=(finding(name, figure),))


def failed(facts: Facts, *names: str) -> Facts:
    checks = tuple(check.model_copy(update={"passed": check.name not in names}) for check in facts.training.preflight)
    return training(facts, preflight=checks)


def _labels_swapped() -> Facts:
    facts = levels(clean(), style__words=(90.0, 110.0))
    facts = verdict(facts, "regress", gate("style.words", "regress"), gate("facts.accuracy", "pass"))
    scores = {"words": (80.0, 50.0), "friendliness": (0.3, 0.5)}
    facts = replace(facts, feedback=facts.feedback.model_copy(update={"scores": scores, "longer_chosen": 0.7}))
    return audited(facts, "length-bias", 0.7)


def _unlearned(name: str, figure: float) -> Facts:
    facts = training(clean(), curve=curve(accuracy=0.62, loss=0.66, margin=0.4))
    return audited(facts, name, figure)


def _beside(name: str, figure: float) -> Facts:
    return audited(verdict(clean(), "regress", gate("style.words", "regress")), name, figure)


def _rate_too_high() -> Facts:
    steps = list(curve(chosen_logp=-12.0, margin=1.0))
    steps[4] = steps[4].model_copy(update={"loss": 1.6, "grad_norm": 30.0, "chosen_logp": -14.0})
    facts = settings(training(clean(), curve=tuple(steps)), learning_rate=4e-4)
    return levels(facts, style__repetition=(0.02, 0.07), kl__per_token=(0.0, 0.9))


RUBRIC = [
    {"scorer": "warmth", "weight": 2.0, "zero_below": 0.0, "full_from": 0.6},
    {"scorer": "on_topic", "weight": 3.0, "zero_below": 0.0, "full_from": 0.6},
]


def _gamed() -> Facts:
    """Friendliness is paid for and rises, echoes rise with it, and the form of the chosen sides gives them away too."""
    facts = levels(clean(), help__helps=(0.5, 0.3), help__echo=(0.05, 0.4))
    facts = verdict(facts, "regress", gate("style.friendliness", "pass"), gate("help.echo", "regress"))
    told = facts.verdict.model_copy(update={"rewarded": ("style.friendliness",)})
    gaming = finding("rubric-gaming", 0.12).model_copy(update={"about": ("on_topic", "warmth")})
    sample = {"samples_per_prompt": 4, "trim_to_sentences": 4, "trim_from": "start", "rubric": RUBRIC}
    spec = {**SPEC, "feedback": {"sources": [{"sample": sample, "file": None}]}}
    gaming = gaming.model_copy(update={"explains": ("empty-chosen",)})
    beside = (finding("empty-chosen", 0.3), finding("source-shortcut", 0.9))
    return replace(facts, verdict=told, findings=(gaming, *beside), spec=spec)


def made_matrix(gained: int, lost: int = 0, n: int = 100) -> Matrix:
    """A matrix of two regions in which the first one's own adapter newly shows a way of the other so often."""
    pairs = [(0.0, 1.0)] * gained + [(1.0, 0.0)] * lost + [(0.0, 0.0)] * (n - gained - lost)
    interval = paired_rate_interval([b for b, _ in pairs], [a for _, a in pairs], confidence=0.9)
    change = PairedRate(
        n=n, before=lost / n, after=gained / n, gained=gained, lost=lost, mean=interval.estimate, low=interval.low,
        high=interval.high,
    )  # fmt: skip
    shown = [
        ShownRate(
            region="eu", subject="eu", part="all", of=of, rule=rule, n=n, count=gained, rate=gained / n, low=0.0,
            high=1.0, change=change,
        )
        for of, rule in (("", TOGETHER), ("us", "units"))
    ]  # fmt: skip
    return Matrix(
        before="start", subjects=("start", "eu", "us"), kept=(),
        regions=tuple(
            MatrixRegion(name=each, policy=each, rules=(), prompts={}, languages={}) for each in ("eu", "us")
        ),
        shown=tuple(shown), confidence=0.95,
        first=evaluation(0), last=evaluation(1),
    )  # fmt: skip


def _leaking() -> Facts:
    facts = verdict(clean(), "regress", gate("regions.eu.leakage", "regress"), gate("facts.accuracy", "pass"))
    return replace(facts, matrix=made_matrix(15), region="eu")


FAULTS: dict[str, Callable[[], Facts]] = {
    "gamed-rubric": _gamed,
    "empty-chosen": lambda: audited(levels(clean(), help__echo=(0.05, 0.4)), "empty-chosen", 0.25),
    "refusal-bias": lambda: replace(audited(clean(), "refusal-bias", 0.12), seen={"refusal": seen(0.05, 0.25)}),
    "length-bias": lambda: replace(
        audited(levels(clean(), style__words=(60.0, 75.0)), "length-bias", 0.75),
        spec={**SPEC, "gates": [{"metric": "style.friendliness", "better_by": 0.1}]},
        feedback=clean().feedback.model_copy(update={"longer_chosen": 0.75}),
        verdict=Verdict(verdict="pass", confidence=0.95, gates=(gate("style.friendliness", "pass"),)),
    ),
    "label-noise": lambda: _unlearned("label-noise", 0.15),
    "contradiction": lambda: _unlearned("contradiction", 0.05),
    "rule-conflict": lambda: _unlearned("rule-conflict", 0.05),
    "low-agreement": lambda: _unlearned("low-agreement", 0.2),
    "annotator-bias": lambda: _beside("annotator-bias", 0.25),
    "duplicate": lambda: _beside("duplicate", 0.1),
    "near-duplicate": lambda: _beside("near-duplicate", 0.1),
    "imbalance": lambda: _beside("imbalance", 0.85),
    "source-shortcut": lambda: _beside("source-shortcut", 0.8),
    "thought": lambda: replace(audited(clean(), "thought", 0.2), seen={"thought": seen(0.0, 0.2)}),
    "tool-calls": lambda: _beside("tool-calls", 0.2),
    "more-turns": lambda: _beside("more-turns", 0.2),
    "truncation": lambda: audited(levels(clean(), style__ended=(0.9, 0.7)), "truncation", 0.1),
    "template": lambda: replace(audited(clean(), "template", 0.02), seen={"marker": seen(0.0, 0.1)}),
    "off-policy": lambda: audited(training(clean(), curve=curve(chosen_logp=-2.5)), "off-policy", 1.8),
    "contamination": lambda: audited(levels(clean(), facts__accuracy=(0.55, 0.65)), "contamination", 0.05),
    "pii": lambda: replace(audited(clean(), "pii", 0.01), seen={"personal": seen(0.0, 0.1)}),
    "toxic-chosen": lambda: replace(audited(clean(), "toxic-chosen", 0.08), seen={"toxic": seen(0.0, 0.12)}),
    "swapped-labels": _labels_swapped,
    "wrong-reference": lambda: training(
        failed(clean(), PreflightName.REFERENCE),
        curve=tuple(s.model_copy(update={"loss": s.loss + 0.1, "chosen_logp": -3.0}) for s in curve()),
    ),
    "too-small-beta": lambda: levels(
        settings(training(clean(), curve=curve(chosen_logp=-9.0, margin=0.5)), beta=0.03),
        kl__per_token=(0.0, 0.9), style__repetition=(0.02, 0.05),
    ),
    "too-high-learning-rate": _rate_too_high,
    "too-few-steps": lambda: verdict(
        training(levels(clean(), style__words=(90.0, 89.0), kl__per_token=(0.0, 0.015)),
                 steps=12, curve=curve(accuracy=0.65, margin=0.1, loss=0.68, chosen_logp=0.1)[:12]),
        "undecided", gate("style.words", "undecided", needed_n=9000), gate("facts.accuracy", "pass"),
    ),
    "eos-masked": lambda: levels(
        training(clean(), preflight=()), style__ended=(0.9, 0.65), style__words=(90.0, 120.0)
    ),
    "over-optimisation": lambda: verdict(
        training(levels(clean(), facts__accuracy=(0.55, 0.4), kl__per_token=(0.0, 0.5)), epochs=3.0,
                 curve=curve(chosen_logp=-14.0, margin=4.0, accuracy=0.98)),
        "regress", gate("facts.accuracy", "regress"), gate("style.words", "pass"),
    ),
    "scorer-errors": lambda: replace(clean(), seen={"refusal": seen(0.02, 0.06, n=400)}),
    "leakage": _leaking,
    "too-few-items": lambda: verdict(
        clean(), "undecided", gate("style.words", "undecided", needed_n=300), gate("facts.accuracy", "pass")
    ),
}  # fmt: skip
"""A run with each fault, at middling strength."""
IMPLICIT = ImplicitReward(
    mean_interval([0.5, 0.6] * 20, rate=False), mean_interval([1.0, 1.0, 1.0, 0.0] * 10, rate=True)
)
