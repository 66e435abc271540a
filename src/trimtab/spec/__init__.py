"""The spec of a run: load, override, validate. Loads nothing heavy."""

from .asked_model import AskedModelSpec
from .baseline import BASELINE, BaselineSpec, block_of, proposed_system
from .constitution import ConstitutionSpec, RuleJudgeSpec
from .critique import CriticSpec, CritiqueSpec
from .drawing import DrawSpec
from .evaluation import LIMITS, EvaluationSpec, GateSpec, GatesSpec
from .feedback import Drawn, FeedbackSpec, FileSpec, ReviewSpec, SamplingSpec, SourceSpec
from .independence import independent_metric, rewarded_metrics
from .judges import JudgesSpec
from .load import LoadedSpec, load_gates, load_policy, load_spec, spec_of
from .packs import load_pack
from .people import PeopleSpec
from .people_gates import people_measures, preferred_to_baseline
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
    "AskedModelSpec",
    "BaselineSpec",
    "ConstitutionSpec",
    "CriticSpec",
    "CritiqueSpec",
    "DrawSpec",
    "Drawn",
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
    "PeopleSpec",
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
    "load_pack",
    "load_policy",
    "load_spec",
    "people_measures",
    "preferred_to_baseline",
    "proposed_system",
    "rewarded_metrics",
    "scorers_in",
    "spec_of",
]
