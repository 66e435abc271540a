"""Attention over a forest: each token sees its ancestors and itself.

Registered with transformers' AttentionInterface, so that every decoder built on it can be given a forest. On CUDA the
whole pack goes through FlexAttention with a block mask made from the ancestor rule; elsewhere, and where FlexAttention
cannot (dropout, small heads) or need not (few tokens), the pack is cut into blocks (`Forest.blocks`), each of which
attends to its ancestors' keys and its own through scaled dot-product attention, so that the cost is not quadratic in
the pack.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, PreTrainedModel

from .layout import Block, Forest

NAME = "trimtab_forest"
FLEX = True
"""Whether CUDA takes FlexAttention; without it, blocks as everywhere else."""
_FLEX_BLOCK = 128
"""Queries and keys of a block of FlexAttention's mask, its own default."""
_FLEX_HEAD = 16
"""The smallest head that FlexAttention's kernels take."""
_RECOMPILES = 64
"""Kernels that torch.compile may make of one function: precisions, windows, caps, with and without gradients. Beyond
its own limit of 8 it would fall back, without a word, on a dense attention."""


class Trees:
    """A forest on a device, with the masks of its blocks made once and used in every layer.

    `held` is the number of tokens before the forest whose keys and values lie in a cache and that all of it sees;
    `most` is how many tokens a block has, if not as many as usual.
    """

    def __init__(self, forest: Forest, device: torch.device, held: int = 0, *, most: int | None = None) -> None:
        self.forest = forest
        self.held = held
        self.blocks = forest.blocks if most is None else forest.cut(most)
        self.device = device
        self.tokens = torch.from_numpy(forest.tokens).to(device).unsqueeze(0)
        self.positions = torch.from_numpy(forest.depths + held).to(device).unsqueeze(0)
        self.ends = torch.from_numpy(forest.ends).to(device)
        self._masks: dict[tuple[torch.dtype, int | None, bool], list[Tensor | None]] = {}
        self._flex: dict[int | None, Any] = {}

    def masks(self, dtype: torch.dtype, window: int | None, *, causal: bool = False) -> list["Tensor | None"]:
        """What is added to each block's attention scores, shape (1, 1, queries, keys).

        None for plain causal blocks, but where they are asked for as well. With a sliding `window`, a token sees only
        ancestors fewer than `window` positions away.
        """
        if window is not None and self.held + self.forest.longest <= window:
            window = None
        if (dtype, window, causal) not in self._masks:
            self._masks[dtype, window, causal] = [self._mask(block, dtype, window, causal) for block in self.blocks]
        return self._masks[dtype, window, causal]

    def _mask(self, block: Block, dtype: torch.dtype, window: int | None, causal: bool) -> "Tensor | None":
        queries = torch.arange(block.start, block.stop, device=self.device)
        ends = self.ends[block.start : block.stop]
        seen = (queries[None] <= queries[:, None]) & (queries[:, None] < ends[None])
        before = [torch.arange(self.blocks[i].start, self.blocks[i].stop, device=self.device) for i in block.past]
        past = sum(map(len, before)) + self.held
        if not causal and window is None and not past and bool((ends == ends[0]).all()):
            return None
        seen = functional.pad(seen, (past, 0), value=True)
        if window is not None:
            depths = self.positions[0]
            held = torch.arange(self.held, device=self.device)
            keys = torch.cat([held, *(depths[part] for part in before), depths[queries]])
            seen &= depths[queries][:, None] - keys[None] < window
        return torch.zeros_like(seen, dtype=dtype).masked_fill_(~seen, torch.finfo(dtype).min)[None, None]

    def block_mask(self, window: int | None) -> Any:
        """FlexAttention's block mask of the ancestor rule.

        Which blocks are empty and which whole is told from each block of keys' extremes, so that nothing of the size
        queries times keys is ever made; where extremes cannot tell, the rule is asked pair by pair within the kernel.
        """
        if window is not None and self.held + self.forest.longest <= window:
            window = None
        if window not in self._flex:
            self._flex[window] = self._block_mask(window)
        return self._flex[window]

    def _block_mask(self, window: int | None) -> Any:
        from torch.nn.attention.flex_attention import BlockMask

        size, held = len(self.forest), self.held
        positions = self.positions[0]
        # of each key: the first query that sees it, one past the last, and its position
        first = torch.cat([positions.new_zeros(held), torch.arange(size, device=self.device)])
        ends = torch.cat([positions.new_full((held,), size), self.ends])
        places = torch.cat([torch.arange(held, device=self.device), positions])

        def sees(_batch: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
            return (first[key] <= query) & (query < ends[key])

        def sees_near(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
            return sees(batch, head, query, key) & (places[key] > near[query])

        near = positions if window is None else positions - window
        starts = torch.arange(0, size, _FLEX_BLOCK, device=self.device)[:, None]
        stops = starts + _FLEX_BLOCK
        low, high = _extremes(first, size, size)
        nearest, farthest = _extremes(ends, 0, 0)
        some = (low < stops) & (farthest > starts)
        whole = (high <= starts) & (nearest >= stops)
        if window is not None:
            earliest, latest = _extremes(near, size + held, -window)
            old, young = _extremes(places, 0, 0)
            some &= young > earliest[:, None]
            whole &= old > latest[:, None]
        counts, order = _listed(some & ~whole)
        whole_counts, whole_order = _listed(whole)
        return BlockMask.from_kv_blocks(
            counts, order, whole_counts, whole_order,
            BLOCK_SIZE=_FLEX_BLOCK, mask_mod=sees if window is None else sees_near, seq_lengths=(size, size + held),
        )  # fmt: skip


def _extremes(values: Tensor, over_least: int, over_most: int) -> tuple[Tensor, Tensor]:
    """The least and the greatest value of each block, each (blocks,); fillers stand where the last block is short."""
    short = -len(values) % _FLEX_BLOCK
    least = functional.pad(values, (0, short), value=over_least).view(-1, _FLEX_BLOCK).amin(1)
    return least, functional.pad(values, (0, short), value=over_most).view(-1, _FLEX_BLOCK).amax(1)


def _listed(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """How many blocks of keys each block of queries has, (1, 1, rows), and which, first, (1, 1, rows, columns)."""
    order = blocks.to(torch.int8).argsort(dim=1, descending=True, stable=True)
    return blocks.sum(1, dtype=torch.int32)[None, None], order.to(torch.int32)[None, None]


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    trimtab_trees: Trees,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attention of a forest's queries, (1, heads, N, d), to keys and values, (1, kv heads, held + N, d).

    Returns (1, N, heads, d), as transformers' attention functions do. Raises ValueError where the layer's attention
    is of a kind that this is not.
    """
    for name in ("s_aux", "position_bias"):
        if others.get(name) is not None:
            raise ValueError(f"its attention has {name}, which is not a matter of masks")
    if sliding_window is None and _has_window(module):
        raise ValueError("its attention has a sliding window that it tells to nobody but the mask")
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    if query.is_cuda and _suits_flex(query, dropout):
        out = _flex(query, key, value, trimtab_trees, scaling, sliding_window, softcap)
    else:
        out = _by_blocks(query, key, value, trimtab_trees, scaling, dropout, sliding_window, softcap)
    return out.transpose(1, 2).contiguous(), None


def _suits_flex(query: Tensor, dropout: float) -> bool:
    """Whether these go through FlexAttention: it drops nothing, and compiles anew for what fits into one block."""
    return FLEX and not dropout and query.shape[-1] >= _FLEX_HEAD and query.shape[-2] > _FLEX_BLOCK


def _has_window(module: torch.nn.Module) -> bool:
    """Whether the layer's configuration gives it a sliding window."""
    config = getattr(module, "config", None)
    kinds = getattr(config, "layer_types", None)
    if kinds is not None:
        return bool(kinds[getattr(module, "layer_idx", 0)] == "sliding_attention")
    return getattr(config, "sliding_window", None) is not None and getattr(config, "use_sliding_window", True)


def _by_blocks(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    trees: Trees,
    scaling: float | None,
    dropout: float,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    sizes = [block.stop - block.start for block in trees.blocks]
    queries = torch.split(query, sizes, 2)
    # a split and a concatenation are cheap to differentiate; slices would each fill a whole gradient with zeros
    cached = [trees.held] if trees.held else []
    held_keys, held_values = (torch.split(part, [*cached, *sizes], 2) for part in (key, value))
    first = len(cached)
    found = []
    for block, part, mask, own in zip(
        trees.blocks, queries, trees.masks(query.dtype, window), range(first, first + len(sizes)), strict=True
    ):
        seen = [*range(first), *(first + i for i in block.past), own]
        keys, values = (
            parts[own] if len(seen) == 1 else torch.cat([parts[i] for i in seen], 2)
            for parts in (held_keys, held_values)
        )
        if softcap is None:
            found.append(
                functional.scaled_dot_product_attention(
                    part, keys, values, attn_mask=mask, is_causal=mask is None, dropout_p=dropout, scale=scaling
                )
            )
        else:
            found.append(_capped(part, keys, values, mask, scaling, dropout, softcap))
    return torch.cat(found, 2) if len(found) > 1 else found[0]


def _capped(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    scaling: float | None,
    dropout: float,
    softcap: float,
) -> Tensor:
    """Attention whose scores are bent by a soft cap (Gemma 2, Gemma Team 2024, section 2)."""
    scores = query @ key.transpose(2, 3) * (scaling if scaling is not None else query.shape[-1] ** -0.5)
    scores = torch.tanh(scores / softcap) * softcap
    if mask is None:
        size = query.shape[2]
        hidden = torch.ones(size, size, dtype=torch.bool, device=query.device).triu_(1)
        scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    else:
        scores = scores + mask
    weights = functional.dropout(torch.softmax(scores, -1, dtype=torch.float32).to(query.dtype), dropout)
    return weights @ value


@cache
def _compiled_flex() -> Any:
    from torch.nn.attention.flex_attention import flex_attention

    torch._dynamo.config.recompile_limit = max(torch._dynamo.config.recompile_limit, _RECOMPILES)
    return torch.compile(flex_attention, dynamic=True)


def _flex(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    trees: Trees,
    scaling: float | None,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    cap = None
    if softcap is not None:

        def cap(score: Tensor, *_: Tensor) -> Tensor:
            return torch.tanh(score / softcap) * softcap

    if torch.is_autocast_enabled("cuda") and query.is_cuda:  # position embeddings leave float32 beside the values' bf16
        query, key, value = (part.to(torch.get_autocast_dtype("cuda")) for part in (query, key, value))
    # a cap is a constant of the kernel: as a traced number, which dynamic shapes make of it, it does not compile
    with torch._dynamo.config.patch(specialize_float=True) if softcap is not None else nullcontext():
        out: Tensor = _compiled_flex()(
            query, key, value, score_mod=cap, block_mask=trees.block_mask(window), scale=scaling
        )
    return out


_CONFIGS: WeakKeyDictionary[PreTrainedModel, tuple[Any, ...]] = WeakKeyDictionary()
"""Each model's configurations; looking for them among a thousand layers takes as long as a few of them on a GPU."""


@contextmanager
def forest_attention(model: PreTrainedModel) -> Iterator[None]:
    """While it is open, the model's attention layers expect a forest. Backward passes of it belong inside as well."""
    if model not in _CONFIGS:
        found = {id(part.config): part.config for part in model.modules() if hasattr(part, "config")}
        _CONFIGS[model] = tuple(found.values())
    configs = _CONFIGS[model]
    before = [config._attn_implementation_internal for config in configs]
    for config in configs:
        config._attn_implementation_internal = NAME
    try:
        yield
    finally:
        for config, name in zip(configs, before, strict=True):
            config._attn_implementation_internal = name


AttentionInterface.register(NAME, attend)
