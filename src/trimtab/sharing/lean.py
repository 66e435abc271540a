"""A decoder's layers in fewer passes over memory, for reading on a CPU: nothing is learned through them.

transformers computes a layer by some forty operations, and on a CPU half of their time is no arithmetic: a product
packs its weights anew each time, and each elementwise step reads and writes all rows again. Here weights are packed
once, as oneDNN multiplies them; queries, keys and values are one product; SiLU, the gate and what is added are done
while a product's results are at hand. Only rounding differs. Attention, cache and masks are the model's own.

LoRA adapters, as of a policy that samples between its steps, are one thin product more beside each of them.

The layers themselves stay as they are: their `forward` is replaced while a `Lean` is in use. Where it is not known to
say the same they are used: other architectures, adapters and devices, hooks, autocast, gradients, and weights of more
than `MOST_BYTES`, of which a second copy would be dear.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from .packed import Same, can_pack, packed, product
from .products import adapters_of, base_of, side_by_side
from .states import quick, quicken_once

MOST_BYTES = 2**30
"""Weights, at most, of which a packed copy is held."""
TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 0.1}
"""By how much log-probabilities may differ from those by the model's own layers, in the mean over a short text (nats).
In bf16 both round: on smollm2-135m both ways lie 0.065 nats a token off float32's, and 0.08 from each other."""
LAYERS = {"LlamaDecoderLayer", "MistralDecoderLayer", "Qwen2DecoderLayer"}
"""transformers' classes whose layer is the one that is written down here."""
MERGED_HEADS = 4
"""Key heads, at most, that go as one in the attention of a single token."""
_ROWS = 256
"""Rows that weights are packed for."""
_PROBED = 24
"""Tokens of the text that is read both ways."""
VERSION = "1"
"""Of how packed layers round, for the fingerprint."""


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


class _Layer:
    """The forward pass of one decoder layer: attention by rotary positions, then an MLP with a gate of SiLU."""

    def __init__(self, layer: Any) -> None:
        own = layer.self_attn
        self.own, self.layer = own, layer
        self.products = tuple(map(Product, _linears(layer)))
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
        if shape[-1] == 1 and own.config._attn_implementation == "sdpa" and key.shape[1] <= MERGED_HEADS:
            found = _of_one(query, key, value, attention_mask, own.scaling)
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


def described_layers(model: PreTrainedModel) -> dict[str, str]:
    """What of it belongs to a fingerprint: that what is decoded, or scored, is so by packed layers."""
    quicken_once(model)
    with torch.no_grad():
        parts = {"decoding": lean_of(model) is not None, "forests": quick(model) is not None}
    told = ", ".join(name for name, is_so in parts.items() if is_so)
    return {"layers": f"packed {VERSION} for {told}"} if told else {}


class Lean:
    """A model's layers and output layer, packed."""

    def __init__(self, model: PreTrainedModel) -> None:
        # of the model's parts, and not of the model: it is let go of with the model
        self._parts: list[tuple[Any, Any]] = [(layer, _Layer(layer)) for layer in _decoder_layers(model)]
        self._products = [made for _, layer in self._parts for made in layer.products]
        head = model.get_output_embeddings()
        if type(head) is nn.Linear and base_of(head) is not None:
            self._products.append(Product([head]))
            self._parts.append((head, self._products[-1]))
        self._copied = [own for made in self._products for own in (*made.weights, *made.biases)]
        self._same = Same()
        self._same(self._copied)

    def holds(self, model: PreTrainedModel) -> bool:
        """Whether these are the model's layers, weights and biases as they were when this was made, or last asked."""
        now = [part for layer in _decoder_layers(model) for group in _linears(layer) for part in group]
        then = [part for _, made in self._parts if type(made) is _Layer for own in made.products for part in own.layers]
        return len(now) == len(then) and all(map(is_, now, then)) and self._same(self._copied)

    def take(self) -> bool:
        """Takes the adapters as they are now; False where they are of another kind than is known here."""
        return all(made.take() for made in self._products)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The model computes by these layers within. Nothing is learned there, and autocast is off."""
        for part, made in self._parts:
            part.forward = made
        try:
            yield
        finally:
            for part, _ in self._parts:
                del part.forward


_KNOWN: "WeakKeyDictionary[nn.Module, Lean | None]" = WeakKeyDictionary()


def lean_of(model: PreTrainedModel) -> Lean | None:
    """The model's layers packed, made once and anew where what was packed has changed, with its adapters as they are
    now; None where its own are to be used."""
    if torch.is_grad_enabled() or torch.is_autocast_enabled("cpu") or not _suits(model):
        return None
    found = _KNOWN.get(model)
    if model not in _KNOWN or (found is not None and not found.holds(model)):
        _KNOWN[model] = found = None  # the old copies go before there are new ones
        _KNOWN[model] = found = _proved(model)
    return found if found is not None and found.take() else None


@contextmanager
def in_lean(model: PreTrainedModel) -> Iterator[None]:
    """The model computes by its packed layers within, where it has them."""
    found = lean_of(model)
    with nullcontext() if found is None else found.in_use():
        yield


def _suits(model: PreTrainedModel) -> bool:
    """Whether a model is of those whose layers these are, as far as can be told without computing."""
    layers = _decoder_layers(model)
    if not layers or model.device.type != "cpu" or model.dtype not in TOLERANCE:
        return False
    if not torch.backends.mkldnn.enabled or not can_pack():
        return False
    if model.dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    return all(_is_plain(layer) for layer in layers) and _bytes_of(model) <= MOST_BYTES


def _decoder_layers(model: PreTrainedModel) -> list[Any]:
    return list(getattr(model.base_model, "layers", ()))


def _is_plain(layer: Any) -> bool:
    """Whether it is a layer of the kind, as transformers made it, that nobody listens to."""
    kind = type(layer)
    if (
        kind.__name__ not in LAYERS
        or not kind.__module__.startswith("transformers.models.")
        or "forward" in vars(layer)
    ):
        return False
    linears = _linears(layer)
    if any(adapters_of(group) is None for group in linears) or not _is_silu(layer.mlp.act_fn):
        return False
    if len({part.bias is None for part in linears[0]}) > 1:
        return False
    return not any(
        part._forward_hooks or part._forward_pre_hooks or "forward" in vars(part) for part in layer.modules()
    )


def _linears(layer: Any) -> tuple[tuple[nn.Module, ...], ...]:
    """A layer's linear parts, those of one input and one product together."""
    own, mlp = layer.self_attn, layer.mlp
    return (own.q_proj, own.k_proj, own.v_proj), (own.o_proj,), (mlp.gate_proj,), (mlp.up_proj,), (mlp.down_proj,)


def _is_silu(function: Any) -> bool:
    return isinstance(function, nn.SiLU) or type(function).__name__ == "SiLUActivation"


def _bytes_of(model: PreTrainedModel) -> int:
    return sum(weight.numel() * weight.element_size() for weight in model.parameters())


@torch.no_grad()
def _proved(model: PreTrainedModel) -> Lean | None:
    """The packed layers, if a short text of tokens drawn by a fixed seed is read alike by them and by the model's."""
    drawn = torch.randint(model.get_input_embeddings().weight.shape[0], (1, _PROBED), generator=_seeded())
    own = _said(model, drawn)
    try:
        made = Lean(model)
        made.take()
        with made.in_use():
            apart = float((_said(model, drawn) - own).abs().mean())
    except (RuntimeError, TypeError, AttributeError):
        return None
    return made if apart <= TOLERANCE[model.dtype] else None


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _said(model: PreTrainedModel, ids: Tensor) -> Tensor:
    logits: Tensor = model(input_ids=ids, use_cache=False).logits.float()
    return torch.log_softmax(logits, -1)


def _norm(hidden: Tensor, norm: Any) -> Tensor:
    """Root-mean-square normalisation (Zhang and Sennrich 2019), in float32 whatever the rows are in."""
    wide = hidden.float()
    factor = torch.rsqrt(torch.linalg.vecdot(wide, wide).div_(wide.shape[-1]).add_(norm.variance_epsilon))
    return (wide * factor.unsqueeze(-1)).to(hidden.dtype).mul_(norm.weight)


def _of_one(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float) -> Tensor:
    """Attention of one token a row, (rows, heads, 1, d), to keys and values (rows, key heads, columns, d).

    All heads of a row go as one of their widths together: a query stands where its own key head is, with zeros beside
    it. That is more arithmetic in fewer and larger products, which small ones on a CPU are far from.
    """
    rows, heads, columns, width = key.shape
    groups = query.shape[1] // heads
    wide = query.new_zeros(rows, heads, groups, heads, width)
    wide.diagonal(dim1=1, dim2=3).copy_(query.reshape(rows, heads, groups, width).permute(0, 2, 3, 1))
    keys, values = (part.transpose(1, 2).reshape(rows, 1, columns, heads * width) for part in (key, value))
    found = functional.scaled_dot_product_attention(
        wide.view(rows, 1, heads * groups, heads * width), keys, values, attn_mask=mask, scale=scaling
    )
    return found.view(rows, heads, groups, heads, width).diagonal(dim1=1, dim2=3).permute(0, 3, 1, 2)


def _rotated(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions (Su et al. 2021) of states (rows, tokens, heads, d), by cosines and sines (rows, tokens, d)."""
    half = states.shape[-1] // 2
    made = states * cos.unsqueeze(-2)
    sin = sin.unsqueeze(-2)
    made[..., :half].addcmul_(states[..., half:], sin[..., :half], value=-1)
    made[..., half:].addcmul_(states[..., :half], sin[..., half:])
    return made
