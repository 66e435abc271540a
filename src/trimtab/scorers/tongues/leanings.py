"""Towards which of some languages a single word leans, by its letters."""

from collections.abc import Sequence
from functools import lru_cache

from .detect import likelihoods


@lru_cache(maxsize=1 << 14)
def leaning(word: str, code: str, others: Sequence[str]) -> float | None:
    """By how many nats a word is likelier in a language than in the likeliest of others (ISO 639 codes); None where
    one of the languages is not known. A word by itself tells little: what many words say together does."""
    likely = dict(likelihoods(word))
    if code not in likely or not any(other in likely for other in others):
        return None
    return likely[code] - max(likely[other] for other in others if other in likely)
