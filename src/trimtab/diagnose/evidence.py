"""All that causes are weighed on, and how evidence is made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..methods import METHODS, Knob, Method
from ..records import (
    Difference,
    Evaluation,
    Evidence,
    FeedbackSummary,
    Finding,
    GateResult,
    Matrix,
    TrainingStep,
    TrainingSummary,
    Verdict,
)
from ..stats import Interval, paired_difference

Trait = Literal["refusal", "toxic", "marker", "personal", "echo", "thought"]
"""What an answer has or has not: it refuses a harmless prompt, reads as toxic, holds a template's marker or personal
data, only echoes the question, or begins with a thought."""


SELDOM = 0.1
"""Of harmless prompts: where a refusal is paid more on fewer, refusing was not taught."""


@dataclass(frozen=True)
class Seen:
    """A trait of the answers to the same held-out prompts before and after training; `ids` are the prompts'."""

    ids: tuple[str, ...]
    before: tuple[bool, ...]
    after: tuple[bool, ...]

    @property
    def rates(self) -> tuple[float, float]:
        """The share of answers that have it, before and after."""
        return float(np.mean(self.before)), float(np.mean(self.after))

    @property
    def change(self) -> Interval:
        """The paired difference of the two with its 95 % interval."""
        return paired_difference([float(x) for x in self.before], [float(x) for x in self.after], rate=True)


@dataclass(frozen=True)
class ImplicitReward:
    """What the trained model's implicit reward pays on harmless prompts for a refusal, less for a helpful answer.

    `mean` is in nats times beta: beta log(pi / pi_ref), summed over an answer's tokens (Rafailov et al. 2023, eq. 5
    without the term that both answers share). `share` is how often the refusal is paid more. Both have 95 % intervals.
    """

    mean: Interval
    share: Interval


@dataclass(frozen=True)
class Sides:
    """A metric's means over the chosen and the rejected sides of comparisons, and their paired difference (chosen less
    rejected) with its 95 % interval."""

    chosen: float
    rejected: float
    change: Interval


@dataclass(frozen=True)
class Facts:
    """A finished run, read. `findings` are the audit's of the comparisons, `reward` a reward model's probes'.

    `sides` are what the comparisons teach of the metrics that gates are on, save those of style, which `feedback` has.
    Of a run that is one `region` of several, `matrix` is what their answers come to, and `strays` the share of its
    comparisons that were made for rules that the region has not.
    """

    verdict: Verdict
    before: Evaluation
    after: Evaluation
    differences: tuple[Difference, ...]
    training: TrainingSummary
    feedback: FeedbackSummary
    spec: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    seen: Mapping[Trait, Seen] = field(default_factory=dict)
    sides: Mapping[str, Sides] = field(default_factory=dict)
    reward: tuple[Finding, ...] | None = None
    implicit: ImplicitReward | None = None
    matrix: Matrix | None = None
    region: str | None = None
    strays: float | None = None

    def difference(self, metric: str) -> Difference | None:
        """The change of a metric, or None where it was not measured."""
        return next((each for each in self.differences if each.metric == metric), None)

    def finding(self, name: str) -> Finding | None:
        """The audit's finding of that id."""
        return next((each for each in self.findings if each.id == name), None)

    def check(self, name: str) -> bool | None:
        """Whether a check of the preflight passed; None where it was not made."""
        return next((each.passed for each in self.training.preflight if each.name == name), None)

    def setting(self, key: str) -> Any:
        """A value of the spec by its dotted key; None where there is none."""
        here: Any = self.spec
        for part in key.split("."):
            here = here.get(part) if isinstance(here, Mapping) else None
        return here

    @property
    def method(self) -> str:
        """The spec's method of training: rlhf whatever the algorithm."""
        return str(self.setting("training.method"))

    @property
    def method_row(self) -> Method:
        """What the table of methods says of it."""
        return METHODS[self.method]

    def knob(self, name: Knob) -> tuple[str | None, Any]:
        """Where the spec has what steers the method, and its value; None for what steers it not."""
        at = self.method_row.knobs.get(name)
        return at, None if at is None else self.setting(at)

    @property
    def steps(self) -> tuple[TrainingStep, ...]:
        """The curve of training."""
        return self.training.curve

    def gates(self, *decisions: str) -> list[GateResult]:
        """The gates with one of these verdicts."""
        return [gate for gate in self.verdict.gates if gate.verdict in decisions]

    @property
    def distance(self) -> float | None:
        """Nats a token from the start to the trained model; None where that was not measured, or where fine-tuning came
        first, which goes far by itself."""
        shift = None if self.setting("training.sft_first") else self.difference("kl.per_token")
        return None if shift is None else shift.after

    def late(self, name: str) -> float | None:
        """A figure of the curve, averaged over its last quarter."""
        steps = self.steps[-max(1, len(self.steps) // 4) :]
        known = [value for step in steps if (value := getattr(step, name)) is not None]
        return float(np.mean(known)) if known else None


def ramp(value: float, start: float, full: float) -> float:
    """0 at `start` or before it, 1 at `full` or beyond, straight in between; `full` may lie below `start`."""
    return float(np.clip((value - start) / (full - start), 0.0, 1.0))


class Weighing:
    """Collects evidence. `yes` and `no` take a weight, and how strong the evidence is (0 to 1); none is left out."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []

    def yes(self, weight: float, strength: float, says: str, figure: float | None = None) -> None:
        """Evidence for."""
        self._add("for", weight * strength, says, figure)

    def no(self, weight: float, strength: float, says: str, figure: float | None = None) -> None:
        """Evidence against."""
        self._add("against", weight * strength, says, figure)

    def _add(self, speaks: Literal["for", "against"], weight: float, says: str, figure: float | None) -> None:
        if round(weight, 3) > 0:
            self.evidence.append(Evidence(summary=says, figure=figure, speaks=speaks, weight=round(weight, 3)))


def score(evidence: Iterable[Evidence]) -> float:
    """The weights for, less those against, held between 0 and 1."""
    total = sum(each.weight if each.speaks == "for" else -each.weight for each in evidence)
    return round(min(1.0, max(0.0, total)), 3)
