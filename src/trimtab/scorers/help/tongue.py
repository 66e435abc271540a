"""Whether an answer can be held against words that somebody wrote: those must be of its language."""

from functools import lru_cache

from ...records import Score
from ..tongues import not_judged, tongue_of


@lru_cache(maxsize=4096)
def written_in(asked: str, ways: str) -> str | None:
    """The language of a question with what an answer to it should say: that of the question where it is told."""
    return tongue_of(asked) or tongue_of(ways)


def in_another_language(scorer: str, asked: str, ways: str, answer: str) -> Score | None:
    """A score without a value where an answer is surely in another language than what it is held against.

    Words of the answer's own language are matched as written, and in scripts without spaces character by character;
    stems, numbers in words and negations are known in English alone.
    """
    own = written_in(asked, ways)
    return not_judged(scorer, answer, works_in=(own,)) if own is not None else None
