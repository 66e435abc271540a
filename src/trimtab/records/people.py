"""What people said of a model's answers, judgement by judgement, so that two models' are compared over items and
reviewers."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Record
from .better import Better
from .unjudged import counted_reasons

MeasuredSide = Literal["before", "baseline", "after"]
"""Whose answers were judged: those of the model before training, of that under the spec's system message, or after."""


class PeopleMeasure(Record):
    """One metric of what people said: `values` from 0 to 1, one a judgement, by `reviewers` of `items`, all parallel.

    `items` are ids of prompts, so that answers of two models to one are paired. `of` is whose answers they are; a
    pair is told of "after", whatever stands beside it, and `compares` is whether it was asked of pairs. `asked` is
    the digest of the task's wording, without which no two figures are compared, and `room` where it was asked.
    `taken` items are behind the figure, those on which nobody could tell among them, of `shown` that could be
    judged; `unjudged` counts what should have been and was not, by the reason, and `alike` the pairs of one text,
    which nobody is asked about. `mean`, `low` and `high` (of 95 %) are None where nothing can be told; `over` is
    what the interval holds for.
    """

    metric: str
    title: str
    unit: str
    better: Better
    of: MeasuredSide
    room: str
    asked: str
    items: tuple[str, ...]
    reviewers: tuple[str, ...]
    values: tuple[float, ...]
    taken: int
    shown: int
    unjudged: dict[str, int] = Field(default_factory=dict)
    alike: int = 0
    compares: bool = False
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    over: Literal["items", "items and reviewers"] | None = None

    @model_validator(mode="after")
    def _parallel(self) -> Self:
        if not len(self.items) == len(self.reviewers) == len(self.values):
            raise ValueError("items, reviewers and values are one a judgement")
        return self

    @property
    def n(self) -> int:
        """How many items have a value."""
        return len(set(self.items))

    @property
    def missing(self) -> int:
        """How many items should have a value and have none."""
        return sum(self.unjudged.values())

    @property
    def reasons(self) -> dict[str, int]:
        """How many items each reason left without a value, most first."""
        return counted_reasons(reason for reason, count in self.unjudged.items() for _ in range(count))

    @property
    def bounds(self) -> None:
        """There are none: a figure is told, or nothing is."""
        return

    @property
    def told(self) -> str:
        """By how many and of what the figure is, in words."""
        people = len(set(self.reviewers))
        told = f"{len(self.values)} judgements of {self.n} items by {people} {'person' if people == 1 else 'people'}"
        if self.over == "items":
            told += f", for whom alone it holds: {people} do not show how others would judge"
        return told + (f"; {self.alike} pairs are the same text and were not asked about" if self.alike else "")
