"""Pure values with a documented wire form. Imports nothing of ours."""

from .base import Record, to_jsonl
from .choices import Options, TruthfulItem
from .feedback import Comparison, FeedbackSummary, Provenance, Reject
from .finding import ROWS_KEPT, Finding, Weight, worst_first
from .policy import Check, Examples, Policy, Requires, Rule, Severity
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
from .training import PreflightCheck, TrainingStep, TrainingSummary
from .verdict import Decision, GateResult, Verdict

__all__ = [
    "KINDS",
    "ROWS_KEPT",
    "Answer",
    "Better",
    "Check",
    "Comparison",
    "ContrastPrompt",
    "Critique",
    "Decision",
    "Demonstration",
    "Difference",
    "Edit",
    "Evaluation",
    "Examples",
    "Fact",
    "FeedbackSummary",
    "Finding",
    "GateResult",
    "Kind",
    "Measure",
    "Message",
    "Options",
    "Policy",
    "PreflightCheck",
    "Prompt",
    "Provenance",
    "Ranking",
    "Rating",
    "Record",
    "Reject",
    "Requires",
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
