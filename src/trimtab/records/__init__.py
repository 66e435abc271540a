"""Pure values with a documented wire form. Imports nothing of ours."""

from .advice import Advice, Case, Change, Confidence, Force, Method, Reason, Reward
from .base import Record, to_jsonl
from .choices import Options, TruthfulItem
from .feedback import Comparison, FeedbackSummary, Provenance, Reject
from .finding import ROWS_KEPT, Finding, Weight, worst_first
from .overoptimization import CurveForm, OptimizationPoint, Overoptimization, OveroptimizationFit, RewardGain
from .policy import Check, Examples, Policy, Requires, Rule, Severity
from .reward import QUANTILES, HeldoutRewards, ProbeResult, RateBin, RewardStep, RewardSummary
from .scores import Better, Difference, Evaluation, Measure, Score
from .supervision import (
    KINDS,
    Critique,
    Demonstration,
    Edit,
    Kind,
    Ranking,
    Rating,
    Said,
    Supervision,
    Thumb,
    kind_of,
    text_of,
)
from .text import Answer, ContrastPrompt, Fact, Message, Prompt, Role
from .training import PreflightCheck, RLStep, TrainingStep, TrainingSummary
from .verdict import Decision, GateResult, Verdict

__all__ = [
    "KINDS",
    "QUANTILES",
    "ROWS_KEPT",
    "Advice",
    "Answer",
    "Better",
    "Case",
    "Change",
    "Check",
    "Comparison",
    "Confidence",
    "ContrastPrompt",
    "Critique",
    "CurveForm",
    "Decision",
    "Demonstration",
    "Difference",
    "Edit",
    "Evaluation",
    "Examples",
    "Fact",
    "FeedbackSummary",
    "Finding",
    "Force",
    "GateResult",
    "HeldoutRewards",
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
    "Said",
    "Score",
    "Severity",
    "Supervision",
    "Thumb",
    "TrainingStep",
    "TrainingSummary",
    "TruthfulItem",
    "Verdict",
    "Weight",
    "kind_of",
    "text_of",
    "to_jsonl",
    "worst_first",
]
