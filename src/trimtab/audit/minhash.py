"""Word counts and min-hashes of many comparisons (Broder 1997), by array operations only."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .hashing import joined, joined_hashes, runs
from .slices import on_every_core

if TYPE_CHECKING:
    import polars

BANDS, BAND = 16, 3
"""Min-hashes of the answers: 16 bands of 3, each with one of the prompt. Two rows whose parts overlap by 0.7 share a
band with probability 0.98, by 0.5 with 0.64 (Leskovec et al. 2020, section 3.4)."""
_CHUNK = 2_000
"""Rows whose words are hashed while they lie in a processor's cache."""
_BLOCK = 1_000
"""Rows whose min-hashes are taken there."""
_CHOSEN = np.uint64(0xD6E8FEB86659FD93)
"""Tells the words of the chosen side from those of the rejected one, so that a reversed pair is no copy."""
_MULTIPLIERS = np.random.default_rng(0).integers(1, 2**32, BANDS * BAND, dtype=np.uint32) | np.uint32(1)


@dataclass(frozen=True)
class Texts:
    """Words of prompt, chosen and rejected, shape (n, 3); min-hashes of answers (n, BANDS * BAND), prompts (n,
    BANDS), each hash's values side by side in memory."""

    words: NDArray[np.int64]
    answers: NDArray[np.uint32]
    prompts: NDArray[np.uint32]


def texts_of(table: "polars.DataFrame") -> Texts:
    """Of the prompt, the chosen and the rejected text of all rows."""
    n = table.height
    answers, prompts = (np.empty((size, n), np.uint32).T for size in (BANDS * BAND, BANDS))
    found = Texts(np.empty((n, 3), np.int64), answers, prompts)
    on_every_core(partial(_hash, table, found), range(0, n, _CHUNK))
    return found


def _hash(table: "polars.DataFrame", into: Texts, first: int) -> None:
    """Fills in a chunk's rows."""
    texts = table.slice(first, _CHUNK).select("prompt", "chosen", "rejected")
    hashes, at = joined_hashes(*joined(texts))
    some_rows = slice(first, first + _CHUNK)
    words = into.words[some_rows]
    words[:] = np.diff(at).reshape(-1, 3)
    hashes ^= np.repeat(np.tile(np.array([0, _CHOSEN, 0], np.uint64), len(words)), words.ravel())
    pairs = (runs(np.append(hashes, np.uint64(0)), 2) >> np.uint64(32)).astype(np.uint32)
    starts = at[:-1].reshape(-1, 3)
    bounds = np.column_stack([starts[:, 0], starts[:, 1]]).ravel()  # prompt, then both answers
    answers, prompts = into.answers[some_rows], into.prompts[some_rows]
    for row in range(0, len(words), _BLOCK):
        rows = slice(row, row + _BLOCK)
        edges = bounds[2 * row : 2 * (row + _BLOCK) + 1]
        stop = edges[-1] + (edges[-1] == edges[-2])  # of answers without a word, their neighbour's
        some = pairs[edges[0] : stop if row + _BLOCK < len(words) else None]
        inside = edges[: 2 * len(words[rows])] - edges[0]
        mixed = np.empty_like(some)
        for number, by in enumerate(_MULTIPLIERS):
            np.multiply(some, by, out=mixed)
            mixed += by >> np.uint32(1)
            least = np.minimum.reduceat(mixed, inside)
            answers[rows, number] = least[1::2]
            if number < BANDS:
                prompts[rows, number] = least[::2]
