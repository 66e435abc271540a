"""The parts of a made run that several of them share."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from trimtab.evaluate import measure
from trimtab.records import (
    Decision,
    Evaluation,
    FeedbackSummary,
    GateResult,
    Measure,
    PreflightCheck,
    PreflightName,
    TrainingStep,
    TrainingSummary,
)

CHECKS = (PreflightName.BEGINS_ONCE, PreflightName.END_TRAINED, PreflightName.LN_2, PreflightName.REFERENCE)
RATES = ("style.ended", "facts.accuracy", "help.helps", "help.echo", "help.stock", "help.empty")
_STARTS = {"loss": 0.6931, "accuracy": 0.5}
_ENDS = {"loss": 0.45, "accuracy": 0.85, "margin": 0.8, "chosen_logp": 1.0, "rejected_logp": -7.0}


def steady(metric: str, level: float, n: int) -> list[float | None]:
    """n values that alternate around a level, so that their mean is the level; a rate's are 1 for the first items."""
    return [float(i < level * n) if metric in RATES else level * (1.1 if i % 2 else 0.9) for i in range(n)]


def evaluation(
    columns: Mapping[str, Sequence[float | None]], *, model: str = "m", items: Mapping[str, Sequence[str]],
    fingerprint: Mapping[str, str] | None = None,
) -> Evaluation:  # fmt: skip
    """The evaluation of a model, from the values of each metric."""
    return Evaluation(
        model=model,
        fingerprint=dict(fingerprint or {"decoding": "greedy"}),
        items={over: tuple(ids) for over, ids in items.items()},
        measures=tuple(_measured(metric, tuple(values)) for metric, values in columns.items()),
    )


@cache
def _measured(metric: str, values: tuple[float | None, ...]) -> Measure:
    """Many made runs have the same values, and an interval takes a bootstrap."""
    return measure(metric, values, 0)


def gate(metric: str, verdict: Decision, **changes: Any) -> GateResult:
    """A gate's result."""
    given = {"rule": f"{metric}: a limit", "figure": 0.1, "low": 0.0, "high": 0.2, "limit": 0.1, "n": 60}
    return GateResult(metric=metric, verdict=verdict, **{**given, "needed_n": None, "summary": "made", **changes})


def curve(steps: int = 60, **last: float) -> tuple[TrainingStep, ...]:
    """Steps on which each figure goes straight to its last value."""
    ends = _ENDS | last
    return tuple(
        TrainingStep(
            step=i + 1,
            grad_norm=2.0 + i % 3,
            learning_rate=1e-4,
            **{
                name: _STARTS.get(name, 0.0) + (end - _STARTS.get(name, 0.0)) * i / (steps - 1)
                for name, end in ends.items()
            },
        )
        for i in range(steps)
    )


def training(**changes: Any) -> TrainingSummary:
    """A training whose preflight passed, with the curve of above."""
    given = {
        "comparisons": 240, "steps": 60, "epochs": 1.0, "trainable_parameters": 1000, "precision": "fp32",
        "device": "cpu", "curve": curve(), "warnings": (),
        "preflight": tuple(PreflightCheck(name=name, passed=True, summary="fine") for name in CHECKS),
    }  # fmt: skip
    return TrainingSummary(**{**given, **changes})


def feedback(**changes: Any) -> FeedbackSummary:
    """What comparisons of people teach."""
    given = {
        "source": "a file", "judge": "people", "read": 240, "comparisons": 240, "rejected": 0, "reasons": {},
        "words": (50.0, 80.0), "longer_chosen": 0.3, "ended": (1.0, 0.9), "duplicates": 0,
        "scores": {"words": (50.0, 80.0), "friendliness": (0.5, 0.3)}, "notes": (),
    }  # fmt: skip
    return FeedbackSummary(**{**given, **changes})
