"""What there is to know of a method of training without training by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..lazy import named
from ..records import Kind, RewardSummary, TrainingSummary

Knob = Literal["beta", "learning_rate", "length"]
"""What steers any training: the price of leaving the start, the size of a step, how long it goes on."""

KNOBS: Mapping[Knob, str] = {
    "beta": "training.beta",
    "learning_rate": "training.learning_rate",
    "length": "training.epochs",
}


@dataclass(frozen=True)
class Paper:
    """Who described it, as texts cite it ("Rafailov et al. 2023"), and the paper's number at arXiv."""

    cited: str
    arxiv: str

    @property
    def url(self) -> str:
        """Its page."""
        return f"https://arxiv.org/abs/{self.arxiv}"


@dataclass(frozen=True)
class Published:
    """A name as specs and model cards' tags have it, as texts write it, and where it was described."""

    name: str
    title: str
    paper: Paper | None


@dataclass(frozen=True)
class Method(Published):
    """A method of training; functions are given as "module:function" and imported when they are called for.

    `rows` is the type of supervision that it trains on, `fed_by` the types that such rows can be made of. An
    `on_policy` method trains on answers of its own to the training prompts, by rewards; its rows are for the reward
    model.

    `train` is called as `train(start, rows, settings, **given)` and returns what its training says of itself, a
    `summary`; `given` is `train.Given`, for an on-policy method with `rewards` too. `prepare` builds the trainer and
    makes the preflight: `prepare(start, rows, settings, *, seed, checkpoints, base_name, say)` returns
    `train.Prepared`. `order`, where the order of rows matters: `order(rows, batch_size, seed)` returns them in order
    and rejects.

    `settings` are those of `training` that it reads: they decide its result. `refuses` are those that must be off,
    because the spec would promise what the method does not do. `batch` is the least batch and why it is. `alone` says
    why it trains in one process only; None where it can be launched in several. `knobs` are where the spec has what
    steers it, `usual_beta` what is usual there, `first_loss` its loss as long as policy and reference are one, where
    that is a number whatever the rows.
    """

    rows: Kind
    fed_by: tuple[Kind, ...]
    train: str
    prepare: str
    settings: tuple[str, ...]
    order: str | None = None
    refuses: tuple[str, ...] = ()
    batch: tuple[int, str] = (1, "")
    on_policy: bool = False
    after_sft: bool = True
    implicit_reward: bool = False
    alone: str | None = None
    first_loss: float | None = None
    knobs: Mapping[Knob, str] = field(default_factory=lambda: KNOBS)
    usual_beta: float = 0.1  # DPO's own (Rafailov et al. 2023, appendix B), and this project's
    summary: type[TrainingSummary] | type[RewardSummary] = TrainingSummary

    def trainer(self) -> Any:
        """Its `train`, imported."""
        return named(self.train)

    def preparer(self) -> Any:
        """Its `prepare`, imported."""
        return named(self.prepare)

    def orderer(self) -> Any:
        """Its `order`, imported; None where any order will do."""
        return None if self.order is None else named(self.order)
