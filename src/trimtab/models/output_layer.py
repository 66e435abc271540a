"""The output layer in slices of the vocabulary, for decoding on a CPU."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..sharing import project

_DTYPES = (torch.float32, torch.bfloat16)


class SlicedOutput:
    """Stands in for a model's output layer, to the same logits but for rounding.

    Slices (`sharing.project`) are faster, and the logits, in a buffer that is kept, cost no fresh memory at each token.
    The layer itself is left as it is: its `forward` is replaced within `in_use`, and only where it is a plain layer in
    float32 or bfloat16 on a CPU.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        layer = model.get_output_embeddings()
        plain = type(layer) is nn.Linear and layer.weight.device.type == "cpu" and layer.weight.dtype in _DTYPES
        self._layer: nn.Linear | None = layer if plain else None
        self._buffer = torch.empty(0, 0)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The logits of a pass within are overwritten by the next one."""
        if self._layer is None:
            yield
            return
        self._layer.forward = self._forward  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            del self._layer.forward

    def _forward(self, hidden: Tensor) -> Tensor:
        assert self._layer is not None
        weight, bias = self._layer.weight, self._layer.bias
        rows = hidden.reshape(-1, hidden.shape[-1])
        if len(self._buffer) < len(rows):
            self._buffer = torch.empty(len(rows), len(weight), dtype=weight.dtype)
        logits = project(rows, weight, bias, self._buffer[: len(rows)])
        return logits.view(*hidden.shape[:-1], -1)
