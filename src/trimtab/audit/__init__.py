"""Checks of feedback data before anything is trained on it: comparisons to findings."""

from .checks import CHECKS
from .mend import mended
from .run import VERSION, Audit, audit
from .sets import builtin_items, read_items

__all__ = ["CHECKS", "VERSION", "Audit", "audit", "builtin_items", "mended", "read_items"]
