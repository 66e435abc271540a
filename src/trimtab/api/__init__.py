"""The verbs as functions: what `import trimtab` gives, and what the command line calls."""

from .data import ConversionResult, DescriptionResult, convert, describe
from .feedback import AdviceResult, AuditResult, advise, audit
from .inputs import Overrides, PolicyLike, SpecLike, processes_from
from .judged import CalibrationResult, calibrate, corrected_scores
from .measures import (
    ComparisonResult,
    EvaluationLike,
    EvaluationResult,
    GatesLike,
    VerdictResult,
    compare,
    evaluate,
    gate,
)
from .media import MediaResult, audit_folder
from .results import Result
from .reviewed import ReviewExport, export_review
from .runs import DiagnosisResult, RunResult, diagnose, measure_rows, report, run
from .scores import ScoreResult, score

__all__ = [
    "AdviceResult",
    "AuditResult",
    "CalibrationResult",
    "ComparisonResult",
    "ConversionResult",
    "DescriptionResult",
    "DiagnosisResult",
    "EvaluationLike",
    "EvaluationResult",
    "GatesLike",
    "MediaResult",
    "Overrides",
    "PolicyLike",
    "Result",
    "ReviewExport",
    "RunResult",
    "ScoreResult",
    "SpecLike",
    "VerdictResult",
    "advise",
    "audit",
    "audit_folder",
    "calibrate",
    "compare",
    "convert",
    "corrected_scores",
    "describe",
    "diagnose",
    "evaluate",
    "export_review",
    "gate",
    "measure_rows",
    "processes_from",
    "report",
    "run",
    "score",
]
