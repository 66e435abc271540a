"""One decoder layer of Llama's form in few passes over memory, and its products by packed weights, for `lean`."""

import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from .packed import packed, product
from .products import adapters_of, base_of, side_by_side

LAYERS = {"LlamaDecoderLayer", "MistralDecoderLayer", "Qwen2DecoderLayer"}
"""transformers' classes whose layer is the one that is written down here."""
_ROWS = 256
"""Rows that weights are packed for."""


class Product:
    """Linear layers of one input, with their active adapters, their outputs side by side; weights in oneDNN's own
    layout, adapters as they were when they were last taken."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        self.layers = tuple(layers)
        bases = [base for base in map(base_of, layers) if base is not None]
        self.weights = [base.weight for base in bases]
        self.biases = [base.bias for base in bases if base.bias is not None]
        self._bias = torch.cat([bias.detach() for bias in self.biases]) if self.biases else None
        whole = [weight.detach() for weight in self.weights]
        self._packed = packed(whole[0] if len(whole) == 1 else torch.cat(whole), _ROWS)
        self._thin: tuple[Tensor, Tensor] | None = None

    def take(self) -> bool:
        """Takes the adapters as they are now; False where they are of another kind than is known here."""
        found = adapters_of(self.layers)
        if found is None:
            return False
        size, dtype = sum(map(len, self.weights)), self.weights[0].dtype
        self._thin = side_by_side(*found, size, dtype) if found[0] else None
        return True

    def __call__(self, x: Tensor, then: str = "none") -> Tensor:
        """The product, and `then`: "none", or "swish" for SiLU."""
        if self._thin is None:
            return product(x, self._packed, self._bias, then)
        made = self._added(product(x, self._packed, self._bias), x)
        return made if then == "none" else functional.silu(made, inplace=True)

    def with_other(self, x: Tensor, other: Tensor, how: str) -> Tensor:
        """The product and another tensor of its shape, added ("add") or multiplied ("mul")."""
        if self._thin is not None and how == "mul":
            return self(x).mul_(other)
        made: Tensor = torch.ops.mkldnn._linear_pointwise.binary(x, other, self._packed, self._bias, how)
        return self._added(made, x)

    def _added(self, made: Tensor, x: Tensor) -> Tensor:
        if self._thin is not None:
            down, up = self._thin
            inner = functional.linear(x, down)
            made.view(-1, made.shape[-1]).addmm_(inner.view(-1, inner.shape[-1]), up.t())
        return made


class Layer:
    """The forward pass of one decoder layer: attention by rotary positions, then an MLP with a gate of SiLU."""

    def __init__(self, layer: Any) -> None:
        own = layer.self_attn
        self.own, self.layer = own, layer
        self.products = tuple(map(Product, linears(layer)))
        self.qkv, self.out, self.gate, self.up, self.down = self.products
        self._heads = [len(weight) // own.head_dim for weight in self.qkv.weights]
        self._window = getattr(own, "sliding_window", getattr(own.config, "sliding_window", None))
        self._eager = getattr(sys.modules[type(own).__module__], "eager_attention_forward", None)

    def __call__(
        self,
        hidden_states: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        use_cache: bool | None = False,
        position_embeddings: tuple[Tensor, Tensor] | None = None,
        **others: Any,
    ) -> Tensor:
        assert position_embeddings is not None
        own, shape = self.own, hidden_states.shape[:-1]
        whole = self.qkv(_norm(hidden_states, self.layer.input_layernorm)).view(*shape, -1, own.head_dim)
        turned = _rotated(whole[..., : -self._heads[2], :], *position_embeddings)
        query, key = (part.transpose(1, 2) for part in turned.split(self._heads[:2], -2))
        value = whole[..., -self._heads[2] :, :].transpose(1, 2)
        if past_key_values is not None:
            key, value = past_key_values.update(key, value, own.layer_idx)
        if shape[-1] == 1 and own.config._attn_implementation == "sdpa" and hasattr(past_key_values, "whole"):
            keys, values, added = past_key_values.whole(own.layer_idx, attention_mask, key.shape[2])
            found = _of_one(query, keys, values, added, own.scaling)
        else:
            attend = ALL_ATTENTION_FUNCTIONS.get_interface(own.config._attn_implementation, self._eager)
            found, _ = attend(
                own, query, key, value, attention_mask,
                dropout=0.0, scaling=own.scaling, sliding_window=self._window, **others,
            )  # fmt: skip
        hidden = self.out.with_other(found.reshape(*shape, -1), hidden_states, "add")
        after = _norm(hidden, self.layer.post_attention_layernorm)
        inner = self.up.with_other(after, self.gate(after, "swish"), "mul")
        return self.down.with_other(inner, hidden, "add")


def is_plain(layer: Any) -> bool:
    """Whether it is a layer of the kind, as transformers made it, that nobody listens to."""
    kind = type(layer)
    if (
        kind.__name__ not in LAYERS
        or not kind.__module__.startswith("transformers.models.")
        or "forward" in vars(layer)
    ):
        return False
    groups = linears(layer)
    if any(adapters_of(group) is None for group in groups) or not _is_silu(layer.mlp.act_fn):
        return False
    if len({part.bias is None for part in groups[0]}) > 1:
        return False
    return not any(
        part._forward_hooks or part._forward_pre_hooks or "forward" in vars(part) for part in layer.modules()
    )


def linears(layer: Any) -> tuple[tuple[nn.Module, ...], ...]:
    """A layer's linear parts, those of one input and one product together."""
    own, mlp = layer.self_attn, layer.mlp
    return (own.q_proj, own.k_proj, own.v_proj), (own.o_proj,), (mlp.gate_proj,), (mlp.up_proj,), (mlp.down_proj,)


def _is_silu(function: Any) -> bool:
    return isinstance(function, nn.SiLU) or type(function).__name__ == "SiLUActivation"


def _norm(hidden: Tensor, norm: Any) -> Tensor:
    """Root-mean-square normalisation (Zhang and Sennrich 2019), in float32 whatever the rows are in."""
    wide = hidden.float()
    factor = torch.rsqrt(torch.linalg.vecdot(wide, wide).div_(wide.shape[-1]).add_(norm.variance_epsilon))
    return (wide * factor.unsqueeze(-1)).to(hidden.dtype).mul_(norm.weight)


def _of_one(query: Tensor, keys: Tensor, values: Tensor, added: Tensor, scaling: float) -> Tensor:
    """Attention of one token a row, (rows, heads, 1, d), to keys and values (rows, key heads, columns, d) without gaps
    in memory; `added` (rows or 1, 1, 1, columns) is added to the scores.

    The query heads of a key head are rows of one product; PyTorch's own kernel repeats keys and values for each.
    """
    rows, heads, _, width = query.shape
    scores = query.view(rows, keys.shape[1], -1, width).mul(scaling) @ keys.mT
    found: Tensor = torch.softmax(scores.add_(added), -1) @ values
    return found.view(rows, 1, heads, width)


def _rotated(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions (Su et al. 2021) of states (rows, tokens, heads, d), by cosines and sines (rows, tokens, d)."""
    half = states.shape[-1] // 2
    made = states * cos.unsqueeze(-2)
    sin = sin.unsqueeze(-2)
    made[..., :half].addcmul_(states[..., half:], sin[..., :half], value=-1)
    made[..., half:].addcmul_(states[..., :half], sin[..., half:])
    return made
