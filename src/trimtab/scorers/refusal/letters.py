"""What the letters of an answer's opening say beside its structure: how a language declines in words no table lists.

Pieces of words, of two to four letters, and pairs of words are put into a fixed number of places by their checksum
(the hashing trick; Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning", section 2), each of
which has a weight. They see no prompt, and of the answer its opening, where a refusal declines, and its last sentence,
where it offers something else or sends elsewhere; `benchmarks/tongues.py` fits them together with the weights of the
structure (`learned.py`).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .acts import Act

__all__ = ["PLACES", "WEIGHTS", "letters_say", "places"]

PLACES = 1 << 15
"""Places that pieces are put into."""
OPENING, LAST = 160, 80
"""Letters of an answer that are read, and of its last sentence, whose pieces have places of their own."""
SHORTEST, LONGEST = 2, 4
"""Letters of a piece; the ends of words count as one."""
PAIRED = 40
"""Letters of two words that make a pair, at most: of a language without blanks a whole sentence would be a word."""
WEIGHTS = "letters.npz"
"""The file of the weights, beside this one."""


def places(said: Sequence[Act]) -> NDArray[np.int64]:
    """The places, each once and in order, of what the letters of an answer are; `said`: its `acts`."""
    words = " ".join(act.normal for act in said)[:OPENING].split()
    found = set(_pieces(words))
    found.update(f"2:{a} {b}" for a, b in pairwise(["^", *words, "$"]) if len(a) + len(b) <= PAIRED)
    found.update(f"L:{piece}" for act in said[-1:] for piece in _pieces(act.normal[:LAST].split()))
    return np.array(sorted({crc32(piece.encode()) % PLACES for piece in found}), dtype=np.int64)


def _pieces(words: Iterable[str]) -> Iterator[str]:
    """The pieces of words, each framed by blanks."""
    for framed in (f" {word} " for word in words):
        for size in range(SHORTEST, LONGEST + 1):
            yield from (framed[at : at + size] for at in range(len(framed) - size + 1))


def letters_say(said: Sequence[Act]) -> float:
    """The log-odds of a refusal that the letters of an answer add to those of its structure; `said`: its `acts`."""
    at = places(said)
    return float(_weights()[at].sum()) / math.sqrt(len(at)) if len(at) else 0.0


@cache
def _weights() -> NDArray[np.float64]:
    """The weight of each place."""
    with (files(__package__) / WEIGHTS).open("rb") as file, np.load(file) as held:
        return np.asarray(held["weights"], dtype=np.float64)
