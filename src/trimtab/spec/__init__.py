"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .baseline import BASELINE, BaselineSpec, block_of, proposed_system
from .drawing import DrawSpec
from .evaluation import LIMITS, EvaluationSpec, GateSpec, GatesSpec
from .feedback import FeedbackSpec, FileSpec, ReviewSpec, SamplingSpec, SourceSpec
from .independence import independent_metric, rewarded_metrics
from .load import LoadedSpec, load_gates, load_policy, load_spec, spec_of
from .people import PeopleSpec
from .people_gates import people_measures
from .rl import FEEDBACK, KLSpec, PPOSpec, RewardTerm, RLSpec
from .rooms import OWN_ROOM
from .schema import ModelSpec, PromptsSpec, Spec
from .scoring import scorers_in
from .training import AUTO, LoraSpec, MonitorSpec, RewardSpec, SFTSpec, TrainingSpec

__all__ = [
    "AUTO",
    "BASELINE",
    "FEEDBACK",
    "LIMITS",
    "OWN_ROOM",
    "BaselineSpec",
    "DrawSpec",
    "EvaluationSpec",
    "FeedbackSpec",
    "FileSpec",
    "GateSpec",
    "GatesSpec",
    "KLSpec",
    "LoadedSpec",
    "LoraSpec",
    "ModelSpec",
    "MonitorSpec",
    "PPOSpec",
    "PeopleSpec",
    "PromptsSpec",
    "RLSpec",
    "ReviewSpec",
    "RewardSpec",
    "RewardTerm",
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
    "people_measures",
    "proposed_system",
    "rewarded_metrics",
    "scorers_in",
    "spec_of",
]
