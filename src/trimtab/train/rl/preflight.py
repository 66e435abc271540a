"""The checks before on-policy RL: what is sampled from, what is trained, and what KL is measured from are one model."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ...models import Decoding, LoadedModel, answer_ids
from ...records import PreflightCheck, PreflightName
from ...sharing import Share, forest_attention, leave, unwrapped
from ..goodhart.answers import Rollouts
from ..preflight import APART, CARD_GRADIENT_TOLERANCE, CARD_TOLERANCE, answers_agree, path_taken

ANSWERS = 2
"""Answers to each of the prompts that the checks look at."""
TOKENS = 24
"""Their longest."""


@dataclass(frozen=True)
class Plain:
    """Answers of the start model's, and their log-probabilities a token by plain passes, one answer at a time."""

    prompts: list[list[int]]
    answers: list[list[int]]
    logps: list[Tensor]


@torch.no_grad()
def plain_logps(start: LoadedModel, prompts: Sequence[Sequence[int]], rollouts: Rollouts) -> Plain:
    """Samples ANSWERS answers to each prompt and reads them off the model. Call it before a trainer wraps the model."""
    names = [f"preflight/{i}/{k}" for i in range(len(prompts)) for k in range(ANSWERS)]
    made = answer_ids(
        start.model,
        prompts,
        names,
        samples=ANSWERS,
        decoding=Decoding(max_new_tokens=min(TOKENS, rollouts.max_new_tokens), temperature=1.0),
        ends=rollouts.ends,
        seed=rollouts.seed,
    )
    asked = [list(prompt) for prompt in prompts for _ in range(ANSWERS)]
    answers = [answer for some in made for answer in some]
    logps = []
    for prompt, answer in zip(asked, answers, strict=True):
        ids = torch.tensor([[*prompt, *answer]], device=start.model.device)
        read = torch.log_softmax(start.model(input_ids=ids, use_cache=False).logits[0, :-1].float(), -1)
        logps.append(read.gather(-1, ids[0, 1:, None]).squeeze(-1)[len(prompt) - 1 :])
    return Plain(asked, answers, logps)


def rl_preflight(
    trainer: Any, plain: Plain, precision: str, share: Share, obstacle: str | None
) -> tuple[PreflightCheck, ...]:
    """Runs every check; takes the plain path where the fast one is apart from it. `obstacle` says why it cannot be."""
    batch = _padded(plain, trainer.processing_class.pad_token_id, trainer.model.device)
    checks = []
    if trainer.shares:
        card = _card(trainer, batch, precision)
        if not card.passed and leave(unwrapped(trainer.model), APART):
            card = _card(trainer, batch, precision)
        trainer.shares = card.passed
        checks.append(card)
    policy = _read(trainer, batch)
    with torch.no_grad(), trainer.accelerator.unwrap_model(trainer.model).disable_adapter():
        reference = _read(trainer, batch)
    tokens = torch.tensor([len(answer) for answer in plain.answers], device=policy.device)
    for name, found in ((PreflightName.POLICY, policy), (PreflightName.REFERENCE, reference)):
        apart = [(row[: len(logps)] - logps).sum() for row, logps in zip(found, plain.logps, strict=True)]
        checks.append(answers_agree(name, torch.stack(apart), tokens, precision))
    checks.append(path_taken(trainer, share and "always", obstacle, batch))  # a step of RL is never taken apart
    return tuple(checks)


def _padded(plain: Plain, padding: int, device: torch.device) -> dict[str, Tensor]:
    """The answers as TRL pads them: prompts on the left, answers on the right."""
    left, right = max(map(len, plain.prompts)), max(map(len, plain.answers))
    ids = torch.full((len(plain.answers), left + right), padding, device=device)
    seen = torch.zeros_like(ids)
    for row, (prompt, answer) in enumerate(zip(plain.prompts, plain.answers, strict=True)):
        place = slice(left - len(prompt), left + len(answer))
        ids[row, place] = torch.tensor([*prompt, *answer], device=device)
        seen[row, place] = 1
    return {"input_ids": ids, "attention_mask": seen, "mask": seen[:, left:].float()}


def _read(trainer: Any, batch: dict[str, Tensor]) -> Tensor:
    """Log-probabilities of the answers' tokens, (answers, longest answer)."""
    training = trainer.model.training
    trainer.model.eval()
    try:
        with forest_attention(unwrapped(trainer.model)) if trainer.shares else nullcontext(), torch.no_grad():
            found: Tensor = trainer.forward_packs(
                trainer.model, batch["input_ids"], batch["attention_mask"], batch["mask"].shape[1]
            )["log_probs"]
    finally:
        trainer.model.train(training)
    return found.float()


def _card(trainer: Any, batch: dict[str, Tensor], precision: str) -> PreflightCheck:
    """Log-probabilities and gradients by the fast path against TRL's own. Changes nothing."""
    found = []
    training = trainer.model.training
    trainer.model.eval()  # no dropout: both ways compute the same function
    signs = 1 - 2 * (torch.arange(len(batch["mask"]), device=batch["mask"].device) % 2)[:, None]
    try:
        for trainer.shares in (True, False):
            with forest_attention(unwrapped(trainer.model)) if trainer.shares else nullcontext():
                logps = trainer.forward_packs(
                    trainer.model, batch["input_ids"], batch["attention_mask"], batch["mask"].shape[1]
                )["log_probs"]
                (logps * batch["mask"] * signs).sum().backward()
            gradients = [p.grad.clone() for p in trainer.model.parameters() if p.grad is not None]
            found.append((logps.detach().float(), gradients))
            trainer.model.zero_grad()
    finally:
        trainer.model.train(training)
    (fast, fast_grads), (slow, grads) = found
    apart = float(((fast - slow) * batch["mask"]).sum(1).div(batch["mask"].sum(1)).abs().max())
    norm = float(torch.stack([g.norm() for g in grads]).norm())
    off = float(torch.stack([(a - b).norm() for a, b in zip(fast_grads, grads, strict=True)]).norm()) / norm
    tolerance, gradient_tolerance = CARD_TOLERANCE[precision], CARD_GRADIENT_TOLERANCE[precision]
    return PreflightCheck(
        name=PreflightName.SHARING_EQUAL,
        passed=apart <= tolerance and off <= gradient_tolerance,
        summary=f"log-probabilities apart by {apart:.1e} nats a token (tolerance {tolerance:g}), gradients by "
        f"{off:.1e} of their norm (tolerance {gradient_tolerance:g}).",
        required=False,
    )
