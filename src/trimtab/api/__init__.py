"""The verbs as functions: what `import trimtab` gives, and what the command line calls."""

from .feedback import AdviceResult, AuditResult, advise, audit
from .inputs import Overrides, PolicyLike, SpecLike
from .measures import ComparisonResult, EvaluationLike, EvaluationResult, GatesLike, VerdictResult, compare, gate
from .results import Result
from .runs import DiagnosisResult, RunResult, diagnose, report, run

__all__ = [
    "AdviceResult",
    "AuditResult",
    "ComparisonResult",
    "DiagnosisResult",
    "EvaluationLike",
    "EvaluationResult",
    "GatesLike",
    "Overrides",
    "PolicyLike",
    "Result",
    "RunResult",
    "SpecLike",
    "VerdictResult",
    "advise",
    "audit",
    "compare",
    "diagnose",
    "gate",
    "report",
    "run",
]
