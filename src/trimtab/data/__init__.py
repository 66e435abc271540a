"""Sources to records: read files, keep a reject log, find near-duplicates."""

from .benchmarks import read_beginnings, read_contrasts, read_pairs, read_questions
from .comparisons import RowError, comparison_from_row
from .frame import Framed, read_frame
from .near import near_duplicates
from .read import Loaded, read_comparisons, read_facts, read_prompts, read_text
from .responses import Response, Responses, read_responses
from .table import table_rows, title_of
from .truthfulqa import read_truthfulqa

__all__ = [
    "Framed",
    "Loaded",
    "Response",
    "Responses",
    "RowError",
    "comparison_from_row",
    "near_duplicates",
    "read_beginnings",
    "read_comparisons",
    "read_contrasts",
    "read_facts",
    "read_frame",
    "read_pairs",
    "read_prompts",
    "read_questions",
    "read_responses",
    "read_text",
    "read_truthfulqa",
    "table_rows",
    "title_of",
]
