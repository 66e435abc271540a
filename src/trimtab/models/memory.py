"""What a model takes in memory, from its shape: weights, what training holds of each token, and what sampling keeps.

The factors of training were fitted to 18 peaks of DPO steps in bf16, LoRA on all layers, with and without forests, of
two shapes on one H200 (the table in docs/gpu.md): they meet them within 14 %, and half of them within 2.5 %.
"""

from typing import TYPE_CHECKING

from .shape import Shape

if TYPE_CHECKING:
    from ..sharing import Sizes

GIB = 2**30
WEIGHT = {"fp32": 4, "bf16": 2}
"""Bytes a weight of a model that is only read."""
TRAINED = 16
"""Bytes a weight that Adam trains in mixed precision (Rajbhandari et al. 2020, section 3.1)."""
PER_HIDDEN, PER_MLP = 34, 7.1
"""Bytes that the backward pass needs, a token and layer, for each unit of the width and of the MLP; in bf16."""
BESIDE = 0.15
"""GiB of work space beside them."""


def weights_gib(parameters: int, precision: str = "bf16") -> float:
    """GiB of a model's weights."""
    return WEIGHT[precision] * parameters / GIB


def adapter_gib(shape: Shape, rank: int = 16) -> float:
    """GiB of a LoRA adapter on all linear maps, with its gradients and Adam's states; a head of attention apart."""
    return TRAINED * rank * shape.layers * sum(one + other for one, other in shape.linear) / GIB


def token_bytes(shape: Shape, precision: str = "bf16", share: float = 1.0) -> float:
    """Bytes that a training step holds for each token, where the upper `share` of the layers is trained."""
    return share * shape.layers * (PER_HIDDEN * shape.hidden + PER_MLP * shape.mlp) * WEIGHT[precision] / 2


def decoding_copies_gib(shape: Shape, precision: str = "bf16") -> float:
    """GiB of the packed copies of its weights that a model holds which decodes and scores on a CPU, at most."""
    from ..sharing import decoding_copies

    return decoding_copies(_sizes(shape, precision)) / GIB


def training_copies_gib(shape: Shape, precision: str = "bf16", share: float = 1.0) -> float:
    """GiB of those of a model that is trained there by an adapter on the upper `share` of its layers, at most."""
    from ..sharing import training_copies

    return training_copies(_sizes(shape, precision), share) / GIB


def _sizes(shape: Shape, precision: str) -> "Sizes":
    from ..sharing import Sizes

    linear = shape.layers * sum(one * other for one, other in shape.linear)
    return Sizes(shape.kind, linear, shape.vocabulary * shape.hidden, shape.parameters, WEIGHT[precision])


def cached_bytes(shape: Shape, precision: str = "bf16") -> int:
    """Bytes of keys and values that sampling keeps for each token."""
    return 2 * shape.layers * shape.kv_heads * shape.head * WEIGHT[precision]


def choosing_bytes(shape: Shape) -> int:
    """Bytes of each answer's choice of a token: logits and probabilities in fp32, and their sums in fp64."""
    return shape.vocabulary * (4 + 4 + 8)
