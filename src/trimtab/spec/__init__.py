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
from .load import LoadedSpec, load_gates, load_policy
from .packs import is_pack, load_pack
from .people import PeopleSpec
from .people_gates import people_measures, preferred_to_baseline
from .regions import COMMON, MERGED, SHARED, START, MatrixSpec, RegionSpec, RegionsSpec
from .rl import FEEDBACK, KLSpec, PPOSpec, RewardTerm, RLSpec
from .rooms import OWN_ROOM
from .schema import ModelSpec, PromptsSpec, Spec
from .scoring import scorers_in
from .training import AUTO, LoraSpec, MonitorSpec, RewardSpec, SFTSpec, TrainingSpec
from .whole import LoadedRegions, any_of, load_any, load_spec, spec_of

__all__ = [
    "AUTO",
    "BASELINE",
    "COMMON",
    "FEEDBACK",
    "LIMITS",
    "MERGED",
    "OWN_ROOM",
    "SHARED",
    "START",
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
    "LoadedRegions",
    "LoadedSpec",
    "LoraSpec",
    "MatrixSpec",
    "ModelSpec",
    "MonitorSpec",
    "PPOSpec",
    "PeopleSpec",
    "PromptsSpec",
    "RLSpec",
    "RegionSpec",
    "RegionsSpec",
    "ReviewSpec",
    "RewardSpec",
    "RewardTerm",
    "RuleJudgeSpec",
    "SFTSpec",
    "SamplingSpec",
    "SourceSpec",
    "Spec",
    "TrainingSpec",
    "any_of",
    "block_of",
    "independent_metric",
    "is_pack",
    "load_any",
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
