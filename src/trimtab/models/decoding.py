"""Choosing the next token: greedily, or by drawing from the softmax with temperature and top-p, exactly and unsorted.

Sorting a vocabulary for top-p costs as much as a third of a small model's step. It is not needed in order to draw from
the nucleus: draw from the whole distribution, and draw again while the token lies outside (von Neumann's rejection).
Whether it does takes one sum, and none for a token more likely than all the nucleus leaves out.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from .engine import Decoding

if TYPE_CHECKING:
    from torch import Tensor

DRAWS = 4
"""Draws from the whole distribution before the rows still outside their nucleus are sorted."""

_ROWS = 32
"""Rows looked at together: what they need then stays in the processor's cache, and no fresh memory is asked for."""

_SLICE = 256
"""The vocabulary is first drawn from by slices of this many tokens; only the drawn slice is added up token by token."""


def random_streams(names: Sequence[str], seed: int, decoding: Decoding) -> "Tensor | None":
    """Uniform numbers in [0, 1), shape (names, max_new_tokens, DRAWS + 1): one stream a name; None if greedy."""
    if decoding.temperature == 0:
        return None
    streams = []
    for name in names:
        key = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
        stream = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
        streams.append(stream.random((decoding.max_new_tokens, DRAWS + 1)))
    return torch.from_numpy(np.stack(streams))


def choose(logits: "Tensor", decoding: Decoding, uniform: "Tensor | None") -> "Tensor":
    """The next token of each row, shape (rows,), from logits of shape (rows, vocabulary) in any precision.

    `uniform`, shape (rows, DRAWS + 1), are the row's own random numbers, None for the likeliest token.
    """
    if uniform is None:
        return logits.argmax(-1)
    if len(logits) > _ROWS and logits.device.type == "cpu":
        pairs = zip(logits.split(_ROWS), uniform.split(_ROWS), strict=True)
        return torch.cat([choose(some, decoding, numbers) for some, numbers in pairs])
    probs = torch.softmax(logits.float() / decoding.temperature, -1)
    sums = _slice_sums(probs)
    chosen = _draw(probs, sums, uniform[:, 0])
    if decoding.top_p >= 1:
        return chosen
    rows = torch.arange(len(probs), device=probs.device)
    for draw in range(1, DRAWS + 1):
        outside = _outside(probs, chosen[rows], sums.sum(-1), decoding.top_p)
        if not len(outside):
            break
        rows, probs, sums, uniform = rows[outside], probs[outside], sums[outside], uniform[outside]
        if draw < DRAWS:
            chosen[rows] = _draw(probs, sums, uniform[:, draw])
        else:
            chosen[rows] = _from_sorted(probs, decoding.top_p, uniform[:, draw])
    return chosen


def _slice_sums(probs: "Tensor") -> "Tensor":
    """Sums of the vocabulary's slices in double precision, shape (rows, slices); the last slice may be short."""
    whole = probs.shape[-1] // _SLICE * _SLICE
    sums = probs[:, :whole].view(len(probs), -1, _SLICE).sum(-1)
    if whole < probs.shape[-1]:
        sums = torch.cat([sums, probs[:, whole:].sum(-1, keepdim=True)], 1)
    return sums.double()


def _draw(probs: "Tensor", sums: "Tensor", uniform: "Tensor") -> "Tensor":
    """The token at which the cumulated probabilities pass `uniform` times their sum, shape (rows,)."""
    piece, rest = _inverse(sums, uniform)
    tokens = piece.unsqueeze(1) * _SLICE + torch.arange(_SLICE, device=probs.device)
    beyond = tokens >= probs.shape[-1]
    within = probs.gather(1, tokens.clamp(max=probs.shape[-1] - 1)).masked_fill(beyond, 0.0)
    return piece * _SLICE + _inverse(within, rest)[0]


def _inverse(weights: "Tensor", uniform: "Tensor") -> tuple["Tensor", "Tensor"]:
    """The index at which the cumulated weights pass `uniform` times their sum, and how far into its weight: [0, 1]."""
    cumulative = weights.double().cumsum(-1)
    total = cumulative[:, -1]
    target = torch.minimum(uniform * total, total.nextafter(torch.zeros_like(total))).unsqueeze(1)
    index = torch.searchsorted(cumulative, target, right=True)
    weight = weights.double().gather(1, index)
    rest = (target - cumulative.gather(1, index) + weight) / weight
    return index.squeeze(1), rest.squeeze(1).clamp(0.0, 1.0)


def _outside(probs: "Tensor", chosen: "Tensor", total: "Tensor", top_p: float) -> "Tensor":
    """Indices of the rows whose token is outside the nucleus: the likelier ones alone reach `top_p` of the total."""
    own = probs.gather(1, chosen.unsqueeze(1))
    doubtful = (own.squeeze(1) <= total * (1 - top_p)).nonzero().squeeze(1)
    own = own[doubtful]
    # over `own`, so that one threshold serves all rows; in place, which is several times faster than a masked sum
    above = torch.threshold_(probs[doubtful].div_(own), 1.0, 0.0).sum(-1).double() * own.squeeze(1)
    return doubtful[above >= total[doubtful] * top_p]


def _from_sorted(probs: "Tensor", top_p: float, uniform: "Tensor") -> "Tensor":
    """Draws from the smallest set of tokens whose probability reaches `top_p`, found by sorting."""
    values, tokens = probs.sort(dim=-1, descending=True)
    before = values.double().cumsum(-1) - values
    reach = values.double().sum(-1, keepdim=True) * top_p
    edge = values.masked_fill(before >= reach, torch.inf).amin(-1, keepdim=True)
    index, _ = _inverse(values.masked_fill(values < edge, 0.0), uniform)
    return tokens.gather(-1, index.unsqueeze(1)).squeeze(1)
