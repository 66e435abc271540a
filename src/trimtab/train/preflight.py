"""The checks of the minute before training: each would have caught a fault that costs others their runs.

The first batch goes through the trainer's own path. Its loss must be what the method's formula gives where policy and
reference agree (ln 2 of DPO), and the reference must give the log-probabilities of the model started from, computed by
a plain forward pass.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from ..errors import UserError
from ..models import assistants, render
from ..records import Comparison, Completion, PreflightCheck, PreflightName

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from ..sharing import Share

LOSS_TOLERANCE = {"fp32": 1e-4, "bf16": 1e-2}
"""How far the first loss may lie from ln 2: rounding of a sum over a hundred tokens, times beta."""
LOGP_TOLERANCE = {"fp32": 1e-4, "bf16": 3e-2}
"""How far the mean log-probability a token of an answer of LOGP_TOKENS may lie from the plain forward pass's."""
LOGP_TOKENS = 32
"""Tokens round independently of each other: a shorter answer's mean may lie further off, by the root of its share."""


PREFLIGHT_ROWS = 4
"""Comparisons that the preflight looks at."""
CARD_ROWS = 2
"""Comparisons whose loss and gradients are computed both ways; the plain way is the slow one."""

APART = "in few operations a step lies apart from TRL's"
"""Why layers are computed as they are, where the card found that."""
CARD_TOLERANCE = {"fp32": 1e-4, "bf16": 3e-2}
"""How far the fast path's loss and log-probabilities a token may lie from the plain path's."""
CARD_GRADIENT_TOLERANCE = {"fp32": 1e-4, "bf16": 0.15}
"""How far its gradient may lie, relative to the norm. In bf16 the plain path's own gradient is rounded this much: on
smollm2-135m TRL's lies 0.057 of its norm from the one in fp32, the fast path's 0.057, and 0.055 from each other; a
wrong mask moves it by 1.7."""


@torch.no_grad()
def answer_logps(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    answers: Iterable[tuple[Completion, Completion]],
    ends: frozenset[int],
) -> list["Tensor"]:
    """Log-probability of each token that an assistant says in each answer, given all before it, in nats; `answers` are
    prompts and answers, `ends` the tokens that close a turn.

    One answer at a time, without padding, rendered by the chat template alone: a path of its own, to hold the
    trainer's against. Call it before the trainer wraps the model.
    """
    found = []
    for asked, said in answers:
        ids = render(tokenizer, (*asked, *said), generation=False)
        before = len(render(tokenizer, asked, generation=True))
        own = torch.tensor(assistants(tokenizer, asked, said, ids, before, ends), device=model.device)
        tokens = torch.tensor([ids], device=model.device)
        logps = torch.log_softmax(model(input_ids=tokens, use_cache=False).logits[0, :-1].float(), -1)
        found.append(logps.gather(-1, tokens[0, 1:, None]).squeeze(-1)[own[1:]])
    return found


def start_logps(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    comparisons: Sequence[Comparison],
    ends: frozenset[int],
) -> "Tensor":
    """`answer_logps` summed over each answer, shape (2 x comparisons,): chosen, then rejected."""
    return torch.stack([logps.sum() for logps in answer_logps(model, tokenizer, sides(comparisons), ends)])


def sides(comparisons: Sequence[Comparison]) -> list[tuple[Completion, Completion]]:
    """Prompts with their answers in the order of TRL's batches: all chosen ones, then all rejected."""
    chosen = [(item.prompt, item.chosen) for item in comparisons]
    return chosen + [(item.prompt, item.rejected) for item in comparisons]


@torch.no_grad()
def preflight(
    trainer: Any,
    batch: Mapping[str, "Tensor"],
    plain: "Tensor",
    tokenizer: "PreTrainedTokenizerBase",
    ends: frozenset[int],
    precision: str,
) -> list[PreflightCheck]:
    """Runs every check on DPO's first batch; `plain` is `start_logps` of the same comparisons."""
    mask = batch["completion_mask"].bool()
    kept = trainer.loss_types, trainer.loss_weights
    trainer.loss_types, trainer.loss_weights = ["sigmoid"], [1.0]  # an added SFT term is no part of ln 2
    try:
        loss = first_loss(trainer, batch)
    finally:
        trainer.loss_types, trainer.loss_weights = kept
    found = torch.cat(trainer.compute_ref_log_probs(trainer.model, dict(batch)))
    return [
        begins_once(batch, tokenizer),
        end_is_trained(batch["input_ids"], mask, ends),
        loss_is(PreflightName.LN_2, loss, math.log(2), "ln 2", LOSS_TOLERANCE[precision]),
        reference_is_start(found, plain, mask, precision),
    ]


def demand(checks: Sequence[PreflightCheck]) -> None:
    """Raises UserError with what failed, so that no hour is spent on a run that cannot be right."""
    failed = [check for check in checks if check.required and not check.passed]
    if failed:
        raise UserError(
            "The preflight before training failed.",
            " ".join(f"{check.name}: {check.summary}" for check in failed),
            "Nothing was trained. Check the chat template, the tokenizer's special tokens and the adapter's settings.",
        )


def begins_once(batch: Mapping[str, "Tensor"], tokenizer: "PreTrainedTokenizerBase") -> PreflightCheck:
    """No row begins with two beginning-of-text tokens: the tokenizer's and the chat template's."""
    bos = tokenizer.bos_token_id
    twice = 0
    for row, attention in zip(batch["input_ids"].tolist(), batch["attention_mask"].tolist(), strict=True):
        real = [token for token, seen in zip(row, attention, strict=True) if seen]
        twice += bos is not None and real[:2] == [bos, bos]
    says = f"{twice} of {len(batch['input_ids'])} rows begin with it twice" if twice else "no row begins with it twice"
    return PreflightCheck(name=PreflightName.BEGINS_ONCE, passed=twice == 0, summary=says + ".")


def end_is_trained(ids: "Tensor", mask: "Tensor", ends: frozenset[int]) -> PreflightCheck:
    """Every answer has an end-of-turn token in the part that is trained (`mask`), or it would never learn to stop."""
    trained = torch.isin(ids, torch.tensor(sorted(ends), device=ids.device)) & mask
    without = int((~trained.any(1)).sum())
    return PreflightCheck(
        name=PreflightName.END_TRAINED,
        passed=without == 0,
        summary="every answer's end-of-turn token is part of the loss."
        if without == 0
        else f"{without} of {len(ids)} answers have no end-of-turn token in the loss.",
    )


@torch.no_grad()
def first_loss(trainer: Any, batch: Mapping[str, "Tensor"]) -> float:
    """The trainer's own loss of a batch before the first step, without dropout; leaves no trace in its metrics."""
    training = trainer.model.training
    trainer.model.eval()
    try:
        with trainer.compute_loss_context_manager():
            return float(trainer.compute_loss(trainer.model, dict(batch)))
    finally:
        trainer.model.train(training)
        forget(trainer)


def loss_is(name: str, loss: float, wanted: float, what: str, tolerance: float) -> PreflightCheck:
    """The first loss against what it must be."""
    return PreflightCheck(
        name=name,
        passed=abs(loss - wanted) <= tolerance,
        summary=f"it is {loss:.6f}, and {what} is {wanted:.6f} (tolerance {tolerance:g}).",
    )


def reference_is_start(found: "Tensor", plain: "Tensor", mask: "Tensor", precision: str) -> PreflightCheck:
    """The reference's summed log-probabilities, shape (rows,), against the start model's by plain passes."""
    return answers_agree(PreflightName.REFERENCE, found.float() - plain, mask[:, 1:].sum(-1), precision)


def answers_agree(name: str, apart: "Tensor", tokens: "Tensor", precision: str) -> PreflightCheck:
    """Answers' summed log-probabilities, `apart` nats from the start model's, and their `tokens`; both (rows,)."""
    tokens = tokens.clamp(min=1)
    each = apart.abs() / tokens
    allowed = LOGP_TOLERANCE[precision] * (LOGP_TOKENS / tokens).clamp(min=1).sqrt()
    worst = int((each / allowed).nan_to_num(nan=math.inf).argmax())
    off, tolerance = float(each[worst]), float(allowed[worst])
    return PreflightCheck(
        name=name,
        passed=math.isfinite(off) and off <= tolerance,
        summary=f"log-probabilities a token differ from the start model's by at most {off:.1e} "
        f"(tolerance {tolerance:.1e} for an answer of {int(tokens[worst])} tokens).",
    )


def sharing_card(trainer: Any, batch: Mapping[str, "Tensor"], precision: str) -> PreflightCheck:
    """Loss, log-probabilities and gradients of one batch by the fast path against TRL's own, with the run's own loss.

    The reference's log-probabilities stand for the policy's: at the start they are the same, and they are summed over
    an answer. Changes nothing: gradients and metrics are cleared.
    """
    from ..sharing import lay_out
    from .prefix_sharing import rows_of

    answers = batch["completion_mask"][:, 1:].sum(-1).clamp(min=1)
    found = []
    training = trainer.model.training
    trainer.model.eval()  # no dropout: both ways compute the same function
    try:
        for trainer.shares in (True, False):
            chosen, rejected = trainer.compute_ref_log_probs(trainer.model, dict(batch))
            with trainer.compute_loss_context_manager():
                loss = trainer.compute_loss(trainer.model, dict(batch))
            loss.backward()
            gradients = [p.grad.clone() for p in trainer.model.parameters() if p.grad is not None]
            found.append((float(loss.detach()), torch.cat([chosen, rejected]).float() / answers, gradients))
            trainer.model.zero_grad()
    finally:
        trainer.model.train(training)
        forget(trainer)
    (fast_loss, fast_logps, fast_grads), (loss, logps, grads) = found
    off_loss, off_logps = abs(fast_loss - loss), float((fast_logps - logps).abs().max())
    norm = float(torch.stack([g.norm() for g in grads]).norm())
    off_grads = float(torch.stack([(a - b).norm() for a, b in zip(fast_grads, grads, strict=True)]).norm()) / norm
    rows = rows_of(**{key: batch[key] for key in ("input_ids", "attention_mask")}, labels=_labels(batch))
    tolerance, gradient_tolerance = CARD_TOLERANCE[precision], CARD_GRADIENT_TOLERANCE[precision]
    return PreflightCheck(
        name=PreflightName.SHARING_EQUAL,
        passed=max(off_loss, off_logps) <= tolerance and off_grads <= gradient_tolerance,
        summary=f"loss apart by {off_loss:.1e}, log-probabilities by {off_logps:.1e} nats a token (tolerance "
        f"{tolerance:g}), gradients by {off_grads:.1e} of their norm (tolerance {gradient_tolerance:g}); "
        f"{len(lay_out(rows.sequences, rows.starts))} tokens computed instead of {batch['input_ids'].numel()}.",
        required=False,
    )


def path_taken(
    trainer: Any, share: "Share", obstacle: str | None, batch: Mapping[str, "Tensor"], *, alone: bool = True
) -> PreflightCheck:
    """Which path training takes, and why; `obstacle` keeps it from forests, `batch` is a first one.

    `alone` is false where all batches must take one path. It passes where the setting is followed.
    """
    from ..sharing import how, parameters_of, unwrapped, when
    from .prefix_sharing import seen_of

    if obstacle is None and not trainer.shares:
        obstacle = "the fast one lies apart from it (above)"
    if obstacle is not None:
        says = f"the plain one: {obstacle}."
    else:
        alone = alone and trainer.accelerator.num_processes == 1
        device = trainer.accelerator.device
        says = f"{when(share, parameters_of(trainer.model), seen_of(batch), device, alone=alone)}; "
        says += f"{how(unwrapped(trainer.accelerator.unwrap_model(trainer.model)))}."
    return PreflightCheck(name=PreflightName.PATH, passed=obstacle is None or not share, summary=says, required=False)


def _labels(batch: Mapping[str, "Tensor"]) -> "Tensor":
    return batch["input_ids"].masked_fill(batch["completion_mask"] == 0, -100)


def forget(trainer: Any) -> None:
    """Clears what a check left in the trainer's metrics."""
    trainer._metrics["train"].clear()
    trainer._metrics["eval"].clear()
    trainer._total_train_tokens = 0
