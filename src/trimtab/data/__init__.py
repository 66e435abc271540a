"""Sources to records: read, keep a reject log, convert to what a method trains on, find near-duplicates."""

from .benchmarks import read_beginnings, read_contrasts, read_pairs, read_questions
from .builtin import SETS
from .comparisons import comparison_from_row
from .convert import MADE_OF, Converted, counted, liked, to_comparisons, to_demonstrations, to_thumbs
from .feedback import READER, Comparisons, Feedback, no_feedback, read_comparisons, read_feedback, untold
from .forms import FORMS, NOTHING, Form, Told, form_named, form_of
from .frame import Framed, frame_of, read_frame
from .frame_row import CALLS, THOUGHT, TURNS
from .labels import LabelledItem, PeopleLabels, labels_of, read_labels
from .naming import SYNONYMS
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
from .pairs import MARGIN
from .parts import SYSTEM_COLUMNS, TOOLS_COLUMNS, UNKNOWN, RowError
from .points import read_points
from .read import read_facts, read_prompts, read_text
from .rendered import family_of, prompt_heads, read_back
from .responses import Response, Responses, read_responses
from .sources import Source, title_of
from .supervision import NEEDED, TELLING, kind_from_columns, supervision_from_row
from .table import table_rows
from .truthfulqa import read_truthfulqa
from .writing import TARGETS, Target, Trained, Written, written

__all__ = [
    "ANSWER_OVERLAP",
    "CALLS",
    "FORMS",
    "ITEM_LEAST",
    "ITEM_RUN",
    "ITEM_SHARE",
    "MADE_OF",
    "MARGIN",
    "NEEDED",
    "NOTHING",
    "PROMPT_OVERLAP",
    "READER",
    "ROW_RUN",
    "SETS",
    "SYNONYMS",
    "SYSTEM_COLUMNS",
    "TARGETS",
    "TELLING",
    "THOUGHT",
    "TOOLS_COLUMNS",
    "TURNS",
    "UNKNOWN",
    "Comparisons",
    "Converted",
    "Feedback",
    "Form",
    "Framed",
    "LabelledItem",
    "PeopleLabels",
    "Response",
    "Responses",
    "RowError",
    "Source",
    "Target",
    "Told",
    "Trained",
    "Written",
    "comparison_from_row",
    "counted",
    "family_of",
    "form_named",
    "form_of",
    "frame_of",
    "kind_from_columns",
    "labels_of",
    "liked",
    "near_duplicates",
    "no_feedback",
    "overlap",
    "prompt_heads",
    "read_back",
    "read_beginnings",
    "read_comparisons",
    "read_contrasts",
    "read_facts",
    "read_feedback",
    "read_frame",
    "read_labels",
    "read_pairs",
    "read_points",
    "read_prompts",
    "read_questions",
    "read_responses",
    "read_text",
    "read_truthfulqa",
    "runs_of",
    "supervision_from_row",
    "table_rows",
    "title_of",
    "to_comparisons",
    "to_demonstrations",
    "to_thumbs",
    "untold",
    "written",
]
