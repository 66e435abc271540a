"""DPO with a LoRA adapter on TRL's DPOTrainer and PEFT: configure, check, train, resume."""

from collections.abc import Sequence
from typing import Any, Unpack

from ..models import LoadedModel, end_ids
from ..records import Comparison, PreflightCheck, TrainingSummary
from ..sharing import leave, unwrapped, why_not, why_plain
from ..spec import TrainingSpec
from .common import (
    Given,
    Prepared,
    Preparing,
    arguments,
    batch_of,
    first_batch,
    make_trainer,
    preparing,
    ready,
    silent,
    train,
)
from .launch.ranks import before_sharding, first_before_others
from .preflight import APART, CARD_ROWS, PREFLIGHT_ROWS, answer_logps, path_taken, preflight, sharing_card, sides
from .rehearsal import prepare_rehearsal
from .soft_labels import SURE, WithSure, certain, sure_of, told_soft
from .turns import AssistantsOnly, answers_only, to_prove, tokens_of


def prepare_dpo(
    start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, **given: Unpack[Preparing]
) -> Prepared:
    """Builds the trainer and runs the preflight on its first comparisons; each check is told through `say`.

    `start.model` is changed (its layers are wrapped). Where the model cannot share prefixes, or the preflight finds
    the fast path apart from the plain one, the trainer takes the plain one. Raises UserError where the adapter's target
    modules are not in the model.
    """
    first, ends = comparisons[:PREFLIGHT_ROWS], end_ids(start.model, start.tokenizer)
    held = answer_logps(start.model, start.tokenizer, sides(first), ends)
    share = settings.share_prefixes
    obstacle = why_plain(share, lambda: why_not(start.model), start.model.device, "DPO")
    trainer = _trainer(start, comparisons, settings, given)
    trainer.shares, trainer.share = obstacle is None, share
    with before_sharding():
        batch = first_batch(trainer, len(first))
        cards = [_held_against_trl(trainer, start, comparisons, held.rounding)] if obstacle is None else []
        checks = [
            _proved(start, trainer, comparisons),
            *preflight(trainer, batch, held, start.tokenizer, ends, start.precision),
            *cards,
        ]
    checks.append(path_taken(trainer, share, obstacle, batch, alone=not settings.rehearsal_weight))
    return ready(trainer, checks, given)


def _held_against_trl(
    trainer: Any, start: LoadedModel, comparisons: Sequence[Comparison], rounding: float
) -> PreflightCheck:  # fmt: skip
    """The fast path's card, with room for a plain pass's own `rounding`. What lies apart is given up: first its layers
    in few operations, then the path."""
    some = certain(first_batch(trainer, min(CARD_ROWS, len(comparisons))))
    card = sharing_card(trainer, some, start.precision, rounding=rounding)
    if not card.passed and leave(unwrapped(trainer.model), APART):
        card = sharing_card(trainer, some, start.precision, rounding=rounding)
    trainer.shares = card.passed
    return card


def _proved(start: LoadedModel, trainer: Any, comparisons: Sequence[Comparison]) -> PreflightCheck:
    places = to_prove([(item.chosen, item.rejected) for item in comparisons], PREFLIGHT_ROWS)
    batch = batch_of(trainer, places)
    answers = sides([comparisons[place] for place in places])
    return answers_only(start.tokenizer, answers, batch["input_ids"], batch["completion_mask"])


def train_dpo(
    start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, **given: Unpack[Given]
) -> TrainingSummary:
    """Trains a LoRA adapter on comparisons that `plan` kept.

    Resumed, it ends in the same adapter, because the data order comes from the seed and the reference is the start
    model with the adapter switched off. `start.model` is changed (its layers are wrapped). Raises UserError where the
    preflight fails or the adapter's target modules are not in the model.
    """
    rehearsal = None
    if settings.rehearsal_weight:
        with first_before_others():
            rehearsal = prepare_rehearsal(
                start,
                settings.rehearsal_weight,
                len(comparisons),
                settings.batch_size,
                seed=given["seed"],
                kept=given["work"] / "rehearsal.json",
            )
    prepared = prepare_dpo(start, comparisons, settings, **preparing(given))
    prepared.trainer.rehearsal = rehearsal
    return train("dpo", prepared, start, comparisons, settings, **given)


def _trainer(start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, given: Preparing) -> Any:
    from trl import DPOConfig

    from .shared_dpo import SharedPrefixDPOTrainer

    config = DPOConfig(
        **arguments(start, settings, given["seed"], given["checkpoints"]),
        beta=settings.beta,
        loss_type=["sigmoid", "sft"] if settings.sft_weight else ["sigmoid"],
        loss_weights=[1.0, settings.sft_weight] if settings.sft_weight else [1.0],
    )
    ends = end_ids(start.model, start.tokenizer)
    rows: list[dict[str, Any]] = []
    sure = sure_of(comparisons)
    if (note := told_soft(sure or ())) is not None:
        given.get("say", silent)(note)
    for place, item in enumerate(comparisons):
        chosen, rejected = (
            tokens_of(start.tokenizer, item.prompt, side, ends) for side in (item.chosen, item.rejected)
        )
        rows.append({"prompt_ids": chosen.prompt, "chosen_ids": chosen.answer, "rejected_ids": rejected.answer,
                     "chosen_said": chosen.said, "rejected_said": rejected.said,
                     **({} if sure is None else {SURE: sure[place]})})  # fmt: skip
    trainer = make_trainer(SharedPrefixDPOTrainer, start, config, rows, settings, given.get("base_name"))
    trainer.data_collator = WithSure(AssistantsOnly(trainer.data_collator))
    return trainer
