"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .load import LoadedSpec, load_gates, load_policy, load_spec
from .schema import (
    LIMITS,
    EvaluationSpec,
    FeedbackSpec,
    FileSpec,
    GateSpec,
    GatesSpec,
    LoraSpec,
    ModelSpec,
    PromptsSpec,
    SamplingSpec,
    SFTSpec,
    Spec,
    TrainingSpec,
)

__all__ = [
    "LIMITS",
    "EvaluationSpec",
    "FeedbackSpec",
    "FileSpec",
    "GateSpec",
    "GatesSpec",
    "LoadedSpec",
    "LoraSpec",
    "ModelSpec",
    "PromptsSpec",
    "SFTSpec",
    "SamplingSpec",
    "Spec",
    "TrainingSpec",
    "load_gates",
    "load_policy",
    "load_spec",
]
