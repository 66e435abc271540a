"""Pure values with a documented wire form. Imports nothing of ours."""

from .base import Record, to_jsonl
from .choices import Options, TruthfulItem
from .feedback import Comparison, FeedbackSummary, Provenance, Reject
from .finding import ROWS_KEPT, Finding, Weight, worst_first
from .policy import Check, Examples, Policy, Requires, Rule, Severity
from .reward import QUANTILES, HeldoutRewards, ProbeResult, RateBin, RewardStep, RewardSummary
from .scores import Better, Difference, Evaluation, Measure, Score
from .text import Answer, ContrastPrompt, Fact, Message, Prompt, Role
from .training import PreflightCheck, TrainingStep, TrainingSummary
from .verdict import Decision, GateResult, Verdict

__all__ = [
    "QUANTILES",
    "ROWS_KEPT",
    "Answer",
    "Better",
    "Check",
    "Comparison",
    "ContrastPrompt",
    "Decision",
    "Difference",
    "Evaluation",
    "Examples",
    "Fact",
    "FeedbackSummary",
    "Finding",
    "GateResult",
    "HeldoutRewards",
    "Measure",
    "Message",
    "Options",
    "Policy",
    "PreflightCheck",
    "ProbeResult",
    "Prompt",
    "Provenance",
    "RateBin",
    "Record",
    "Reject",
    "Requires",
    "RewardStep",
    "RewardSummary",
    "Role",
    "Rule",
    "Score",
    "Severity",
    "TrainingStep",
    "TrainingSummary",
    "TruthfulItem",
    "Verdict",
    "Weight",
    "to_jsonl",
    "worst_first",
]
