"""The checks before a reward model is trained: neither padding nor the shared prompt may change a reward."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ...records import PreflightCheck, PreflightName
from .data import TokenRanking

TOLERANCE = {"fp32": 1e-3, "bf16": 0.1}
"""How far a reward may lie from the plain one, in parts of the length of the rewards' vector: rounding alone."""


@torch.no_grad()
def plain_rewards(model: PreTrainedModel, sequences: Sequence[Sequence[int]]) -> Tensor:
    """The start model's rewards of token sequences, shape (sequences,), one at a time and without padding.

    Call it before the trainer wraps the model: a path of its own, to hold the trainer's against.
    """
    found = []
    for sequence in sequences:
        ids = torch.tensor([list(sequence)], device=model.device)
        found.append(model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits[0, 0].float())
    return torch.stack(found)


@torch.no_grad()
def preflight(trainer: Any, batch: dict[str, Tensor], plain: Tensor, precision: str) -> list[PreflightCheck]:
    """Holds the trainer's own path to `plain`: padded, and over shared prefixes where `trainer.shares`.

    `batch` is the sequences of `plain`, in their order, as the trainer collates them. A fast path that fails is given
    up: `trainer.shares` becomes false.
    """
    model, wanted = trainer.accelerator.unwrap_model(trainer.model), trainer.shares
    model.eval()

    def apart(shares: bool) -> float:
        trainer.shares = shares
        with trainer.accelerator.autocast():
            found = model(**batch, use_cache=False).logits[:, 0].float()
        return float((found - plain).norm() / plain.norm())

    tolerance = TOLERANCE[precision]
    try:
        padded = apart(False)
        checks = [_check(PreflightName.PADDING, padded, tolerance, required=True)]
        if wanted:
            shared = apart(True)
            checks.append(_check(PreflightName.SHARING, shared, tolerance, required=False))
    finally:
        trainer.shares = wanted
        model.train()
    if wanted and not checks[-1].passed:
        trainer.shares = False
    return checks


def unread_end(rankings: Sequence[TokenRanking], padding: int | None) -> str | None:
    """A note where answers end in the padding token, None elsewhere.

    transformers reads a reward at the last token that is not padding, so the end of such an answer is never read.
    """
    answers = [ids for item in rankings for ids in item.ids]
    unread = sum(ids[-1] == padding for ids in answers)
    if not unread:
        return None
    return (
        f"note: {unread} of {len(answers)} answers end in the token that pads, so their rewards are read before it: an "
        "answer that was cut there has the reward of one that ended. A tokenizer with a padding token of its own "
        "mends it"
    )


def _check(name: str, apart: float, tolerance: float, *, required: bool) -> PreflightCheck:
    says = f"the first rewards lie {apart:.2g} of their length from those computed one by one (allowed {tolerance:g})."
    return PreflightCheck(name=name, passed=apart <= tolerance, summary=says, required=required)
