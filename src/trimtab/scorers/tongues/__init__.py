"""Which language a text is in, and what follows from that: what can be judged, and what counts as a word."""

from .detect import tongue_name, tongue_of
from .judged import not_judged, unknown
from .leanings import leaning
from .scripts import MARKS, UNSPACED, WORD_LETTER, folded, is_unspaced, spread, topics

__all__ = [
    "MARKS",
    "UNSPACED",
    "WORD_LETTER",
    "folded",
    "is_unspaced",
    "leaning",
    "not_judged",
    "spread",
    "tongue_name",
    "tongue_of",
    "topics",
    "unknown",
]
