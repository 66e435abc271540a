"""Several judgements of one pair of answers: who said what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .view import View


@dataclass(frozen=True)
class Judged:
    """Rows grouped by their pair of answers, whichever was preferred; `first` marks those that prefer the lower
    hash."""

    pair: NDArray[np.int64]
    first: NDArray[np.bool_]


def judged(view: View) -> Judged:
    """The pair of each row and the direction of its preference."""
    _, chosen, rejected = view.sides
    low, high = np.minimum(chosen, rejected), np.maximum(chosen, rejected)
    key = low * np.uint64(0x9E3779B97F4A7C15) ^ (high >> np.uint64(7)) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, pair = np.unique(key, return_inverse=True)
    return Judged(pair.astype(np.int64), chosen < rejected)


def votes(view: View, some: Judged) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows with a known judge, one of each judge and pair (the first), and the numbers of their judges."""
    assert view.judges is not None
    known = np.flatnonzero(view.judges.known)
    judge = view.judges.rows[known]
    _, first = np.unique(some.pair[known] * (judge.max() + 1) + judge, return_index=True)
    return known[first], judge[first]
