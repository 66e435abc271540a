"""Linear layers of one input as one product, with the LoRA adapters on them as another.

Autocast casts a frozen weight anew in every product, and PEFT reads an input once for the layer and once, cast to
another precision, for each adapter. Here frozen weights stand side by side in the precision computed in, made once, and
the adapters' small matrices are cast in every pass. The layers themselves stay as they are.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .packed import Frozen, Same


class Place(NamedTuple):
    """An adapter's outputs [first, stop) among those of a product, and its scale."""

    first: int
    stop: int
    scale: float


class Linears:
    """Linear layers that read the same input: y = [x W1^T + b1, x W2^T + b2, …], each with its active adapters.

    Where a layer is not a plain one whose weight is frozen, or read without gradients, or an adapter not a plain LoRA
    without dropout, the layers are called as they are.
    """

    def __init__(self, layers: Sequence[nn.Module], *, packs: bool = False) -> None:
        self.layers = tuple(layers)
        self._packs = packs
        self._held: dict[torch.dtype, Frozen] = {}
        self._same = Same()

    def __call__(self, inputs: Tensor, dtype: torch.dtype) -> Tensor:
        """The outputs side by side, (N, all outputs), of inputs (N, in), computed in `dtype`."""
        adapters = adapters_of(self.layers)
        if adapters is None:
            return torch.cat([layer(inputs) for layer in self.layers], -1)
        places, flat = adapters
        found: Tensor = _Adapted.apply(inputs.to(dtype), self.frozen(dtype), places, *flat)  # type: ignore[no-untyped-call]
        return found

    @property
    def trains(self) -> bool:
        """Whether anything here is trained, or not computed as one product."""
        return adapters_of(self.layers) is None or any(trained(p) for layer in self.layers for p in layer.parameters())

    def frozen(self, dtype: torch.dtype) -> Frozen:
        """The layers' own weights and biases, side by side; none of them is trained."""
        bases = [base for base in map(base_of, self.layers) if base is not None]
        biased = [base.bias for base in bases if base.bias is not None]
        if not self._same([*(base.weight for base in bases), *biased]):
            self._held = {}
        if dtype not in self._held:
            with torch.inference_mode(False), torch.no_grad():
                biases: list[Tensor] = [
                    base.weight.new_zeros(base.weight.shape[0]) if base.bias is None else base.bias for base in bases
                ]
                some = any(base.bias is not None for base in bases)
                bias = torch.cat(biases).to(dtype) if some else None
                self._held[dtype] = Frozen([base.weight.to(dtype) for base in bases], bias, packs=self._packs)
        return self._held[dtype]


def adapters_of(layers: Sequence[nn.Module]) -> tuple[list[Place], list[Tensor]] | None:
    """Each active adapter's place among the layers' outputs side by side, and its matrices A (rank, in) and B (out,
    rank) one after another; None where there is another thing to compute than products with frozen weights."""
    places: list[Place] = []
    matrices: list[Tensor] = []
    first = 0
    for layer in layers:
        base = base_of(layer)
        if base is None or any(map(trained, base.parameters())):
            return None
        stop = first + base.weight.shape[0]
        if base is not layer:
            own = _lora(layer)
            if own is None:
                return None
            for scale, pair in own:
                places.append(Place(first, stop, scale))
                matrices += pair
        first = stop
    return places, matrices


def side_by_side(
    places: Sequence[Place], matrices: Sequence[Tensor], size: int, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """The adapters as one: all A, (ranks, in), and the scaled B with zeros where one has no part, (size, ranks)."""
    downs = matrices[::2]
    down = torch.cat(list(downs)).to(dtype) if len(downs) > 1 else downs[0].to(dtype)
    up = down.new_zeros(size, len(down))
    for place, b, part in zip(places, matrices[1::2], torch.split(up, [len(a) for a in downs], 1), strict=True):
        torch.mul(b, place.scale, out=part[place.first : place.stop])
    return down, up


@cache
def _lora_kind() -> type:
    from peft.tuners.lora.layer import Linear

    kind: type = Linear
    return kind


def base_of(layer: Any) -> nn.Linear | None:
    """The plain linear layer that this is, or that an adapter wraps; None where it is something else."""
    if type(layer) is not nn.Linear:
        wrapped = getattr(layer, "base_layer", None)
        if wrapped is None or type(layer) is not _lora_kind():
            return None
        layer = wrapped
    if type(layer) is not nn.Linear or watched(layer) or type(layer.weight) is not nn.Parameter:
        return None
    found: nn.Linear = layer
    return found if found.weight.is_contiguous() and found.weight.numel() else None


def trained(parameter: Tensor) -> bool:
    """Whether a gradient is wanted of it now."""
    return parameter.requires_grad and torch.is_grad_enabled()


def watched(module: nn.Module) -> bool:
    """Whether more happens at a call than the class says."""
    return bool(module._forward_hooks or module._forward_pre_hooks or module._backward_hooks) or "forward" in vars(
        module
    )


def _biased(layer: Any) -> bool:
    return layer.bias is not None


def _lora(layer: Any) -> list[tuple[float, tuple[Tensor, Tensor]]] | None:
    """Scale, A and B of each active adapter; None where the layer does more than add them."""
    if layer.disable_adapters:
        return None if layer.merged else []
    if layer.merged or watched(layer):
        return None
    found = []
    for name in layer.active_adapters:
        if name not in layer.lora_A:
            continue
        a, b, dropout = layer.lora_A[name], layer.lora_B[name], layer.lora_dropout[name]
        plain = all(type(matrix) is nn.Linear and not _biased(matrix) for matrix in (a, b))
        drops = type(dropout) is not nn.Identity and dropout.training
        if not plain or drops or name in layer.lora_variant or watched(a) or watched(b):
            return None
        found.append((float(layer.scaling[name]), (a.weight, b.weight)))
    return found


class _Adapted(torch.autograd.Function):
    """x W^T + b + sum over adapters of scale (x A^T) B^T, with W frozen.

    The A of all adapters are one matrix, and the B another with zeros where an adapter has no part.
    """

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, frozen: Frozen, places: Sequence[Place], *matrices: Tensor) -> Tensor:
        ctx.frozen, ctx.places = frozen, places
        outputs = frozen.forth(inputs)
        if not places:
            return outputs
        down, up = side_by_side(places, matrices, frozen.size, inputs.dtype)
        inner = functional.linear(inputs, down)
        ctx.save_for_backward(inputs, down, up, inner)
        ctx.ranks, ctx.dtype = [len(a) for a in matrices[::2]], matrices[0].dtype
        return outputs.addmm_(inner, up.t())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Any, ...]:
        above = grads[0].contiguous()
        into = ctx.frozen.back(above) if ctx.needs_input_grad[0] else None
        if not ctx.places:
            return into, None, None
        inputs, down, up, inner = ctx.saved_tensors
        within = above @ up
        if into is not None:
            into.addmm_(within, down)
        downs = torch.split((within.t() @ inputs).to(ctx.dtype), ctx.ranks)
        found: list[Tensor] = []
        for place, a, part in zip(ctx.places, downs, torch.split(inner, ctx.ranks, 1), strict=True):
            b = above[:, place.first : place.stop].t() @ part
            found += [a, b.to(ctx.dtype).mul_(place.scale)]
        return into, None, None, *found
