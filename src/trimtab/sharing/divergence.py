"""The KL divergence of one model from another, over the whole vocabulary at each place of a forest."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from .attention import Trees, forest_attention
from .head import CHUNK_LOGITS, Head, chunk_rows, head_of
from .layout import lay_out, pack
from .limits import demand_readable
from .score import pack_tokens
from .states import hidden_states


@torch.no_grad()
def divergence(
    policy: PreTrainedModel,
    start: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    *,
    shares: bool = True,
    budget: int | None = None,
    start_in: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> list[float]:
    """KL divergence of the policy from the start model over each of the policy's answers, in nats a token.

    Over the whole vocabulary at each of an answer's tokens, then averaged: the Rao-Blackwellised estimate, which has
    less variance than the log-ratio of the token drawn (Amini, Vieira and Cotterell 2025, "Better estimation of the KL
    divergence between language models"). An empty answer diverges by 0. `shares` says whether the models can compute a
    forest (`Scorer.shares`); without it each answer is computed by itself. The start model may be the policy itself,
    run inside `start_in()`, such as an adapter switched off.
    """
    sequences = [[*prompt, *answer] for prompt, answer in zip(prompts, answers, strict=True)]
    said = [i for i, answer in enumerate(answers) if answer]
    demand_readable(policy, (sequences[i] for i in said))
    if not shares:
        alone = {i: _alone(policy, start, sequences[i], len(prompts[i]), start_in) for i in said}
        return [alone.get(i, 0.0) for i in range(len(answers))]
    found: dict[int, float] = {}
    for group in pack([len(sequences[i]) for i in said], budget or pack_tokens(policy.device)):
        some = [said[i] for i in group]
        forest = lay_out([sequences[i] for i in some], [len(prompts[i]) for i in some])
        rows = torch.from_numpy(forest.rows).to(policy.device)
        hidden = []
        for model, context in ((policy, nullcontext), (start, start_in)):
            with context(), forest_attention(model):
                hidden.append(hidden_states(model, Trees(forest, model.device))[rows])
        kl = kl_divergence(hidden[0], head_of(policy), hidden[1], head_of(start)).cpu()
        row_of = torch.from_numpy(forest.row_of)
        for i, which in zip(some, forest.predictions, strict=True):
            found[i] = float(kl[row_of[torch.from_numpy(which)]].mean())
    return [found.get(i, 0.0) for i in range(len(answers))]


def _alone(
    policy: PreTrainedModel,
    start: PreTrainedModel,
    sequence: list[int],
    begins: int,
    start_in: Callable[[], AbstractContextManager[Any]],
) -> float:
    """The same by a plain pass of each model."""
    ids = torch.tensor([sequence], device=policy.device)
    found = []
    for model, context in ((policy, nullcontext), (start, start_in)):
        with context():
            logits = model(input_ids=ids, use_cache=False).logits[0, begins - 1 : -1].float()
        found.append(torch.log_softmax(logits, -1))
    ours, theirs = found
    return float((ours.exp() * (ours - theirs)).sum(-1).mean())


def kl_divergence(of: Tensor, of_head: Head, from_: Tensor, from_head: Head) -> Tensor:
    """KL(p, q) of each row in nats, shape (R,), from the last hidden states of two models, each (R, d).

    p is the distribution that `of` gives through its head, q that of `from_`. It can be differentiated in `from_`
    alone: the gradient in its logits is q - p. Memory is bounded by CHUNK_LOGITS, not by R times the vocabulary.
    """
    found: Tensor = _Divergence.apply(from_, of.detach(), of_head, from_head)  # type: ignore[no-untyped-call]
    return found


class _Divergence(torch.autograd.Function):
    """Forward in chunks of rows; what the backward pass needs is made while a chunk's logits are at hand."""

    @staticmethod
    def forward(ctx: Any, from_: Tensor, of: Tensor, of_head: Head, from_head: Head) -> Tensor:
        kind = from_.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else from_.dtype
        slopes = torch.empty_like(from_, dtype=torch.float32) if ctx.needs_input_grad[0] else None
        size = chunk_rows(from_head.weight.shape[0], from_.device, CHUNK_LOGITS)
        found = []
        with torch.autocast(kind, enabled=False):
            for rows in (slice(first, first + size) for first in range(0, len(from_), size)):
                p = torch.log_softmax(of_head.logits(of[rows], dtype), -1)
                logits = from_head.logits(from_[rows], dtype)
                q = torch.log_softmax(logits, -1)
                weights = p.exp()
                found.append(torch.linalg.vecdot(weights, p - q))
                if slopes is not None:
                    gradient = from_head.back(q.exp_().sub_(weights), logits)
                    slopes[rows] = (gradient.to(dtype) @ from_head.weight.to(dtype)).float()
        ctx.save_for_backward(slopes)
        ctx.dtype = from_.dtype
        return torch.cat(found) if found else from_.new_zeros(0, dtype=torch.float32)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (slopes,) = ctx.saved_tensors
        return (slopes * grads[0].float()[:, None]).to(ctx.dtype), None, None, None
