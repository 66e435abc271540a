"""A toy method as whoever adds one writes it: SLiC's hinge loss on comparisons (Zhao et al. 2023)."""

from collections.abc import Sequence
from typing import Unpack

from trl import DPOConfig, DPOTrainer

from trimtab.methods import METHODS, Method, Paper
from trimtab.models import LoadedModel
from trimtab.records import Comparison, TrainingSummary
from trimtab.spec import TrainingSpec
from trimtab.train.common import (
    Given,
    Prepared,
    Preparing,
    arguments,
    make_trainer,
    plain,
    preparing,
    ready,
    train,
)

SLIC = Method(
    "slic",
    "SLiC",
    Paper("Zhao et al. 2023", "2305.10425"),
    rows="comparison",
    fed_by=("comparison",),
    train="methods.slic:train_slic",
    prepare="methods.slic:prepare_slic",
    settings=(*METHODS["sft"].settings, "beta"),
    first_loss=1.0,
)


def prepare_slic(
    start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, **given: Unpack[Preparing]
) -> Prepared:
    config = DPOConfig(
        **arguments(start, settings, given["seed"], given["checkpoints"]), beta=settings.beta, loss_type=["hinge"]
    )
    rows = [{side: plain(getattr(item, side)) for side in ("prompt", "chosen", "rejected")} for item in comparisons]
    return ready(make_trainer(DPOTrainer, start, config, rows, settings, given.get("base_name")), [], given)


def train_slic(
    start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, **given: Unpack[Given]
) -> TrainingSummary:
    prepared = prepare_slic(start, comparisons, settings, **preparing(given))
    return train("slic", prepared, start, comparisons, settings, **given)
