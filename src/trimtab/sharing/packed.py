"""A frozen matrix in the order in which the library multiplies, and whether it still is the matrix that was packed.

oneDNN reorders a weight in every product; made once, in both directions, products of a few hundred rows take 7 % less
time in bf16 and 11 to 24 % less in fp32 (docs/sharing.md). It costs a copy for each direction.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

PACKED_BYTES = 2**31
"""What a model's packed copies may take in memory; the layers of a larger model are multiplied as they are."""
_ROWS = 512
"""Rows of the products that the order is made for; others are right as well."""
_PRECISIONS = (torch.float32, torch.bfloat16)
_WITNESSES = 64
"""Elements of each weight that are compared with those of its copy: a merged adapter changes nearly all of them."""


class Frozen:
    """Matrices of one input side by side, [W1; W2; …] of (out, in), with a bias or None, that are not trained.

    `packs` allows for the copies; without them the matrices are multiplied one by one, as they are.
    """

    def __init__(self, weights: Sequence[Tensor], bias: Tensor | None, *, packs: bool) -> None:
        self.size, self._width = sum(map(len, weights)), weights[0].shape[1]
        self._packs = packs and all(w.device.type == "cpu" and w.dtype in _PRECISIONS for w in weights) and can_pack()
        self._weights = [weight.detach() for weight in weights]
        self._bias = None if bias is None else bias.detach()
        self._forth: Tensor | None = None
        self._back: Tensor | None = None

    def forth(self, inputs: Tensor) -> Tensor:
        """x W^T + b of rows x, (N, in)."""
        if self._packs:
            if not len(inputs):
                return inputs.new_empty(0, self.size)
            if self._forth is None:
                self._forth = packed(torch.cat(self._weights))
                self._forget()
            return product(inputs, self._forth, self._bias)
        outputs = [functional.linear(inputs, weight) for weight in self._weights]
        found = torch.cat(outputs, 1) if len(outputs) > 1 else outputs[0]
        return found if self._bias is None else found.add_(self._bias)

    def back(self, above: Tensor) -> Tensor:
        """g W of rows g, (N, out)."""
        if self._packs:
            if not len(above):
                return above.new_empty(0, self._width)
            if self._back is None:
                self._back = packed(torch.cat(self._weights).t())
                self._forget()
            return product(above, self._back, None)
        parts = torch.split(above, [len(weight) for weight in self._weights], 1)
        into = parts[0] @ self._weights[0]
        for part, weight in zip(parts[1:], self._weights[1:], strict=True):
            into.addmm_(part, weight)
        return into

    def _forget(self) -> None:
        """Lets go of the matrices as they were, once there is a copy for each direction."""
        if self._forth is not None and self._back is not None:
            self._weights = []


class Same:
    """Whether tensors are what they were at the last call: the same memory, written as often, the same elements here
    and there, for those who write past the count (PEFT merges so)."""

    def __init__(self) -> None:
        self._stood: tuple[tuple[int, int], ...] = ()
        self._views: list[Tensor] = []
        self._elements = torch.empty(0)

    def __call__(self, tensors: Sequence[Tensor]) -> bool:
        stood = tuple((tensor.data_ptr(), tensor._version) for tensor in tensors)
        if stood == self._stood and torch.equal(torch.cat(self._views), self._elements):
            return True
        self._stood, self._views = stood, [_some(tensor) for tensor in tensors]
        self._elements = torch.cat(self._views)
        return False


def _some(tensor: Tensor) -> Tensor:
    """A view of a few elements, in the tensor's own memory where that is in order."""
    flat = tensor.detach().reshape(-1)
    return flat[:: max(1, len(flat) // _WITNESSES)][:_WITNESSES]


def can_pack() -> bool:
    """Whether PyTorch has what is needed; it is not among what it promises."""
    found = torch.ops.mkldnn
    return torch.backends.mkldnn.is_available() and all(
        hasattr(found, name) for name in ("_reorder_linear_weight", "_linear_pointwise")
    )


def packed(weight: Tensor, rows: int = _ROWS) -> Tensor:
    """The matrix (out, in) in the library's own order for products of about so many rows."""
    with torch.inference_mode(False), torch.no_grad():
        found: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), rows)
    return found


def product(rows: Tensor, weight: Tensor, bias: Tensor | None, then: str = "none") -> Tensor:
    """x W^T + b of rows x by a packed matrix, and `then`: "none", or "swish" for SiLU."""
    found: Tensor = torch.ops.mkldnn._linear_pointwise(rows.contiguous(), weight, bias, then, [], "")
    return found
