"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .load import LoadedSpec, load_gates, load_policy, load_spec
from .schema import (
    LIMITS,
    EvaluationSpec,
    FeedbackSpec,
    GateSpec,
    GatesSpec,
    LoraSpec,
    ModelSpec,
    PromptsSpec,
    RewardSpec,
    SamplingSpec,
    Spec,
    TrainingSpec,
)

__all__ = [
    "LIMITS",
    "EvaluationSpec",
    "FeedbackSpec",
    "GateSpec",
    "GatesSpec",
    "LoadedSpec",
    "LoraSpec",
    "ModelSpec",
    "PromptsSpec",
    "RewardSpec",
    "SamplingSpec",
    "Spec",
    "TrainingSpec",
    "load_gates",
    "load_policy",
    "load_spec",
]
