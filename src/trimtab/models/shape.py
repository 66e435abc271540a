"""The sizes of a decoder that decide its parameters and its memory, as its config.json tells them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Shape:
    """A decoder of `layers` of width `hidden`: attention of `heads` queries and `kv_heads` keys of `head` numbers each,
    and a gated MLP of width `mlp`. `tied`: the output layer is the embedding of the `vocabulary`. `kind` is what
    transformers calls the architecture, where that is known."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head: int
    mlp: int
    vocabulary: int
    tied: bool = True
    kind: str = field(default="", compare=False)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """The shape that a config.json tells; None where it is of another kind, or has experts."""
        told = config.get("text_config") if isinstance(config.get("text_config"), Mapping) else config
        assert told is not None
        names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size")
        sizes = [told.get(name) for name in names]
        if any(not isinstance(size, int) or size < 1 for size in sizes) or any("experts" in name for name in told):
            return None
        hidden, layers, heads, mlp, vocabulary = (int(size or 0) for size in sizes)
        return cls(
            hidden=hidden,
            layers=layers,
            heads=heads,
            kv_heads=int(told.get("num_key_value_heads") or heads),
            head=int(told.get("head_dim") or hidden // heads),
            mlp=mlp,
            vocabulary=vocabulary,
            tied=bool(told.get("tie_word_embeddings", config.get("tie_word_embeddings", _tied(told)))),
            kind=str(told.get("model_type") or ""),
        )

    @property
    def linear(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of each linear map in a layer: queries, keys, values, output, gate, up, down."""
        queries, keys = self.heads * self.head, self.kv_heads * self.head
        return (
            (self.hidden, queries), (self.hidden, keys), (self.hidden, keys), (queries, self.hidden),
            (self.hidden, self.mlp), (self.hidden, self.mlp), (self.mlp, self.hidden),
        )  # fmt: skip

    @property
    def parameters(self) -> int:
        """All weights but biases and norms, which are less than a thousandth."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return embeddings + self.layers * sum(one * other for one, other in self.linear)


def _tied(config: Mapping[str, Any]) -> bool:
    """What transformers takes where a config.json says nothing: Gemma's classes tie, Llama's and its kin's do not."""
    return str(config.get("model_type")) in {"gemma", "gemma2", "gemma3", "gemma3_text", "gemma4", "gemma4_text"}
