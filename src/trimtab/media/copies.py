"""Files that are the same: to the byte, or to the eye."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .look import Look

BITS = 10
"""Bits of 64 in which the hashes of two near copies differ at most."""
LIKENESS = 0.95
"""The least correlation of their grey levels, 32 × 32, so that one rare collision of hashes makes no copy."""
_ROWS = 512
_PAIRS = 100_000


def same_bytes(looks: Sequence[Look]) -> list[list[Look]]:
    """Groups of files with the same content, in the order of their first; empty files are no copies of each other."""
    groups: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        if look.size and look.digest:
            groups[look.digest].append(look)
    return [group for group in groups.values() if len(group) > 1]


def near_copies(looks: Sequence[Look]) -> list[list[Look]]:
    """Groups of images that look alike and are not the same bytes: scaled, saved again, lightly cut or lightened.

    All hashes are compared with all; a pair counts where they differ in at most BITS and the grey levels correlate by
    LIKENESS. Turned and mirrored images are not found. A group holds what is linked by such pairs; of same bytes
    only the first is in it.
    """
    firsts: dict[str, Look] = {}
    for look in looks:
        if look.print_ is not None:
            firsts.setdefault(look.digest, look)
    images = list(firsts.values())
    if len(images) < 2:
        return []
    hashes = np.array([look.print_ for look in images], dtype=np.uint64)
    grey = np.stack([_centred(look) for look in images])
    links: list[NDArray[np.int64]] = []
    for start in range(0, len(images), _ROWS):
        apart = np.bitwise_count(hashes[start : start + _ROWS, None] ^ hashes[None, start:])
        pairs = np.argwhere(np.triu(apart <= BITS, k=1)) + start
        for part in np.array_split(pairs, len(pairs) // _PAIRS + 1):
            links.append(part[np.einsum("pd,pd->p", grey[part[:, 0]], grey[part[:, 1]]) >= LIKENESS])
    return [[images[place] for place in group] for group in _linked(np.concatenate(links), len(images))]


def _linked(pairs: NDArray[np.int64], n: int) -> list[list[int]]:
    """The groups of more than one of `n` that pairs [pairs, 2] link, in the order of their first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(connected_components(graph, directed=False)[1]):
        groups[int(group)].append(place)
    return [group for group in groups.values() if len(group) > 1]


def _centred(look: Look) -> NDArray[np.float32]:
    """The grey levels as a vector of mean 0 and norm 1."""
    assert look.small is not None
    levels = look.small.reshape(-1) - look.small.mean()
    scaled: NDArray[np.float32] = (levels / np.linalg.norm(levels)).astype(np.float32)
    return scaled
