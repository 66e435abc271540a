"""The verbs as functions: what `import trimtab` gives, and what the command line calls."""

from .data import ConversionResult, DescriptionResult, convert, describe
from .feedback import AdviceResult, AuditResult, advise, audit
from .gating import GatesLike, VerdictResult, gate
from .inputs import Overrides, PolicyLike, SpecLike, is_spec, processes_from
from .judged import CalibrationResult, calibrate, corrected_scores
from .measures import ComparisonResult, EvaluationLike, EvaluationResult, compare, evaluate
from .media import MediaResult, audit_folder
from .packs import PackResult, check_packs, diff_packs, pack_from, pack_table, show_pack
from .paired import PairedResult, paired_with_judge, people_labels
from .policies import PolicyResult, check_policy
from .regions import RegionsAdviceResult, RegionsResult, advise_regions, regions_from, run_regions
from .results import Result
from .review_report import ReviewReport, review_page, review_report
from .reviewed import ReviewExport, ReviewImport, export_review, import_review
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
    "PackResult",
    "PairedResult",
    "PolicyLike",
    "PolicyResult",
    "RegionsAdviceResult",
    "RegionsResult",
    "Result",
    "ReviewExport",
    "ReviewImport",
    "ReviewReport",
    "RunResult",
    "ScoreResult",
    "SpecLike",
    "VerdictResult",
    "advise",
    "advise_regions",
    "audit",
    "audit_folder",
    "calibrate",
    "check_packs",
    "check_policy",
    "compare",
    "convert",
    "corrected_scores",
    "describe",
    "diagnose",
    "diff_packs",
    "evaluate",
    "export_review",
    "gate",
    "import_review",
    "is_spec",
    "measure_rows",
    "pack_from",
    "pack_table",
    "paired_with_judge",
    "people_labels",
    "processes_from",
    "regions_from",
    "report",
    "review_page",
    "review_report",
    "run",
    "run_regions",
    "score",
    "show_pack",
]
