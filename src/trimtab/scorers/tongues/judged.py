"""Scores of scorers that were shown to work for some languages only."""

from collections.abc import Sequence

from ...records import Score
from .detect import tongue_name, tongue_of

FEW = 3
"""Languages that a reason names one by one."""


def not_judged(scorer: str, answer: str, prompt: str = "", works_in: Sequence[str] = ("en",)) -> Score | None:
    """A score without a value where an answer is surely in another language than those; None where it can be judged."""
    found = tongue_of(answer, prompt)
    if found is None or found in works_in:
        return None
    return Score(scorer=scorer, value=None, reason=unknown(found, works_in))


def unknown(code: str, works_in: Sequence[str]) -> str:
    """The reason of such a score."""
    known = " and ".join(map(tongue_name, works_in)) if len(works_in) <= FEW else f"{len(works_in)} other languages"
    return f"not judged: in {tongue_name(code)}; works for {known}"
