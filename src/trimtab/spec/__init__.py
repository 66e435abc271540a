"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .baseline import BASELINE, BaselineSpec, block_of, proposed_system
from .constitution import ConstitutionSpec, RuleJudgeSpec
from .critique import CriticSpec, CritiqueSpec
from .evaluation import LIMITS, EvaluationSpec, GateSpec, GatesSpec
from .feedback import FeedbackSpec, FileSpec, ReviewSpec, SamplingSpec, SourceSpec
from .independence import independent_metric, rewarded_metrics
from .judges import JudgesSpec
from .load import LoadedSpec, load_gates, load_policy, load_spec, spec_of
from .rl import FEEDBACK, KLSpec, PPOSpec, RewardTerm, RLSpec
from .schema import ModelSpec, PromptsSpec, Spec
from .scoring import scorers_in
from .training import AUTO, LoraSpec, MonitorSpec, RewardSpec, SFTSpec, TrainingSpec

__all__ = [
    "AUTO",
    "BASELINE",
    "FEEDBACK",
    "LIMITS",
    "BaselineSpec",
    "ConstitutionSpec",
    "CriticSpec",
    "CritiqueSpec",
    "EvaluationSpec",
    "FeedbackSpec",
    "FileSpec",
    "GateSpec",
    "GatesSpec",
    "JudgesSpec",
    "KLSpec",
    "LoadedSpec",
    "LoraSpec",
    "ModelSpec",
    "MonitorSpec",
    "PPOSpec",
    "PromptsSpec",
    "RLSpec",
    "ReviewSpec",
    "RewardSpec",
    "RewardTerm",
    "RuleJudgeSpec",
    "SFTSpec",
    "SamplingSpec",
    "SourceSpec",
    "Spec",
    "TrainingSpec",
    "block_of",
    "independent_metric",
    "load_gates",
    "load_policy",
    "load_spec",
    "proposed_system",
    "rewarded_metrics",
    "scorers_in",
    "spec_of",
]
