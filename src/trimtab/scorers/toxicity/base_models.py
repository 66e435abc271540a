"""Two older models of toxic language as figures: base_models.npz, written by benchmarks/toxicity_base_models.py.

alt-profanity-check 1.9.1: a linear model over words (MIT, Victor Zhou, Menelaos Kotoglou, Dimitrios Mistriotis).
toxicityclassifier 1.0.1: a linear model over runs of letters (MIT, Dmitry Filinov). The file NOTICE has their licences.
Both are pruned to what weighs most and rounded. Words and runs are there as hashes alone, because the file is to hold
figures and no text.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GRAMS = 6000
"""Runs of 2 to 4 letters that are kept: those of the largest |weight| / idf."""
FILE = Path(__file__).with_name("base_models.npz")
IDF_STEPS, WEIGHT_STEPS = 10, 100
"""Figures are kept as whole numbers of tenths and hundredths."""


@dataclass(frozen=True)
class BaseModels:
    """By hash: words that do not count, (idf, weight) of others, a run's place. By place: its idf, its weight."""

    stop: frozenset[int]
    words: dict[int, tuple[float, float]]
    grams: dict[int, int]
    gram_idf: list[float]
    gram_weights: list[float]


@cache
def base_models() -> BaseModels:
    """Both models, read once."""
    with np.load(FILE) as kept:
        figures = zip(_floats(kept["word_idf"], IDF_STEPS), _floats(kept["word_weights"], WEIGHT_STEPS), strict=True)
        return BaseModels(
            stop=frozenset(kept["stop"].tolist()),
            words=dict(zip(kept["words"].tolist(), figures, strict=True)),
            grams={gram: place for place, gram in enumerate(kept["grams"].tolist())},
            gram_idf=_floats(kept["gram_idf"], IDF_STEPS),
            gram_weights=_floats(kept["gram_weights"], WEIGHT_STEPS),
        )


def hashed(text: str) -> int:
    """64 bits that stand for a word or a run; a run has a blank at its word's ends."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _floats(whole: NDArray[np.integer], steps: int) -> list[float]:
    found: list[float] = (whole / steps).tolist()
    return found
