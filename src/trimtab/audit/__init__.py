"""Checks of feedback data before anything is trained on it: comparisons to findings."""

from .checks import CHECKS
from .checks.pii import personal
from .checks.template import clean
from .found import Found
from .harm import refusal, should_answer
from .mend import mended
from .run import VERSION, Audit, audit
from .sets import builtin_items, read_items

__all__ = [
    "CHECKS",
    "VERSION",
    "Audit",
    "Found",
    "audit",
    "builtin_items",
    "clean",
    "mended",
    "personal",
    "read_items",
    "refusal",
    "should_answer",
]
