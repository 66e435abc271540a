"""Checks of feedback data before anything is trained on it: comparisons to findings."""

from .by_rule import RuleRows, by_rule
from .checks import CHECKS
from .fix import mend, mended
from .harm import refusal, should_answer
from .helping import HALF
from .markers import clean
from .personal import mask, personal
from .registry import all_checks, audit_check, other_versions, register
from .result import CheckResult
from .run import VERSION, Audit, CheckProgress, audit
from .sets import builtin_items, read_items

__all__ = [
    "CHECKS",
    "HALF",
    "VERSION",
    "Audit",
    "CheckProgress",
    "CheckResult",
    "RuleRows",
    "all_checks",
    "audit",
    "audit_check",
    "builtin_items",
    "by_rule",
    "clean",
    "mask",
    "mend",
    "mended",
    "other_versions",
    "personal",
    "read_items",
    "refusal",
    "register",
    "should_answer",
]
