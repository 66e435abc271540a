"""Pure values with a documented wire form. Imports nothing of ours."""

from .base import Record, to_jsonl
from .choices import Options, TruthfulItem
from .feedback import Comparison, FeedbackSummary, Provenance, Reject
from .scores import Better, Difference, Evaluation, Measure, Score
from .text import Answer, Fact, Message, Prompt, Role
from .training import PreflightCheck, TrainingStep, TrainingSummary
from .verdict import Decision, GateResult, Verdict

__all__ = [
    "Answer",
    "Better",
    "Comparison",
    "Decision",
    "Difference",
    "Evaluation",
    "Fact",
    "FeedbackSummary",
    "GateResult",
    "Measure",
    "Message",
    "Options",
    "PreflightCheck",
    "Prompt",
    "Provenance",
    "Record",
    "Reject",
    "Role",
    "Score",
    "TrainingStep",
    "TrainingSummary",
    "TruthfulItem",
    "Verdict",
    "to_jsonl",
]
