"""Rows that copy others: exactly, by their hashes; nearly, by min-hashes in bands (Broder 1997), then by counting."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ..data import ANSWER_OVERLAP, PROMPT_OVERLAP, ROW_RUN, overlap, runs_of
from .minhash import BAND, BANDS
from .result import Rows
from .view import View

_WORTH_COUNTING = 0.5
"""Share of equal min-hashes from which a candidate is counted: far below ANSWER_OVERLAP, as 48 of them estimate to
±0.07."""


def exact_copies(view: View, *, by_judge: bool = False) -> NDArray[np.bool_]:
    """Whether a row equals an earlier one in prompt, chosen and rejected, and in its judge if `by_judge`."""
    _, chosen, rejected = view.sides
    key = chosen * np.uint64(0x9E3779B97F4A7C15) + (rejected ^ rejected >> np.uint64(31)) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    if by_judge and view.judges is not None:
        key += view.judges.rows.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    copy = np.ones(view.n, dtype=bool)
    copy[np.unique(key, return_index=True)[1]] = False
    return copy


def near_copies(view: View) -> Rows:
    """Rows nearly the same as an earlier one that is no exact copy itself; the first of a group stays."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows = np.flatnonzero(~exact_copies(view))
    one, other = _candidates(view, rows)
    sure = _alike(view, one, other)
    one, other = one[sure], other[sure]
    graph = coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(view.n, view.n))
    count, group = connected_components(graph.tocsr(), directed=False)
    least = np.full(count, view.n)
    np.minimum.at(least, group, np.arange(view.n))
    return np.flatnonzero(least[group] != np.arange(view.n))


def _candidates(view: View, rows: Rows) -> tuple[Rows, Rows]:
    """Pairs (earlier row, later row) that share a band and enough min-hashes."""
    answers, prompts = view.texts.answers, view.texts.prompts
    places, one = np.arange(len(rows), dtype=np.uint64), np.uint64(1)
    place_bits = np.uint64(len(rows).bit_length())

    def of_band(band: int) -> list[Rows]:
        key = prompts[rows, band].astype(np.uint64)
        for place in range(band * BAND, (band + 1) * BAND):
            key = (key ^ (key >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + answers[rows, place]
        # a hash's upper bits and the row in one number: it is sorted ten times as fast as a hash with its row beside it
        ordered = np.sort(key >> place_bits << place_bits | places)
        order = (ordered & (one << place_bits) - one).astype(np.int64)
        ordered >>= place_bits
        starts = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        leader = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
        later = leader != order
        # each against the first of its bucket, and against its neighbour there, so that a chance mate does not hide one
        neighbour = np.concatenate(([0], order[:-1]))
        found = []
        for mate in (leader, neighbour):
            pairs = np.column_stack([rows[mate[later]], rows[order[later]]])
            same = (answers[pairs[:, 0]] == answers[pairs[:, 1]]).mean(axis=1)
            found.append(pairs[same >= _WORTH_COUNTING])
        return found

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy sorts beside other threads
        found = [pairs for some in threads.map(of_band, range(BANDS)) for pairs in some]
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _alike(view: View, one: Rows, other: Rows) -> NDArray[np.bool_]:
    """Which pairs of rows share so many runs of words in each of their parts, counted."""
    sure = np.ones(len(one), dtype=bool)
    for part, limit in (("prompt", PROMPT_OVERLAP), ("chosen", ANSWER_OVERLAP), ("rejected", ANSWER_OVERLAP)):
        left = np.flatnonzero(sure)
        first, second = (view.table[part].gather(rows[left]).to_list() for rows in (one, other))
        sure[left] = [_overlap(a, b) >= limit for a, b in zip(first, second, strict=True)]
    return sure


def _overlap(one: str, other: str) -> float:
    first, second = runs_of(one, ROW_RUN), runs_of(other, ROW_RUN)
    return overlap(first, second) if first or second else 1.0  # two texts without a word are alike
