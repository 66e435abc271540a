"""Checks of feedback data before anything is trained on it: comparisons to findings."""

from .checks import CHECKS
from .checks.pii import personal
from .checks.template import clean
from .fix import mended
from .harm import refusal, should_answer
from .result import CheckResult
from .run import VERSION, Audit, audit
from .sets import builtin_items, read_items

__all__ = [
    "CHECKS",
    "VERSION",
    "Audit",
    "CheckResult",
    "audit",
    "builtin_items",
    "clean",
    "mended",
    "personal",
    "read_items",
    "refusal",
    "should_answer",
]
