"""A frozen matrix in the order in which the library multiplies.

oneDNN reorders a weight in every product; made once, in both directions, products of a few hundred rows take 7 % less
time in bf16 and 11 to 24 % less in fp32 (docs/sharing.md). It costs a copy for each direction.
"""

import torch
from torch import Tensor
from torch.nn import functional

PACKED_BYTES = 2**30
"""What a model's packed copies may take in memory; the layers of a larger model are multiplied as they are."""
_ROWS = 512
"""Rows of the products that the order is made for; others are right as well."""
_PRECISIONS = (torch.float32, torch.bfloat16)


class Frozen:
    """A matrix W, (out, in), with a bias or None, that is not trained; `packs` allows for the copies."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, packs: bool) -> None:
        self.size, self._width = weight.shape
        self._packs = packs and weight.device.type == "cpu" and weight.dtype in _PRECISIONS and _known()
        self._weight: Tensor | None = weight.detach()
        self._bias = None if bias is None else bias.detach()
        self._forth: Tensor | None = None
        self._back: Tensor | None = None

    def forth(self, inputs: Tensor) -> Tensor:
        """x W^T + b of rows x, (N, in)."""
        if not self._packs:
            assert self._weight is not None
            return functional.linear(inputs, self._weight, self._bias)
        if not len(inputs):
            return inputs.new_empty(0, self.size)
        if self._forth is None:
            assert self._weight is not None
            self._forth = _packed(self._weight)
            self._forget()
        return _product(inputs, self._forth, self._bias)

    def back(self, above: Tensor) -> Tensor:
        """g W of rows g, (N, out)."""
        if not self._packs:
            assert self._weight is not None
            return above @ self._weight
        if not len(above):
            return above.new_empty(0, self._width)
        if self._back is None:
            assert self._weight is not None
            self._back = _packed(self._weight.t())
            self._forget()
        return _product(above, self._back, None)

    def _forget(self) -> None:
        """Lets go of the matrix as it was, once there is a copy for each direction."""
        if self._forth is not None and self._back is not None:
            self._weight = None


def _known() -> bool:
    """Whether PyTorch has what is needed; it is not among what it promises."""
    found = torch.ops.mkldnn
    return torch.backends.mkldnn.is_available() and all(
        hasattr(found, name) for name in ("_reorder_linear_weight", "_linear_pointwise")
    )


def _packed(weight: Tensor) -> Tensor:
    with torch.inference_mode(False), torch.no_grad():
        found: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), _ROWS)
    return found


def _product(rows: Tensor, packed: Tensor, bias: Tensor | None) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise(rows.contiguous(), packed, bias, "none", [], "")
    return found
