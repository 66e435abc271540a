"""Decoder layers of Llama's form, computed over a forest in few operations.

A layer's queries, keys and values are one product, so are its gate and up projections, their adapters with them
(`products.py`); norm, rotary positions and gate take few passes over memory (`pointwise.py`). Of the last layer only
the rows are computed that predict something. The model's own modules, parameters and adapters are what is read, and
gradients arrive where they would; nothing of the model is changed.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.activations import ACT2FN

from .attention import Trees, attend
from .blocks import attend_grouped, in_blocks
from .packed import PACKED_BYTES, Frozen, Same
from .pointwise import gated, rms_norm, rotary
from .products import Linears, trained, watched

FORMS: dict[str, Callable[[Any], int | None]] = {
    "Llama": lambda attention: None,
    "Mistral": lambda attention: getattr(attention.config, "sliding_window", None),
    "Qwen2": lambda attention: attention.sliding_window,
    "Qwen3": lambda attention: attention.sliding_window,
}
"""The known forms, by what transformers calls them, and where each keeps its sliding window."""
BELOW_BYTES = 2**26
"""Hidden states below the first trained layer that are kept: of a step's forests, for the reference to read again."""
Held = tuple[Tensor, Tensor]
"""A layer's keys and values of the tokens before a forest, each (kv heads, tokens, d)."""
_SILU = (type(ACT2FN["silu"]), nn.SiLU)


class _Read(NamedTuple):
    """What all layers need of a pass: the forest, in blocks where it attends by them, its angles, the precision."""

    trees: Trees
    blocks: Trees | None
    cos: Tensor
    sin: Tensor
    dtype: torch.dtype


class Layers:
    """The decoder layers of a model; raises ValueError where they are not of a known form."""

    def __init__(self, model: PreTrainedModel) -> None:
        if (why := _strange(model)) is not None:
            raise ValueError(why)
        self._backbone: Any = model.base_model
        self._parts = _parts(model)
        packs = _packed_bytes(model) <= PACKED_BYTES
        self._layers = [_Layer(layer, FORMS[_form(layer)], packs=packs) for layer in self._backbone.layers]
        self._head = (
            Linears([model.get_output_embeddings()], packs=packs) if model.get_output_embeddings() is not None else None
        )
        self._below = Below(self._layers, self._backbone.embed_tokens)

    def __call__(self, trees: Trees, rows: Tensor | None = None, held: Sequence[Held] = ()) -> Tensor:
        """The last hidden states of a forest's tokens, or of its `rows` alone, each (rows, d).

        `held` are each layer's keys and values of the `trees.held` tokens before the forest.
        """
        backbone, kind = self._backbone, trees.device.type
        embedded = backbone.embed_tokens(trees.tokens)
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else embedded.dtype
        cos, sin = (
            angles[0, :, : angles.shape[-1] // 2].contiguous()
            for angles in backbone.rotary_emb(embedded, position_ids=trees.positions)
        )

        read = _Read(trees, in_blocks(trees), cos, sin, dtype)

        def through(layers: Sequence[_Layer], hidden: Tensor) -> Tensor:
            kept: Sequence[Held | None] = held or [None] * len(layers)
            for layer, before in zip(layers, kept, strict=True):
                hidden = layer(hidden, read, rows if layer is self._layers[-1] else None, before)
            return hidden

        if held:
            states: Tensor = backbone.norm(through(self._layers, embedded[0]))
            return states
        below = self._below
        hidden = below(trees, dtype, lambda: through(self._layers[: below.count], embedded[0]))
        found: Tensor = backbone.norm(through(self._layers[below.count :], embedded[0] if hidden is None else hidden))
        return found

    def head(self, dtype: torch.dtype) -> Frozen | None:
        """The frozen output layer; None where it is trained."""
        return None if self._head is None or self._head.trains else self._head.frozen(dtype)

    @property
    def ready(self) -> bool:
        """Whether nothing in them is computed twice, dropped or watched at the moment."""
        return not any(layer.recomputes or layer.drops for layer in self._layers) and not any(map(watched, self._parts))

    @property
    def changed(self) -> bool:
        """Whether the model has other parts by now, as after an adapter was put on or taken off."""
        now = self._backbone.layers
        return len(self._layers) != len(now) or any(map(_Layer.changed, self._layers, now))


class Below:
    """What the lowest layers, of which nothing is trained, made of the last forests: policy and reference share it.

    `count` of them were frozen and without an adapter when this was made; the last layer is never among them.
    """

    def __init__(self, layers: "Sequence[_Layer]", embedding: nn.Module) -> None:
        adapted = [i for i, layer in enumerate(layers) if layer.adapted]
        plain = type(embedding) is nn.Embedding and not watched(embedding)
        self.count = adapted[0] if adapted and plain else 0
        self._parameters = [*embedding.parameters(), *(p for layer in layers[: self.count] for p in layer.parameters)]
        self._same = Same()
        self._kept: dict[Any, Tensor] = {}

    def __call__(self, trees: Trees, dtype: torch.dtype, make: Callable[[], Tensor]) -> Tensor | None:
        """What `make` gives for a forest, kept until there is too much of it; None where this computes nothing."""
        if not self.count or any(parameter.requires_grad for parameter in self._parameters):
            self.count = 0
            return None
        if torch.is_inference_mode_enabled():  # what is made there cannot be trained on
            return make()
        if not self._same(self._parameters):
            self._kept = {}
        forest = trees.forest
        name = forest.tokens.tobytes(), forest.ends.tobytes(), forest.depths.tobytes(), dtype
        if name not in self._kept:
            with torch.no_grad():
                made = make()
            while self._kept and sum(map(_size, self._kept.values())) + _size(made) > BELOW_BYTES:
                del self._kept[next(iter(self._kept))]
            self._kept[name] = made
        return self._kept[name]


def _packed_bytes(model: PreTrainedModel) -> int:
    """What all frozen matrices take in both directions, at most."""
    return 2 * sum(_size(parameter) for parameter in model.parameters() if parameter.ndim == 2)


def _size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


class _Layer:
    def __init__(self, layer: Any, window: Callable[[Any], int | None], *, packs: bool) -> None:
        self._layer, self._window = layer, window
        attention, mlp = layer.self_attn, layer.mlp
        self._attention = attention
        self._qkv, self._out, self._gate_up, self._down = (
            Linears([getattr(owner, name) for name in names], packs=packs)
            for owner, names in (
                (attention, ("q_proj", "k_proj", "v_proj")), (attention, ("o_proj",)),
                (mlp, ("gate_proj", "up_proj")), (mlp, ("down_proj",)),
            )
        )  # fmt: skip
        config = attention.config
        self._heads = config.num_attention_heads, config.num_key_value_heads

    def changed(self, layer: Any) -> bool:
        """Whether the model's layer, the one given by now, is another or has other parts."""
        if layer is not self._layer:
            return True
        attention, mlp = layer.self_attn, layer.mlp
        now = attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj, mlp.gate_proj, mlp.up_proj
        known = *self._qkv.layers, *self._out.layers, *self._gate_up.layers, *self._down.layers
        return any(one is not other for one, other in zip((*now, mlp.down_proj), known, strict=True))

    @property
    def adapted(self) -> bool:
        """Whether something in it is trained, or wrapped by an adapter, be it on or off."""
        known = *self._qkv.layers, *self._out.layers, *self._gate_up.layers, *self._down.layers
        return any(type(part) is not nn.Linear for part in known) or any(p.requires_grad for p in self.parameters)

    @property
    def recomputes(self) -> bool:
        return bool(getattr(self._layer, "gradient_checkpointing", False) and self._layer.training)

    @property
    def drops(self) -> bool:
        return bool(self._attention.attention_dropout and self._attention.training)

    @property
    def parameters(self) -> list[Tensor]:
        """All of the layer's."""
        return list(self._layer.parameters())

    def __call__(self, hidden: Tensor, read: "_Read", rows: Tensor | None, held: Held | None) -> Tensor:
        attention, dtype = self._attention, read.dtype
        projected = self._qkv(_normed(self._layer.input_layernorm, hidden, dtype), dtype)
        if hasattr(attention, "q_norm"):
            projected = self._heads_normed(projected, dtype)
        query, key, value = rotary(projected, read.cos, read.sin, self._heads)
        if held is not None:
            key, value = (torch.cat([b.to(p.dtype), p], 1) for b, p in zip(held, (key, value), strict=True))
        window = self._window(attention)
        if read.blocks is not None:
            seen = attend_grouped(query, key, value, read.blocks, attention.scaling, window)
        else:
            seen, _ = attend(
                attention, query[None], key[None], value[None], None,
                trimtab_trees=read.trees, scaling=attention.scaling, sliding_window=window,
            )  # fmt: skip
            seen = seen[0].flatten(1)
        if rows is not None:
            hidden, seen = hidden[rows], seen[rows]
        hidden = hidden + self._out(seen, dtype)
        normed = _normed(self._layer.post_attention_layernorm, hidden, dtype)
        return hidden + self._down(gated(self._gate_up(normed, dtype)), dtype)

    def _heads_normed(self, projected: Tensor, dtype: torch.dtype) -> Tensor:
        """The product with the head of each query and key normed, as Qwen 3 has it."""
        queries, keys = self._heads
        query, key, value = torch.split(projected.unflatten(1, (queries + 2 * keys, -1)), [queries, keys, keys], 1)
        norms = self._attention.q_norm, self._attention.k_norm
        parts = (_normed(norm, part.flatten(0, 1), dtype) for norm, part in zip(norms, (query, key), strict=True))
        return torch.cat([part.view(len(projected), -1) for part in (*parts, value.flatten(0, 1))], 1)


def _normed(norm: Any, hidden: Tensor, dtype: torch.dtype) -> Tensor:
    if trained(norm.weight):
        found: Tensor = norm(hidden)
        return found.to(dtype)
    return rms_norm(hidden, norm.weight, norm.variance_epsilon, dtype)


def _form(layer: nn.Module) -> str:
    """What transformers calls a known form of layer; an empty string for another."""
    kind = type(layer)
    name = kind.__name__.removesuffix("DecoderLayer")
    own = f"transformers.models.{name.lower()}.modeling_{name.lower()}"
    return name if name in FORMS and kind.__module__ == own else ""


def _parts(model: PreTrainedModel) -> list[nn.Module]:
    """The parts that are not called as they are, and so must do what their class says."""
    layers: Any = model.base_model.layers
    return [
        part
        for layer in layers
        for part in (layer, layer.mlp, layer.mlp.act_fn, layer.input_layernorm, layer.post_attention_layernorm,
                     layer.self_attn, *(getattr(layer.self_attn, name, None) for name in ("q_norm", "k_norm")))
        if part is not None
    ]  # fmt: skip


def _strange(model: PreTrainedModel) -> str | None:
    """Why the layers are not of a known form, in a clause; None where they are."""
    kind, layers = model.config.model_type, getattr(model.base_model, "layers", None)
    if not layers or not all(map(_form, layers)):
        return f"the layers of {kind} are of no form that is known"
    own = {f"{_form(layers[0])}{part}" for part in ("DecoderLayer", "Attention", "MLP", "RMSNorm")}
    for part in _parts(model):
        if type(part).__name__ not in own and type(part) not in _SILU:
            return f"the layers of {kind} have a {type(part).__name__}"
        if watched(part):
            return f"a {type(part).__name__} of {kind} is hooked"
    return None
