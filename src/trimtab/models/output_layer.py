"""The output layer in slices of the vocabulary, for decoding on a CPU."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

_SLICE = 1024
"""Tokens of a slice: its weights stay in the second-level cache while all rows are multiplied by them."""


class SlicedOutput:
    """Stands in for a model's output layer, to the same logits but for rounding.

    The BLAS library multiplies a hundred rows by fifty thousand columns at two thirds of the rate that it reaches on
    slices of them, and the logits, in a buffer that is kept, cost no fresh memory at each token. The layer itself is
    left as it is: its `forward` is replaced within `in_use`, and only where it is a plain float32 layer on a CPU.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        layer = model.get_output_embeddings()
        plain = type(layer) is nn.Linear and layer.weight.device.type == "cpu" and layer.weight.dtype == torch.float32
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
            self._buffer = torch.empty(len(rows), len(weight))
        logits = self._buffer[: len(rows)]
        for first in range(0, len(weight), _SLICE):
            torch.mm(rows, weight[first : first + _SLICE].t(), out=logits[:, first : first + _SLICE])
        if bias is not None:
            logits += bias
        return logits.view(*hidden.shape[:-1], -1)
