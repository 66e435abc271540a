"""Supervised fine-tuning with a LoRA adapter on TRL's SFTTrainer and PEFT: the loss is on the answers alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..models import LoadedModel, end_ids
from ..records import Demonstration, PreflightCheck, Prompt, TrainingSummary
from ..spec import TrainingSpec
from .common import OnStep, Prepared, Say, arguments, first_batch, make_trainer, plain, tell, train
from .launch.ranks import before_sharding
from .preflight import LOGP_TOLERANCE, PREFLIGHT_ROWS, answer_logps, begins_once, end_is_trained, first_loss, loss_is


def prepare_sft(
    start: LoadedModel,
    demonstrations: Sequence[Demonstration],
    settings: TrainingSpec,
    *,
    seed: int,
    checkpoints: Path,
    base_name: str | None = None,
    say: Say = lambda text: None,
) -> Prepared:
    """Builds the trainer and runs the preflight on its first demonstrations; each check is told through `say`.

    `start.model` is changed (its layers are wrapped). Raises UserError where the adapter's target modules are not in
    the model.
    """
    first = demonstrations[:PREFLIGHT_ROWS]
    held = answer_logps(start.model, start.tokenizer, [(item.prompt, item.completion) for item in first])
    ends = end_ids(start.model, start.tokenizer)
    if base_name is not None:
        start.model.config._name_or_path = base_name
    trainer = _trainer(start, demonstrations, settings, seed, checkpoints)
    batch = first_batch(trainer, len(first))
    mask = batch["labels"] != -100
    mean = -float(torch.cat(held).mean())
    with before_sharding():
        loss = first_loss(trainer, batch)
    checks = [
        begins_once(batch, start.tokenizer),
        _answers_only(mask, [len(logps) for logps in held]),
        end_is_trained(batch["input_ids"], mask, ends),
        loss_is("first loss is the plain one", loss, mean, "the plain mean", LOGP_TOLERANCE[start.precision]),
    ]
    tell(checks, say)
    return Prepared(trainer, tuple(checks))


def train_sft(
    start: LoadedModel,
    demonstrations: Sequence[Demonstration],
    settings: TrainingSpec,
    *,
    seed: int,
    work: Path,
    adapter: Path,
    probe_prompts: Sequence[Prompt] = (),
    base_name: str | None = None,
    on_step: OnStep = lambda step, of, loss: None,
    say: Say = lambda text: None,
) -> TrainingSummary:
    """Trains a LoRA adapter on demonstrations that `plan` kept and writes it to `adapter`; resumes as `train_dpo`."""
    prepared = prepare_sft(
        start, demonstrations, settings, seed=seed, checkpoints=work / "checkpoints", base_name=base_name, say=say
    )
    return train(
        prepared,
        start,
        settings,
        {"method": "sft", "demonstrations": len(demonstrations)},
        work=work,
        adapter=adapter,
        probe_prompts=probe_prompts,
        on_step=on_step,
        say=say,
    )


def _trainer(
    start: LoadedModel, demonstrations: Sequence[Demonstration], settings: TrainingSpec, seed: int, checkpoints: Path
) -> Any:
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(**arguments(start, settings, seed, checkpoints), completion_only_loss=True)
    rows = [{"prompt": plain(item.prompt), "completion": plain(item.completion)} for item in demonstrations]
    return make_trainer(SFTTrainer, start, config, rows, settings)


def _answers_only(mask: torch.Tensor, lengths: Sequence[int]) -> PreflightCheck:
    """The trained tokens of each row are as many as its answer has: no token of a prompt is in the loss."""
    apart = sum(found != wanted for found, wanted in zip(mask.sum(1).tolist(), lengths, strict=True))
    return PreflightCheck(
        name="the loss is on answers only",
        passed=apart == 0,
        summary=f"{len(lengths) - apart} of {len(lengths)} rows train exactly the tokens of the answer.",
    )
