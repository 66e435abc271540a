"""A rubric: scorers, each with the range that earns full marks, weighed into one figure between 0 and 1."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from ..records import Record, ScorerRef
from .base import Opened, Row
from .registry import known, scorer_of

KnownScorer = Annotated[ScorerRef, AfterValidator(known)]
"""A ref whose name a scorer has."""


class Criterion(Record):
    """One line of a rubric: a scorer's value becomes marks from 0 to 1 along a trapezoid.

    Full marks from `full_from` to `full_to`, falling straight to none at `zero_below` and `zero_above`. A side that
    is left out stays full. Example: words, full from 12 to 35, none at 3 and none at 90.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    scorer: KnownScorer
    weight: float = Field(gt=0)
    zero_below: float | None = None
    full_from: float | None = None
    full_to: float | None = None
    zero_above: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.zero_below is None) != (self.full_from is None) or (self.zero_above is None) != (self.full_to is None):
            raise ValueError("`zero_below` goes with `full_from`, and `zero_above` with `full_to`")
        given = [x for x in (self.zero_below, self.full_from, self.full_to, self.zero_above) if x is not None]
        if not given:
            raise ValueError("says nothing: give `zero_below` and `full_from`, or `full_to` and `zero_above`, or all")
        flat = [self.zero_below is not None and self.zero_below == self.full_from]
        flat.append(self.zero_above is not None and self.zero_above == self.full_to)
        if given != sorted(given) or any(flat):
            raise ValueError(f"needs zero_below < full_from <= full_to < zero_above, not {', '.join(map(str, given))}")
        return self

    def marks(self, value: float) -> float:
        """Marks between 0 and 1 for a scorer's value."""
        marks = 1.0
        if self.zero_below is not None and self.full_from is not None and value < self.full_from:
            marks = (value - self.zero_below) / (self.full_from - self.zero_below)
        elif self.zero_above is not None and self.full_to is not None and value > self.full_to:
            marks = (self.zero_above - value) / (self.zero_above - self.full_to)
        return min(1.0, max(0.0, marks))


class Judged(Record):
    """A rubric's judgement of one answer: the total, and each scorer's raw value (None: could not judge)."""

    total: float | None
    values: dict[str, float | None]


def judge(criteria: Sequence[Criterion], rows: Sequence[Row], opened: Opened | None = None) -> list[Judged]:
    """Weighs the criteria into one figure for each row. Each scorer is called once, with all rows.

    A criterion that cannot be judged is left out and the rest reweighed. `opened` holds the scorers that are not
    offline; raises UserError where one is missing.
    """
    columns = [scorer_of(criterion.scorer, opened or {})(rows) for criterion in criteria]
    return [_weighed(criteria, [column[place].value for column in columns]) for place in range(len(rows))]


def _weighed(criteria: Sequence[Criterion], values: Sequence[float | None]) -> Judged:
    gathered = weights = 0.0
    for criterion, value in zip(criteria, values, strict=True):
        if value is not None:
            gathered += criterion.weight * criterion.marks(value)
            weights += criterion.weight
    named = {criterion.scorer.name: value for criterion, value in zip(criteria, values, strict=True)}
    return Judged(total=gathered / weights if weights else None, values=named)
