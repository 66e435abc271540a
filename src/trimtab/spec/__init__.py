"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .load import LoadedSpec, load_gates, load_policy, load_spec
from .rl import FEEDBACK, TRAINED, KLSpec, PPOSpec, RewardTerm, RLSpec
from .schema import (
    LIMITS,
    EvaluationSpec,
    FeedbackSpec,
    FileSpec,
    GateSpec,
    GatesSpec,
    LoraSpec,
    Method,
    ModelSpec,
    PromptsSpec,
    RewardSpec,
    SamplingSpec,
    SFTSpec,
    Spec,
    TrainingSpec,
)

__all__ = [
    "FEEDBACK",
    "LIMITS",
    "TRAINED",
    "EvaluationSpec",
    "FeedbackSpec",
    "FileSpec",
    "GateSpec",
    "GatesSpec",
    "KLSpec",
    "LoadedSpec",
    "LoraSpec",
    "Method",
    "ModelSpec",
    "PPOSpec",
    "PromptsSpec",
    "RLSpec",
    "RewardSpec",
    "RewardTerm",
    "SFTSpec",
    "SamplingSpec",
    "Spec",
    "TrainingSpec",
    "load_gates",
    "load_policy",
    "load_spec",
]
