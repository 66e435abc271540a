"""Sources to records: read files, keep a reject log, find near-duplicates."""

from .benchmarks import read_beginnings, read_contrasts, read_pairs, read_questions
from .builtin import SETS
from .comparisons import comparison_from_row
from .frame import Framed, read_frame
from .near import (
    ANSWER_OVERLAP,
    ITEM_LEAST,
    ITEM_RUN,
    ITEM_SHARE,
    PROMPT_OVERLAP,
    ROW_RUN,
    near_duplicates,
    overlap,
    runs_of,
)
from .parts import RowError
from .read import Loaded, json_rows, read_comparisons, read_facts, read_prompts, read_supervision, read_text
from .responses import Response, Responses, read_responses
from .sources import Source, title_of
from .supervision import NEEDED, SYNONYMS, TELLING, kind_from_columns, supervision_from_row
from .table import table_rows
from .truthfulqa import read_truthfulqa

__all__ = [
    "ANSWER_OVERLAP",
    "ITEM_LEAST",
    "ITEM_RUN",
    "ITEM_SHARE",
    "NEEDED",
    "PROMPT_OVERLAP",
    "ROW_RUN",
    "SETS",
    "SYNONYMS",
    "TELLING",
    "Framed",
    "Loaded",
    "Response",
    "Responses",
    "RowError",
    "Source",
    "comparison_from_row",
    "json_rows",
    "kind_from_columns",
    "near_duplicates",
    "overlap",
    "read_beginnings",
    "read_comparisons",
    "read_contrasts",
    "read_facts",
    "read_frame",
    "read_pairs",
    "read_prompts",
    "read_questions",
    "read_responses",
    "read_supervision",
    "read_text",
    "read_truthfulqa",
    "runs_of",
    "supervision_from_row",
    "table_rows",
    "title_of",
]
