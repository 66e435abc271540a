"""Supervised fine-tuning with a LoRA adapter on TRL's SFTTrainer and PEFT: the loss is on the answers alone."""

from collections.abc import Sequence
from typing import Any, Unpack

import torch

from ..models import LoadedModel, end_ids
from ..records import Demonstration, PreflightCheck, PreflightName, TrainingSummary
from ..spec import TrainingSpec
from .common import Given, Prepared, Preparing, arguments, batch_of, first_batch, make_trainer, preparing, ready, train
from .launch.ranks import before_sharding
from .preflight import LOGP_TOLERANCE, PREFLIGHT_ROWS, answer_logps, begins_once, end_is_trained, first_loss, loss_is
from .turns import answers_only, to_prove, tokens_of


def prepare_sft(
    start: LoadedModel, demonstrations: Sequence[Demonstration], settings: TrainingSpec, **given: Unpack[Preparing]
) -> Prepared:
    """Builds the trainer and runs the preflight on its first demonstrations; each check is told through `say`.

    `start.model` is changed (its layers are wrapped). Raises UserError where the adapter's target modules are not in
    the model.
    """
    first = demonstrations[:PREFLIGHT_ROWS]
    ends = end_ids(start.model, start.tokenizer)
    answers = [(item.prompt, item.completion) for item in first]
    held = answer_logps(start.model, start.tokenizer, answers, ends)
    trainer = _trainer(start, demonstrations, settings, given)
    batch = first_batch(trainer, len(first))
    mask = batch["labels"] != -100
    mean = -float(torch.cat(list(held.logps)).mean())
    with before_sharding():
        loss = first_loss(trainer, batch)
    checks = [
        begins_once(batch, start.tokenizer),
        _proved(start, trainer, demonstrations),
        end_is_trained(batch["input_ids"], mask, ends),
        loss_is(PreflightName.PLAIN_LOSS, loss, mean, "the plain mean", LOGP_TOLERANCE[start.precision]),
    ]
    return ready(trainer, checks, given)


def _proved(start: LoadedModel, trainer: Any, demonstrations: Sequence[Demonstration]) -> PreflightCheck:
    places = to_prove([(item.completion,) for item in demonstrations], PREFLIGHT_ROWS)
    batch = batch_of(trainer, places)
    answers = [(demonstrations[place].prompt, demonstrations[place].completion) for place in places]
    return answers_only(start.tokenizer, answers, batch["input_ids"], batch["labels"] != -100)


def train_sft(
    start: LoadedModel, demonstrations: Sequence[Demonstration], settings: TrainingSpec, **given: Unpack[Given]
) -> TrainingSummary:
    """Trains a LoRA adapter on demonstrations that `plan` kept; resumes and raises as `train_dpo`."""
    prepared = prepare_sft(start, demonstrations, settings, **preparing(given))
    return train("sft", prepared, start, demonstrations, settings, **given)


def _trainer(
    start: LoadedModel, demonstrations: Sequence[Demonstration], settings: TrainingSpec, given: Preparing
) -> Any:
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(**arguments(start, settings, given["seed"], given["checkpoints"]), completion_only_loss=True)
    ends = end_ids(start.model, start.tokenizer)
    made = [tokens_of(start.tokenizer, item.prompt, item.completion, ends) for item in demonstrations]
    rows = [{"input_ids": [*one.prompt, *one.answer], "labels": one.labels} for one in made]
    return make_trainer(SFTTrainer, start, config, rows, settings, given.get("base_name"))
