"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .load import LoadedSpec, load_spec
from .schema import (
    LIMITS,
    EvaluationSpec,
    FeedbackSpec,
    GateSpec,
    LoraSpec,
    ModelSpec,
    PromptsSpec,
    SamplingSpec,
    Spec,
    TrainingSpec,
)

__all__ = [
    "LIMITS",
    "EvaluationSpec",
    "FeedbackSpec",
    "GateSpec",
    "LoadedSpec",
    "LoraSpec",
    "ModelSpec",
    "PromptsSpec",
    "SamplingSpec",
    "Spec",
    "TrainingSpec",
    "load_spec",
]
