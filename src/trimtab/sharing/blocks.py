"""Attention over a forest's blocks by plain matrix products, for training on a CPU.

PyTorch's scaled dot-product attention takes 2.4 times as long there in bf16, forward and backward, on blocks of 256
tokens, and wants keys and values repeated for every query head. Here the query heads of a key head are rows of one
product. Probabilities are kept for the backward pass, so only blocks whose queries see few keys go this way.
"""

from typing import Any

import torch
from torch import Tensor

from .attention import Trees

BLOCK_TOKENS = 128
"""Packed tokens of a block here: a prompt of 130 tokens with two answers of 40 takes a third less time than in one."""
MEAN_KEYS = 512
"""Keys that a query may see in the mean: at that many, probabilities take as much memory as eight hidden states."""


def in_blocks(trees: Trees) -> Trees | None:
    """The forest in this attention's blocks; None where its probabilities are too many to be kept."""
    made = Trees(trees.forest, trees.device, trees.held, most=BLOCK_TOKENS)
    pairs = sum((block.stop - block.start) * sum(b - a for a, b in _seen(made, block)) for block in made.blocks)
    return made if pairs <= MEAN_KEYS * len(trees.forest) else None


def attend_grouped(
    query: Tensor, key: Tensor, value: Tensor, trees: Trees, scaling: float, window: int | None
) -> Tensor:
    """Attention of queries (heads, N, d) to keys and values (kv heads, held + N, d), given as (N, heads times d).

    Heads of a group stand together. Scores are in float32, products in the queries' precision.
    """
    found: Tensor = _Grouped.apply(query, key, value, trees, scaling, window)  # type: ignore[no-untyped-call]
    return found


class _Grouped(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, trees: Trees, scaling: float, window: int | None
    ) -> Tensor:
        heads, rows, width = query.shape
        groups = query.view(len(key), heads // len(key), rows, width)
        out = query.new_empty(rows, len(key), heads // len(key), width)
        kept = []
        for block, mask in zip(trees.blocks, trees.masks(torch.float32, window, causal=True), strict=True):
            own, seen = slice(block.start, block.stop), _seen(trees, block)
            scores = torch.bmm(_asked(groups, own, scaling), _gather(key, seen).transpose(1, 2)).float()
            assert mask is not None
            scores.view(len(key), -1, *mask.shape[2:]).add_(mask)
            kept.append(torch.softmax(scores, -1).to(query.dtype))
            answer = torch.bmm(kept[-1], _gather(value, seen)).view(len(key), -1, block.stop - block.start, width)
            out[own] = answer.permute(2, 0, 1, 3)
        ctx.save_for_backward(query, key, value, *kept)
        ctx.trees, ctx.scaling = trees, scaling
        return out.view(rows, heads * width)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, *kept = ctx.saved_tensors
        heads, rows, width = query.shape
        groups = query.view(len(key), heads // len(key), rows, width)
        above = grads[0].reshape(rows, len(key), -1, width).permute(1, 2, 0, 3)
        into_query = torch.empty_like(groups)
        into_key, into_value = (torch.zeros_like(part, dtype=torch.float32) for part in (key, value))
        for block, weights in zip(ctx.trees.blocks, kept, strict=True):
            own, seen = slice(block.start, block.stop), _seen(ctx.trees, block)
            asked, slope = _asked(groups, own, ctx.scaling), above[:, :, own].reshape(len(key), -1, width)
            _spread(into_value, torch.bmm(weights.transpose(1, 2), slope), seen)
            slope = torch.bmm(slope, _gather(value, seen).transpose(1, 2))
            slope = torch.ops.aten._softmax_backward_data(slope, weights, -1, weights.dtype)
            into = torch.bmm(slope, _gather(key, seen)).view(len(key), -1, block.stop - block.start, width)
            torch.mul(into, ctx.scaling, out=into_query[:, :, own])
            _spread(into_key, torch.bmm(slope.transpose(1, 2), asked), seen)
        return into_query.view_as(query), into_key.to(key.dtype), into_value.to(value.dtype), None, None, None


def _asked(groups: Tensor, own: slice, scaling: float) -> Tensor:
    """A block's queries, scaled: (kv heads, queries of all heads of a group, d)."""
    return (groups[:, :, own] * scaling).reshape(len(groups), -1, groups.shape[-1])


def _seen(trees: Trees, block: Any) -> list[tuple[int, int]]:
    """The ranges of keys that a block sees, its own last; those that touch are one. What is held stands before all."""
    found = [(0, trees.held)] if trees.held else []
    for part in (*(trees.blocks[i] for i in block.past), block):
        start, stop = part.start + trees.held, part.stop + trees.held
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, stop))
    return found


def _gather(part: Tensor, seen: list[tuple[int, int]]) -> Tensor:
    pieces = [part[:, start:stop] for start, stop in seen]
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces, 1)


def _spread(into: Tensor, found: Tensor, seen: list[tuple[int, int]]) -> None:
    first = 0
    for start, stop in seen:
        into[:, start:stop] += found[:, first : first + stop - start]
        first += stop - start
