"""KTO with a LoRA adapter on TRL's KTOTrainer and PEFT (Ethayarajh et al. 2024, arXiv 2402.01306)."""

import random
from collections.abc import Sequence
from typing import Any, Unpack

from ..errors import UserError
from ..models import LoadedModel, end_ids
from ..records import PreflightCheck, PreflightName, Reject, Thumb, TrainingSummary, text_of
from ..spec import TrainingSpec
from .common import Given, Prepared, Preparing, arguments, batch_of, first_batch, make_trainer, preparing, ready, train
from .preflight import (
    LOSS_TOLERANCE,
    PREFLIGHT_ROWS,
    answer_logps,
    begins_once,
    end_is_trained,
    first_loss,
    loss_is,
    reference_is_start,
)
from .turns import AssistantsOnly, InTokens, Tokens, answers_only, to_prove, tokens_of


def pair_off(thumbs: Sequence[Thumb], batch_size: int, seed: int) -> tuple[list[Thumb], list[Reject]]:
    """Thumbs in the order of training, and the one that cannot have a place in it.

    TRL takes KTO's rows in order and pairs each prompt with the answer of its neighbour in the batch to estimate the KL
    (section 4.1), so they are shuffled here, and one that would be a batch by itself is left out. Raises UserError
    where not both labels are there.
    """
    ups = sum(row.label for row in thumbs)
    if not 0 < ups < len(thumbs):
        raise UserError(
            f"{len(thumbs)} thumbs were given to train on.",
            f"All are {'up' if ups else 'down'}, and KTO learns from answers that were liked and others that were not.",
            "Give thumbs of both kinds.",
        )
    order = list(thumbs)
    random.Random(f"{seed} kto order").shuffle(order)
    if len(order) % batch_size != 1:
        return order, []
    most = max((True, False), key=lambda label: sum(row.label == label for row in order))  # the rarer label stays whole
    place = next(place for place in range(len(order) - 1, -1, -1) if order[place].label == most)
    row = order.pop(place)
    reason = "it would be alone in its batch, and KTO estimates its KL from the batch's other answers"
    left = Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=text_of(row.completion)[:120])
    return order, [left]


def weights(thumbs: Sequence[Thumb]) -> tuple[float, float]:
    """The weights of liked and of disliked answers, of which the larger class has 1.

    They make lambda_D n_D = lambda_U n_U, the lower end of the range that eq. 8 of the paper gives.
    """
    ups = sum(row.label for row in thumbs)
    downs = len(thumbs) - ups
    return max(1.0, downs / ups), max(1.0, ups / downs)


def prepare_kto(
    start: LoadedModel, thumbs: Sequence[Thumb], settings: TrainingSpec, **given: Unpack[Preparing]
) -> Prepared:
    """Builds the trainer and runs the preflight on its first thumbs; each check is told through `say`.

    Where policy and reference agree, the KL is zero and eq. 7 gives each answer lambda (1 - sigmoid(0)) = lambda / 2.
    `start.model` is changed (its layers are wrapped). Raises UserError where the adapter's target modules are not in
    the model.
    """
    first = thumbs[: min(PREFLIGHT_ROWS, settings.batch_size)]  # the rows of one batch, as the KL's pairs are made
    ends = end_ids(start.model, start.tokenizer)
    answers = [(item.prompt, item.completion) for item in first]
    held = answer_logps(start.model, start.tokenizer, answers, ends)
    trainer = _trainer(start, thumbs, settings, given)
    batch = first_batch(trainer, len(first))
    mask = batch["completion_mask"].bool()
    liked, disliked = weights(thumbs)
    wanted = sum(liked if item.label else disliked for item in first) / len(first) / 2
    reference, _ = trainer.compute_ref_log_probs(trainer.model, dict(batch))
    checks = [
        begins_once(batch, start.tokenizer),
        _proved(start, trainer, thumbs),
        end_is_trained(batch["input_ids"], mask, ends),
        loss_is(
            PreflightName.HALF_WEIGHTS,
            first_loss(trainer, batch),
            wanted,
            "half their mean",
            LOSS_TOLERANCE[start.precision],
        ),
        reference_is_start(reference, held, mask, start.precision),
    ]
    return ready(trainer, checks, given)


def _proved(start: LoadedModel, trainer: Any, thumbs: Sequence[Thumb]) -> PreflightCheck:
    places = to_prove([(item.completion,) for item in thumbs], PREFLIGHT_ROWS)
    batch = batch_of(trainer, places)
    answers = [(thumbs[place].prompt, thumbs[place].completion) for place in places]
    return answers_only(start.tokenizer, answers, batch["input_ids"], batch["completion_mask"])


def train_kto(
    start: LoadedModel, thumbs: Sequence[Thumb], settings: TrainingSpec, **given: Unpack[Given]
) -> TrainingSummary:
    """Trains a LoRA adapter on thumbs in the order of `pair_off`; resumes and raises as `train_dpo`."""
    prepared = prepare_kto(start, thumbs, settings, **preparing(given))
    return train("kto", prepared, start, thumbs, settings, **given)


def _trainer(start: LoadedModel, thumbs: Sequence[Thumb], settings: TrainingSpec, given: Preparing) -> Any:
    from trl import KTOConfig, KTOTrainer

    class Trainer(InTokens, KTOTrainer):  # type: ignore[misc]
        """KTOTrainer on rows that are tokens."""

    liked, disliked = weights(thumbs)
    config = KTOConfig(
        **arguments(start, settings, given["seed"], given["checkpoints"]),
        beta=settings.beta,
        desirable_weight=liked,
        undesirable_weight=disliked,
    )
    ends = end_ids(start.model, start.tokenizer)
    made = [tokens_of(start.tokenizer, item.prompt, item.completion, ends) for item in thumbs]
    rows = [
        {"prompt_ids": own.prompt, "completion_ids": own.answer, "said": own.said, "label": item.label,
         "KL_completion_ids": other.answer, "KL_said": other.said}
        for item, own, other in zip(thumbs, made, _neighbours(made, settings.batch_size), strict=True)
    ]  # fmt: skip
    trainer = make_trainer(Trainer, start, config, rows, settings, given.get("base_name"))
    trainer.data_collator = AssistantsOnly(trainer.data_collator)
    return trainer


def _neighbours(made: Sequence[Tokens], size: int) -> list[Tokens]:
    """Of each row the one before it in its batch, of the first the last: TRL's mismatched answers, for the KL."""
    batches = [made[first : first + size] for first in range(0, len(made), size)]
    return [row for batch in batches for row in (batch[-1], *batch[:-1])]
