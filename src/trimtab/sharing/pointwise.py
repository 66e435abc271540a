"""What stands between a layer's products, in few passes over memory: norm, rotary positions, gate."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def rms_norm(hidden: Tensor, weight: Tensor, eps: float, dtype: torch.dtype) -> Tensor:
    """weight * x / sqrt(mean x² + eps) of each row (Zhang and Sennrich 2019, eq. 4), (N, d), given in `dtype`; the
    weight is frozen."""
    found: Tensor = _Norm.apply(hidden, weight, eps, dtype)  # type: ignore[no-untyped-call]
    return found


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, eps: float, dtype: torch.dtype) -> Tensor:
        wide = hidden.float()
        size = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
        inverse = torch.rsqrt(size.square_().div_(hidden.shape[-1]).add_(eps))
        ctx.save_for_backward(hidden, weight, inverse)
        return (wide * inverse).mul_(weight).to(dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, inverse = ctx.saved_tensors
        wide = hidden.float()
        above = grads[0] * weight.float()
        along = torch.linalg.vecdot(above, wide)[:, None].mul_(inverse.pow(3).div_(-hidden.shape[-1]))
        return above.mul_(inverse).addcmul_(wide, along).to(hidden.dtype), None, None, None


def rotary(projected: Tensor, cos: Tensor, sin: Tensor, heads: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Queries (heads, N, d), keys and values (kv heads, N, d), from a product (N, all of them times d).

    Queries and keys are turned by their positions' angles (Su et al. 2021, eq. 34; a pair is a feature and the one half
    a head away): `cos` and `sin`, (N, d / 2), are theirs. `heads` are the number of query heads and of kv heads.
    """
    found: tuple[Tensor, Tensor, Tensor] = _Rotary.apply(projected, cos, sin, heads)  # type: ignore[no-untyped-call]
    return found


class _Rotary(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, projected: Tensor, cos: Tensor, sin: Tensor, heads: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        queries, keys = heads
        rows, half = cos.shape
        ctx.save_for_backward(cos, sin)
        ctx.heads = heads
        turning = queries + keys
        split = projected.view(rows, turning + keys, 2, half)
        turned = projected.new_empty(turning, rows, 2, half)
        _turn(split[:, :turning], turned.transpose(0, 1), cos, sin)
        turned = turned.view(turning, rows, 2 * half)
        values = split[:, turning:].reshape(rows, keys, 2 * half).transpose(0, 1).contiguous()
        return turned[:queries], turned[queries:], values

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        cos, sin = ctx.saved_tensors
        queries, keys = ctx.heads
        rows, half = cos.shape
        into = grads[0].new_empty(rows, queries + 2 * keys, 2, half)
        first = 0
        for above, count in zip(grads[:2], ctx.heads, strict=True):
            _turn(above.view(count, rows, 2, half).transpose(0, 1), into[:, first : first + count], cos, -sin)
            first += count
        into[:, first:] = grads[2].view(keys, rows, 2, half).transpose(0, 1)
        return into.view(rows, -1), None, None, None


def _turn(pairs: Tensor, out: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Turns pairs, (N, heads, 2, d / 2), into `out` of that shape, computing in the angles' precision."""
    one, other = pairs.to(cos.dtype).unbind(2)
    cos, sin = cos[:, None], sin[:, None]
    out[:, :, 0] = (one * cos).addcmul_(other, sin, value=-1)
    out[:, :, 1] = (other * cos).addcmul_(one, sin)


def gated(projected: Tensor) -> Tensor:
    """silu(gate) * up of a product (N, gate and up side by side) (Shazeer 2020, "GLU variants", eq. 5), (N, half)."""
    found: Tensor = _Gated.apply(projected)  # type: ignore[no-untyped-call]
    return found


class _Gated(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, projected: Tensor) -> Tensor:
        gate, up = projected.chunk(2, -1)
        opened = functional.silu(gate)
        ctx.save_for_backward(projected, opened)
        return opened * up

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        projected, opened = ctx.saved_tensors
        gate, up = projected.chunk(2, -1)
        into = torch.empty_like(projected)
        into_gate, into_up = into.chunk(2, -1)
        torch.mul(grads[0], opened, out=into_up)
        torch.ops.aten.silu_backward.grad_input(grads[0] * up, gate, grad_input=into_gate)
        return (into,)
