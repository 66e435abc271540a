"""Pure values with a documented wire form. Imports nothing of ours."""

from .advice import Advice, Case, Change, Confidence, Force, Method, Reason, Reward
from .base import Record, to_jsonl
from .choices import Options, TruthfulItem
from .diagnosis import BY_HAND, Cause, Diagnosis, Evidence, Intervention, Symptom, Validation
from .feedback import Comparison, FeedbackSummary, Provenance, Reject
from .finding import ROWS_KEPT, Finding, Weight, worst_first
from .judgement import Choice, Judgement, standing
from .overoptimization import CurveForm, OptimizationPoint, Overoptimization, OveroptimizationFit, RewardGain
from .policy import Check, Examples, Policy, Requires, Rule, Severity
from .renamed import POLICY_KEYS, SPEC_KEYS, rename_keys
from .reward import QUANTILES, HeldoutRewards, ProbeResult, RateBin, RewardStep, RewardSummary
from .scorer_ref import RULE, TRAINED, ScorerRef
from .scores import Better, Difference, Evaluation, Measure, Score
from .supervision import (
    KINDS,
    Completion,
    Critique,
    Demonstration,
    Edit,
    Kind,
    Ranking,
    Rating,
    Supervision,
    Thumb,
    kind_of,
    text_of,
)
from .text import Answer, ContrastPrompt, Fact, Message, Prompt, Role
from .training import PreflightCheck, PreflightName, RLStep, TrainingStep, TrainingSummary
from .verdict import Decision, GateResult, Verdict

__all__ = [
    "BY_HAND",
    "KINDS",
    "POLICY_KEYS",
    "QUANTILES",
    "ROWS_KEPT",
    "RULE",
    "SPEC_KEYS",
    "TRAINED",
    "Advice",
    "Answer",
    "Better",
    "Case",
    "Cause",
    "Change",
    "Check",
    "Choice",
    "Comparison",
    "Completion",
    "Confidence",
    "ContrastPrompt",
    "Critique",
    "CurveForm",
    "Decision",
    "Demonstration",
    "Diagnosis",
    "Difference",
    "Edit",
    "Evaluation",
    "Evidence",
    "Examples",
    "Fact",
    "FeedbackSummary",
    "Finding",
    "Force",
    "GateResult",
    "HeldoutRewards",
    "Intervention",
    "Judgement",
    "Kind",
    "Measure",
    "Message",
    "Method",
    "OptimizationPoint",
    "Options",
    "Overoptimization",
    "OveroptimizationFit",
    "Policy",
    "PreflightCheck",
    "PreflightName",
    "ProbeResult",
    "Prompt",
    "Provenance",
    "RLStep",
    "Ranking",
    "RateBin",
    "Rating",
    "Reason",
    "Record",
    "Reject",
    "Requires",
    "Reward",
    "RewardGain",
    "RewardStep",
    "RewardSummary",
    "Role",
    "Rule",
    "Score",
    "ScorerRef",
    "Severity",
    "Supervision",
    "Symptom",
    "Thumb",
    "TrainingStep",
    "TrainingSummary",
    "TruthfulItem",
    "Validation",
    "Verdict",
    "Weight",
    "kind_of",
    "rename_keys",
    "standing",
    "text_of",
    "to_jsonl",
    "worst_first",
]
