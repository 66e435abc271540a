"""Log-probabilities from hidden states: the vocabulary projection only at the rows that predict, a chunk at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from .packed import Frozen

CHUNK_LOGITS = 2**24
"""Logits held at once: 64 MiB in float32, whatever the vocabulary and the number of rows."""
LINE_LOGITS = 2**19
"""Logits that are read and written again and again before the next ones: on a CPU they stay in its cache."""
DETAILS = ("entropy", "mean_logits", "log_sum_squares", "top")
"""What can be told of a prediction beside its log-probability; each costs a pass over all logits."""
ON_CUDA = 4
"""Times as many on a GPU, where each operation of a chunk costs a launch."""


@dataclass(frozen=True)
class Head:
    """The last layer of a causal model: logits = cap(scale * (weight @ hidden + bias)).

    `frozen`, if given, is weight and bias in the precision computed in.
    """

    weight: Tensor
    bias: Tensor | None
    scale: float = 1.0
    softcap: float | None = None
    frozen: Frozen | None = None

    def logits(self, hidden: Tensor, dtype: torch.dtype) -> Tensor:
        """Logits of rows, shape (rows, vocabulary), in float32, computed in `dtype`."""
        return self.bent(self.raw(hidden, dtype))

    def raw(self, hidden: Tensor, dtype: torch.dtype) -> Tensor:
        """The projection's own output, (rows, vocabulary), in `dtype`."""
        if self.frozen is not None:
            return self.frozen.forth(hidden.to(dtype))
        bias = None if self.bias is None else self.bias.to(dtype)
        return functional.linear(hidden.to(dtype), self.weight.to(dtype), bias)

    def through(self, gradient: Tensor) -> Tensor:
        """From the gradient in the projection's own output to the one in the hidden states, in float32."""
        return (gradient @ self.weight if self.frozen is None else self.frozen.back(gradient)).float()

    def bent(self, raw: Tensor) -> Tensor:
        """Logits in float32 of the projection's output, which may be the same memory."""
        wide = raw.float()
        if self.scale != 1.0:
            wide = wide * self.scale
        return wide if self.softcap is None else torch.tanh(wide / self.softcap) * self.softcap

    def back(self, gradient: Tensor, logits: Tensor) -> Tensor:
        """From the gradient in the logits to the one in the projection's own output, before scale and cap."""
        if self.softcap is not None:
            gradient = gradient * (1 - (logits / self.softcap) ** 2)
        return gradient * self.scale if self.scale != 1.0 else gradient


@dataclass(frozen=True)
class Predicted:
    """What is known of each prediction of a forest, each of shape (P,), in float32.

    Only `logps` can be differentiated; `entropy` (nats), `mean_logits`, `log_sum_squares` (log of the sum of squared
    probabilities) are of the distribution that the target is predicted by, `top` is whether the target is its mode;
    None where no details were asked for. `states`, (P, d), are the hidden states predicted from, differentiable too.
    """

    logps: Tensor
    entropy: Tensor | None = None
    mean_logits: Tensor | None = None
    log_sum_squares: Tensor | None = None
    top: Tensor | None = None
    states: Tensor | None = None


def head_of(model: PreTrainedModel) -> Head:
    """The model's head. Raises ValueError where it is not a plain linear layer."""
    layer = model.get_output_embeddings()
    if type(layer) is not torch.nn.Linear:
        raise ValueError(f"its output layer is a {type(layer).__name__}, not a plain linear layer")
    config = model.config.get_text_config()
    factors = [_number(config, name) for name in ("logit_scale", "output_multiplier", "lm_head_multiplier")]
    scale = next((factor for factor in factors if factor is not None), 1.0)
    divisor = _number(config, "logits_scaling")  # Granite divides by it
    return Head(layer.weight, layer.bias, scale / (divisor or 1.0), _number(config, "final_logit_softcapping"))


def predict(
    head: Head,
    hidden: Tensor,
    row_of: Tensor,
    targets: Tensor,
    starts: list[int],
    *,
    details: Collection[str] = (),
) -> Predicted:
    """The predictions of rows' hidden states.

    `hidden` is (R, d); `row_of` and `targets` are (P,), ordered by row; `starts`, R + 1 long, is where each row's
    predictions begin in them; `details` are those of DETAILS that are wanted. Memory is bounded by CHUNK_LOGITS, not by
    R times the vocabulary.
    """
    parts = _Predict.apply(  # type: ignore[no-untyped-call]
        hidden, head.weight, head.bias, head, row_of, targets, starts, details
    )
    return Predicted(*parts)


def computed_in(hidden: Tensor) -> torch.dtype:
    """The precision of products with these states: autocast's, where it is on, or their own."""
    kind = hidden.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype


def chunk_rows(vocabulary: int, device: torch.device, logits: int) -> int:
    """Rows of a chunk of so many `logits` on a CPU."""
    return max(1, logits * (ON_CUDA if device.type == "cuda" else 1) // vocabulary)


def _number(config: Any, name: str) -> float | None:
    value = getattr(config, name, None)
    return None if value is None else float(value)


class _Predict(torch.autograd.Function):
    """Forward and backward in chunks of rows.

    The gradient of log p(target) in a row's hidden state, W[target] - sum_v p(v) W[v] (times the cap's slope), does not
    depend on what comes from above. Where the head is frozen, as with LoRA, it is made while the chunk's logits are at
    hand, and the backward pass only scales it; where the head is trained, the logits are computed again.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        head: Head,
        row_of: Tensor,
        targets: Tensor,
        starts: list[int],
        details: Collection[str],
    ) -> tuple[Tensor | None, ...]:
        kind, dtype = hidden.device.type, computed_in(hidden)
        ctx.head, ctx.dtype, ctx.starts = head, dtype, starts
        ctx.trains_head = ctx.needs_input_grad[1] or ctx.needs_input_grad[2]
        slopes = None
        if ctx.needs_input_grad[0] and not ctx.trains_head:
            slopes = hidden.new_empty(len(targets), hidden.shape[1], dtype=torch.float32)
        with torch.autocast(kind, enabled=False):
            cast = head if head.frozen is not None else Head(weight.to(dtype), bias, head.scale, head.softcap)
            parts = [
                _chunk(
                    cast,
                    hidden[rows],
                    row_of[some] - rows.start,
                    targets[some],
                    [start - some.start for start in starts[rows.start : rows.stop + 1]],
                    dtype,
                    None if slopes is None else slopes[some],
                    details,
                )
                for rows, some in _chunks(starts, weight)
            ]
        logps, *others = (None if found[0] is None else torch.cat(found) for found in zip(*parts, strict=True))
        ctx.save_for_backward(hidden, weight, bias, row_of, targets, slopes)
        ctx.mark_non_differentiable(*(found for found in others if found is not None))
        return logps, *others

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, bias, row_of, targets, slopes = ctx.saved_tensors
        upstream = grads[0].float()
        if not ctx.trains_head:
            into = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
            into.index_add_(0, row_of, slopes * upstream[:, None])
            return into.to(hidden.dtype), *[None] * 7
        head, dtype = ctx.head, ctx.dtype
        into_hidden = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
        into_weight = torch.zeros(weight.shape, dtype=torch.float32, device=weight.device)
        into_bias = None if bias is None else torch.zeros(bias.shape, dtype=torch.float32, device=weight.device)
        cast = Head(weight.to(dtype), bias, head.scale, head.softcap)
        for rows, some in _chunks(ctx.starts, weight):
            logits = cast.logits(hidden[rows], dtype)
            local = row_of[some] - rows.start
            above = torch.zeros(len(logits), dtype=torch.float32, device=logits.device)
            above.index_add_(0, local, upstream[some])
            into = torch.softmax(logits, -1).mul_(-above[:, None])
            into.index_put_((local, targets[some]), upstream[some], accumulate=True)
            into = head.back(into, logits).to(dtype)
            into_hidden[rows] = (into @ cast.weight).float()
            into_weight += (into.t() @ hidden[rows].to(dtype)).float()
            if into_bias is not None:
                into_bias += into.sum(0, dtype=torch.float32)
        return (
            into_hidden.to(hidden.dtype),
            into_weight.to(weight.dtype),
            None if into_bias is None else into_bias.to(bias.dtype),
            *[None] * 5,
        )


def _chunks(starts: list[int], weight: Tensor) -> list[tuple[slice, slice]]:
    """Slices of rows, and of their predictions; one of nothing where there are no rows."""
    size, rows = chunk_rows(weight.shape[0], weight.device, CHUNK_LOGITS), len(starts) - 1
    return [
        (slice(first, min(first + size, rows)), slice(starts[first], starts[min(first + size, rows)]))
        for first in range(0, max(1, rows), size)
    ]


def _chunk(
    head: Head,
    hidden: Tensor,
    row: Tensor,
    targets: Tensor,
    starts: list[int],
    dtype: torch.dtype,
    slopes: Tensor | None,
    details: Collection[str],
) -> tuple[Tensor | None, ...]:
    """The predictions of one chunk, some lines at a time; fills its part of `slopes`."""
    raw = head.raw(hidden, dtype)
    size = len(raw) if raw.is_cuda else LINE_LOGITS // raw.shape[1]
    found = []
    for first in range(0, max(1, len(raw)), max(1, size)):
        lines = slice(first, min(first + max(1, size), len(raw)))
        some = slice(starts[lines.start], starts[lines.stop])
        found.append(_lines(head, raw[lines], row[some] - first, targets[some], slopes is not None, details))
    *parts, bends = (None if part[0] is None else torch.cat(part) for part in zip(*found, strict=True))
    if slopes is not None:
        own = head.weight[targets].to(dtype).float()
        if bends is not None:
            own *= bends[:, None]
        torch.sub(own, head.through(raw)[row], out=slopes).mul_(head.scale)
    return tuple(parts)


def _lines(
    head: Head, raw: Tensor, row: Tensor, targets: Tensor, sloping: bool, details: Collection[str]
) -> tuple[Tensor | None, ...]:
    """What is known of the predictions of some lines of raw output, and where it is sloping and capped the cap's slope
    at each target; `raw` is used up, and if sloping becomes each logit's probability times the cap's slope."""
    logits = head.bent(raw)
    mean = top = entropy = squares = bend = None
    if "top" in details:
        peak, mode = logits.max(-1)
        top = mode[row] == targets
    else:
        peak = logits.amax(-1)
    picked = logits[row, targets]
    if "mean_logits" in details:
        mean = logits.mean(-1)[row]
    if head.softcap is not None and sloping:
        bend = 1 - (logits / head.softcap) ** 2
    shifted = logits.sub_(peak[:, None])
    weights = shifted.exp() if "entropy" in details else shifted.exp_()
    total = weights.sum(-1)
    if "entropy" in details:
        entropy = (total.log() - torch.linalg.vecdot(weights, shifted) / total)[row]
    if "log_sum_squares" in details:
        squares = (torch.linalg.vecdot(weights, weights).log() - 2 * total.log())[row]
    if sloping:
        weights.div_(total[:, None])
        raw.copy_(weights if bend is None else weights.mul_(bend))
    bends = None if bend is None else bend[row, targets]
    return picked - (peak + total.log())[row], entropy, mean, squares, top, bends
