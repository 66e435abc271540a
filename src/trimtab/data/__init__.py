"""Sources to records: read files, keep a reject log, find near-duplicates."""

from .comparisons import RowError, comparison_from_row
from .near import near_duplicates
from .read import Loaded, read_comparisons, read_facts, read_prompts
from .truthfulqa import read_truthfulqa

__all__ = [
    "Loaded",
    "RowError",
    "comparison_from_row",
    "near_duplicates",
    "read_comparisons",
    "read_facts",
    "read_prompts",
    "read_truthfulqa",
]
