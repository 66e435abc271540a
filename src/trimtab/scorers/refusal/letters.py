"""What the letters of an answer's opening say beside its structure: how a language declines in words no table lists.

Pieces of words, of two to four letters, are put into a fixed number of places by their checksum (the hashing trick;
Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning", section 2), each of which has a weight.
They see no prompt, and of the answer its opening alone, where a refusal declines; `benchmarks/tongues.py` fits them
together with the weights of the structure (`learned.py`).
"""

import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .acts import Act

__all__ = ["PLACES", "WEIGHTS", "letters_say", "places"]

PLACES = 1 << 14
"""Places that pieces are put into."""
OPENING = 160
"""Letters of an answer that are read."""
SHORTEST, LONGEST = 2, 4
"""Letters of a piece; the ends of words count as one."""
WEIGHTS = "letters.npz"
"""The file of the weights, beside this one."""


def places(said: Sequence[Act]) -> NDArray[np.int64]:
    """The places, each once and in order, of the pieces of an answer's opening; `said`: its `acts`."""
    found: set[str] = set()
    for word in " ".join(act.normal for act in said)[:OPENING].split():
        framed = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            found.update(framed[at : at + size] for at in range(len(framed) - size + 1))
    return np.array(sorted({crc32(piece.encode()) % PLACES for piece in found}), dtype=np.int64)


def letters_say(said: Sequence[Act]) -> float:
    """The log-odds of a refusal that the letters of an answer add to those of its structure; `said`: its `acts`."""
    at = places(said)
    return float(_weights()[at].sum()) / math.sqrt(len(at)) if len(at) else 0.0


@cache
def _weights() -> NDArray[np.float64]:
    """The weight of each place."""
    with (files(__package__) / WEIGHTS).open("rb") as file, np.load(file) as held:
        return np.asarray(held["weights"], dtype=np.float64)
