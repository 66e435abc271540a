"""What a model's packed copies of its weights take in memory, from its sizes alone (`lean`, `packed`)."""

from dataclasses import dataclass

from .layers import FORMS
from .lean import MOST_BYTES
from .lean_layer import LAYERS
from .packed import PACKED_BYTES


@dataclass(frozen=True)
class Sizes:
    """A model of transformers' `kind` ("" is not known, and may be any), of so many weights in its layers' `linear`
    maps, in its output layer (`head`), which may be the embedding too, and in all, of `width` bytes each."""

    kind: str
    linear: int
    head: int
    parameters: int
    width: int


def decoding_copies(sizes: Sizes) -> int:
    """Bytes of the copies that a model holds which decodes and scores on a CPU, at most."""
    return (sizes.linear + sizes.head) * sizes.width * (_is_lean(sizes) + _is_quick(sizes))


def training_copies(sizes: Sizes, share: float = 1.0) -> int:
    """Bytes of the copies of a model that is trained by an adapter on the upper `share` of its layers, at most: those
    that it decodes and scores by, as an RL policy or a probe does between the steps, and one more of what gradients go
    back through."""
    return decoding_copies(sizes) + round((sizes.linear * share + sizes.head) * sizes.width) * _is_quick(sizes)


def _is_lean(sizes: Sizes) -> bool:
    known = {name.removesuffix("DecoderLayer").casefold() for name in LAYERS}
    return sizes.kind in ("", *known) and sizes.parameters * sizes.width <= MOST_BYTES


def _is_quick(sizes: Sizes) -> bool:
    known = {name.casefold() for name in FORMS}
    return sizes.kind in ("", *known) and 2 * sizes.parameters * sizes.width <= PACKED_BYTES
