"""Whether two ways to answers' log-probabilities lie no further apart than rounding takes them.

Tokens round independently of each other, so the mean over an answer of n tokens lies off by the root of 1 / n, and of
several answers the worst lies off by more than one does, though nothing is wrong. How much a model rounds hangs on the
text: in bf16 smollm2-135m's log-probabilities lie 0.07 nats a token off float32's on its own language, and 0.1 on what
it would never say. So in bf16 the same passes are made once more in float32, and what they differ by is room.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

TOKENS = 32
"""Tokens of an answer that tolerances are given for: a shorter one's mean may lie further off, by the root of its
share."""
WORST = {"fp32": 1.0, "bf16": 2.0}
"""How many times what the root mean square over the answers may be off the worst of them may be."""
ROOM = 2.0
"""How many times a plain pass's own rounding two ways may lie apart: each rounds as much, by itself."""


@dataclass(frozen=True)
class Answered:
    """Answers' log-probabilities a token, (tokens,) each, in the model's precision; and in float32 where that is
    another and could be told."""

    logps: "Sequence[Tensor]"
    exact: "Sequence[Tensor]" = ()

    @cached_property
    def sums(self) -> "Tensor":
        """Summed over each answer, (answers,)."""
        import torch

        return torch.stack([logps.sum() for logps in self.logps])

    @cached_property
    def rounding(self) -> float:
        """How far the sums lie off float32's, in nats a token of an answer of TOKENS, by the root mean square; 0 where
        that is not known."""
        import torch

        if not self.exact:
            return 0.0
        off = self.sums - torch.stack([logps.sum() for logps in self.exact])
        tokens = torch.tensor([len(logps) for logps in self.logps], device=off.device)
        return float((off / tokens.clamp(min=1) / _widening(tokens)).square().mean().sqrt())


@dataclass(frozen=True)
class Apart:
    """How far answers' log-probabilities lie apart, in a sentence's part, and whether that is rounding."""

    passed: bool
    told: str


def rounds(
    apart: "Tensor", tokens: "Tensor", tolerance: float, precision: str, *, rounding: float = 0.0
) -> Apart:  # fmt: skip
    """Answers' summed log-probabilities, `apart` in nats, and their `tokens`, both (answers,); `tolerance`, and the
    plain pass's own `rounding`, are in nats a token of an answer of TOKENS.

    Passes where the root mean square over the answers keeps the tolerance, or ROOM times the rounding if that is more,
    and the worst of them WORST times as much.
    """
    tolerance = max(tolerance, ROOM * rounding)
    tokens = tokens.clamp(min=1)
    each = apart.abs() / tokens
    allowed = tolerance * _widening(tokens)
    share = (each / allowed).nan_to_num(nan=math.inf)
    worst = int(share.argmax())
    mean, most = float(share.square().mean().sqrt()), float(share[worst])
    limit = float(allowed[worst]) * WORST[precision]
    return Apart(
        mean <= 1 and most <= WORST[precision],
        f"{float(each[worst]):.1e} (tolerance {limit:.1e} for an answer of {int(tokens[worst])} tokens; root mean "
        f"square {mean * tolerance:.1e}, tolerance {tolerance:.1e} for {TOKENS} tokens)",
    )


def _widening(tokens: "Tensor") -> "Tensor":
    return (TOKENS / tokens.clamp(min=1)).clamp(min=1).sqrt()


@contextmanager
def in_float32(model: "nn.Module") -> "Iterator[None]":
    """Each part of the model has its own parameters in float32 while it runs, and gets them back as they were.

    bf16 turns into float32 without loss, so this is the same model without rounding; of memory it takes one part's.
    """
    import torch

    held: dict[torch.nn.Parameter, Tensor] = {}

    def widen(part: "nn.Module", _: Any) -> None:
        for parameter in part.parameters(recurse=False):
            held[parameter] = parameter.data
            parameter.data = parameter.data.float()

    def back(part: "nn.Module", *_: Any) -> None:
        for parameter in part.parameters(recurse=False):
            if parameter in held:
                parameter.data = held.pop(parameter)

    hooks = [hook for part in model.modules() for hook in (
        part.register_forward_pre_hook(widen), part.register_forward_hook(back, always_call=True)
    )]  # fmt: skip
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for parameter, data in held.items():
            parameter.data = data
