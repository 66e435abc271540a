"""Attention over a forest's blocks by plain matrix products, for training on a CPU.

PyTorch's scaled dot-product attention takes 2.4 times as long there in bf16, forward and backward, on blocks of 256
tokens, and wants keys and values repeated for every query head. Here the query heads of a key head are rows of one
product. Probabilities are kept for the backward pass, so only blocks whose queries see few keys go this way.
"""

from typing import Any

import torch
from torch import Tensor

from .attention import Trees

BLOCK_TOKENS = 192
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
    """A query stands beside those of its token's other heads in a group, so that a block's are in one piece."""

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, trees: Trees, scaling: float, window: int | None
    ) -> Tensor:
        heads, rows, width = query.shape
        groups = heads // len(key)
        asked = query.new_empty(len(key), rows, groups, width)
        torch.mul(query.view(len(key), groups, rows, width).transpose(1, 2), scaling, out=asked)
        out = query.new_empty(rows, len(key), groups, width)
        kept = []
        for block, mask in zip(trees.blocks, trees.masks(torch.float32, window, causal=True), strict=True):
            seen, size = _seen(trees, block), block.stop - block.start
            scores = torch.bmm(_of_block(asked, block), _gather(key, seen).transpose(1, 2)).float()
            assert mask is not None
            scores.view(len(key), size, groups, -1).add_(mask[0, 0, :, None])
            kept.append(torch.softmax(scores, -1).to(query.dtype))
            answer = torch.bmm(kept[-1], _gather(value, seen)).view(len(key), size, groups, width)
            out[block.start : block.stop] = answer.transpose(0, 1)
        ctx.save_for_backward(asked, key, value, *kept)
        ctx.trees, ctx.scaling = trees, scaling
        return out.view(rows, heads * width)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        asked, key, value, *kept = ctx.saved_tensors
        _, rows, groups, width = asked.shape
        above = grads[0].reshape(rows, len(key), groups, width).transpose(0, 1).contiguous()
        into_query = torch.empty_like(asked)
        into_key, into_value = (torch.zeros_like(part, dtype=torch.float32) for part in (key, value))
        for block, weights in zip(ctx.trees.blocks, kept, strict=True):
            seen, slope = _seen(ctx.trees, block), _of_block(above, block)
            _spread(into_value, torch.bmm(weights.transpose(1, 2), slope), seen)
            slope = torch.bmm(slope, _gather(value, seen).transpose(1, 2))
            slope = torch.ops.aten._softmax_backward_data(slope, weights, -1, weights.dtype)
            into = torch.bmm(slope, _gather(key, seen))
            torch.mul(into, ctx.scaling, out=_of_block(into_query, block))
            _spread(into_key, torch.bmm(slope.transpose(1, 2), _of_block(asked, block)), seen)
        into_query = into_query.transpose(1, 2).reshape(-1, rows, width)
        return into_query, into_key.to(key.dtype), into_value.to(value.dtype), None, None, None


def _of_block(part: Tensor, block: Any) -> Tensor:
    """A block's rows of (kv heads, N, heads of a group, d), as (kv heads, rows times heads, d): a view."""
    return part[:, block.start : block.stop].flatten(1, 2)


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
