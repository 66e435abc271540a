"""Which language a text is in, and what follows from that: what can be judged, and what counts as a word."""

from .detect import tongue_name, tongue_of
from .judged import not_judged, unknown
from .leanings import leaning
from .scripts import LETTER, MARK, MARKS, SIGN, UNSPACED, WORD_LETTER, folded, is_unspaced, letter_kinds, topics

__all__ = [
    "LETTER",
    "MARK",
    "MARKS",
    "SIGN",
    "UNSPACED",
    "WORD_LETTER",
    "folded",
    "is_unspaced",
    "leaning",
    "letter_kinds",
    "not_judged",
    "tongue_name",
    "tongue_of",
    "topics",
    "unknown",
]
