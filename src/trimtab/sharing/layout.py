"""Token sequences that begin alike, laid out as one packed sequence in which every shared prefix stands once.

The sequences of a forest are sorted, so that each shares its longest prefix with its neighbour, and the tokens of
their prefix tree are written down in depth-first order. Then "a token sees its ancestors and itself" is a rule on two
numbers a token: query q sees key k if and only if k <= q < end[k], where end[k] is one past the last descendant of k.
A prompt with any number of answers is the usual case; so are answers that begin alike, and conversations that share a
system prompt. The idea is prefix sharing (Wang and Hegde 2024, "Accelerating Direct Preference Optimization with
Prefix Sharing", arXiv 2410.20305), here for trees of any depth.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

BLOCK_TOKENS = 256
"""Packed tokens that attend in one block. Larger blocks compute more masked pairs, smaller ones make more calls."""


@dataclass(frozen=True)
class Block:
    """Packed tokens [start, stop) that attend to each other by the ancestor rule and to all tokens of `past` blocks."""

    start: int
    stop: int
    past: tuple[int, ...]


@dataclass(frozen=True)
class Forest:
    """A set of sequences as one packed sequence of N tokens.

    `tokens`, `depths` and `ends`, each of shape (N,), hold every packed token's id, its position in its sequence, and
    one past its last descendant. `paths[i]` are the packed places of sequence i's tokens. A prediction is a pair of a
    place whose next token is predicted and the token that follows: `rows`, shape (R,), are those places, each once;
    `row_of` and `targets`, shape (P,), are the distinct predictions, ordered by row; `predictions[i]`, of the length
    of sequence i's scored part, are the indices of its predictions.
    """

    tokens: Ints
    depths: Ints
    ends: Ints
    paths: tuple[Ints, ...]
    rows: Ints
    row_of: Ints
    targets: Ints
    predictions: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The packed sequence cut into blocks that attend together; they tile [0, N) in order."""
        return self.cut(BLOCK_TOKENS)

    def cut(self, most: int) -> tuple[Block, ...]:
        """`blocks`, of `most` tokens at most."""
        return tuple(_cut(self.ends, self._chain_ends(), most))

    @property
    def row_starts(self) -> list[int]:
        """Where each row's predictions begin in `row_of` and `targets`; their number last. R + 1 long."""
        return [int(start) for start in np.searchsorted(self.row_of, np.arange(len(self.rows) + 1))]

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence."""
        return int(self.depths.max()) + 1 if len(self) else 0

    def _chain_ends(self) -> Ints:
        """One past the last token of the unbranched run that each token stands in, shape (N,)."""
        places = np.arange(len(self))
        # the run goes on where the next token is the only child: its subtree ends where this one's does
        goes_on = np.zeros(len(self), dtype=bool)
        goes_on[:-1] = (self.ends[:-1] > places[1:]) & (self.ends[1:] == self.ends[:-1])
        stops = np.where(goes_on, len(self), places + 1)
        return np.minimum.accumulate(stops[::-1])[::-1]


def lay_out(sequences: Sequence[Sequence[int]], starts: Sequence[int], *, tips: bool = True) -> Forest:
    """Packs sequences of token ids; of sequence i, the tokens from `starts[i]` on are predicted.

    Without `tips` a sequence's last token is predicted and not packed, unless another goes on from it: nothing is
    predicted from it, and none sees it. `paths` are one shorter then.

    Raises ValueError for an empty sequence, or a start of 0: a sequence's first token is predicted by nothing.
    """
    if not sequences or min(map(len, sequences)) == 0 or min(starts) < 1:
        raise ValueError("every sequence needs a token, and what is predicted begins after at least one token")
    if not tips and any(map(operator.ge, starts, map(len, sequences))):
        raise ValueError("a sequence of which nothing is predicted has no last token to leave out")
    whole = [np.asarray(sequence, dtype=np.int64) for sequence in sequences]
    arrays = whole if tips else [array[:-1] for array in whole]
    order = sorted(range(len(arrays)), key=lambda i: tuple(sequences[i]))
    pieces: list[Ints] = []
    depths: list[Ints] = []
    paths: dict[int, Ints] = {}
    ends = np.zeros(sum(map(len, arrays)), dtype=np.int64)
    before, path, size = np.empty(0, np.int64), np.empty(0, np.int64), 0
    for index in order:
        now = arrays[index]
        shared = _shared_prefix(before, now)
        ends[path[shared:]] = size  # those are no ancestors of anything that follows
        new = np.arange(size, size + len(now) - shared)
        path = np.concatenate([path[:shared], new])
        pieces.append(now[shared:])
        depths.append(np.arange(shared, len(now)))
        paths[index] = path
        before, size = now, size + len(new)
    ends[path] = size
    in_order = tuple(paths[i] for i in range(len(arrays)))
    rows, row_of, targets, predictions = _predictions(in_order, whole, starts)
    return Forest(
        tokens=np.concatenate(pieces),
        depths=np.concatenate(depths),
        ends=ends[:size],
        paths=in_order,
        rows=rows,
        row_of=row_of,
        targets=targets,
        predictions=predictions,
    )


def distinct(sequences: Sequence[Sequence[int]]) -> int:
    """How many tokens a forest of these sequences has, without making it."""
    count, before = 0, np.empty(0, np.int64)
    for sequence in sorted(map(tuple, sequences)):
        now = np.asarray(sequence, dtype=np.int64)
        count += len(now) - _shared_prefix(before, now)
        before = now
    return count


def pack(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of items grouped so that each group's lengths add up to at most `budget`, or to one longer item.

    First fit over falling lengths (Johnson 1973); it depends on its arguments alone.
    """
    groups: list[tuple[int, list[int]]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        for place, (filled, members) in enumerate(groups):
            if filled + lengths[index] <= budget:
                groups[place] = (filled + lengths[index], [*members, index])
                break
        else:
            groups.append((lengths[index], [index]))
    return [members for _, members in groups]


def _shared_prefix(a: Ints, b: Ints) -> int:
    size = min(len(a), len(b))
    differ = np.flatnonzero(a[:size] != b[:size])
    return int(differ[0]) if len(differ) else size


def _predictions(
    paths: Sequence[Ints], sequences: Sequence[Ints], starts: Sequence[int]
) -> tuple[Ints, Ints, Ints, tuple[Ints, ...]]:
    """A forest's `rows`, `row_of`, `targets` and `predictions`."""
    # from the token before each that is predicted
    places = [path[s - 1 : len(whole) - 1] for path, s, whole in zip(paths, starts, sequences, strict=True)]
    targets = [sequence[start:] for sequence, start in zip(sequences, starts, strict=True)]
    pairs = np.stack([np.concatenate(places), np.concatenate(targets)], axis=1)
    distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
    rows, row_of = np.unique(distinct[:, 0], return_inverse=True)
    cuts = np.cumsum([len(part) for part in places])[:-1]
    return rows, row_of.reshape(-1), distinct[:, 1], tuple(np.split(inverse.reshape(-1), cuts))


def _cut(ends: Ints, runs: Ints, most: int) -> list[Block]:
    """Cuts a forest into blocks. A list of what is left to do instead of recursion: trees can be deep."""
    found: list[Block] = []
    # sibling subtrees in [here, stop), and the blocks of their ancestors; the last is done first
    left: list[tuple[int, int, tuple[int, ...]]] = [(0, len(ends), ())]
    while left:
        here, stop, past = left.pop()
        start = here
        while start < stop and ends[start] - here <= most:
            start = int(ends[start])
        if start > here:  # as many siblings as go into one block
            found.append(Block(here, start, past))
            left.append((start, stop, past))
        elif start < stop:  # one too large for a block: its trunk is cut, and its branches attend to the trunk
            trunk, end, inner = int(runs[start]), int(ends[start]), past
            for first in range(start, trunk, most):
                found.append(Block(first, min(first + most, trunk), inner))
                inner = (*inner, len(found) - 1)
            left += [(end, stop, past), (trunk, end, inner)]
    return found


def beginning(sequences: Sequence[Sequence[int]]) -> int:
    """How many tokens all sequences begin with, less than the shortest has: its last token predicts. None is empty."""
    in_order = sorted(map(tuple, sequences))  # what the first and the last share, all share
    shortest = min(map(len, in_order))
    pairs = enumerate(zip(in_order[0], in_order[-1], strict=False))
    return min(next((place for place, (one, other) in pairs if one != other), shortest), shortest - 1)
