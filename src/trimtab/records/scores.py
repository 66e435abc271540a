"""Scores of single answers, and evaluations: scores of one model over a set of items."""

from typing import Literal

from pydantic import Field

from .base import Record

Better = Literal["higher", "lower", "neither"]


class Score(Record):
    """What one scorer says of one answer.

    `value` is None where the scorer could not judge (`reason` says why): such scores are counted and left out of
    means, never taken for zero. `label` is the class that the value speaks for, where the scorer has classes;
    `details` are figures beside the main one, such as the attributes of toxicity.
    """

    scorer: str
    value: float | None
    label: str | None = None
    reason: str = ""
    details: dict[str, float] = Field(default_factory=dict)

    @property
    def scored(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


class Measure(Record):
    """One metric over the items of an evaluation, item by item, so that two evaluations can be paired.

    `values` runs parallel to the evaluation's `items` of the same `over`; None is "could not judge". `low` and
    `high` bound the mean at 95 %. With no mean they bound a figure that the items cannot tell, all of whose values are
    None; `n` items are behind the bounds.
    """

    metric: str
    over: str
    better: Better
    unit: str
    title: str
    values: tuple[float | None, ...]
    mean: float | None
    low: float | None
    high: float | None
    n: int
    unscored: int

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What the figure lies between where the items cannot tell it; None where they can, or none was judged."""
        return None if self.mean is not None or self.low is None or self.high is None else (self.low, self.high)

    def paired_with(self, after: "Measure") -> list[tuple[int, float, float]]:
        """Place, own value and the other's of each item that both could judge. Raises ValueError at unequal lengths."""
        both = enumerate(zip(self.values, after.values, strict=True))
        return [(place, b, a) for place, (b, a) in both if b is not None and a is not None]


class ItemReason(Record):
    """Why an item has the value that it has in a metric."""

    metric: str
    item: str
    reason: str


class Evaluation(Record):
    """All measures of one model, with the fingerprint of how they were taken.

    `fingerprint` maps each thing that changes a score (data, template, decoding, dtype, engine, scorers) to its
    value; evaluations whose fingerprints differ are never compared. `system` is the message that stood before each
    prompt, a part of who answered and not of how that was measured; a model under one is asked what can hold it alone,
    and is compared in that. `items` maps a set's name to its item ids, and
    `kinds` to the kind of each, for tables by kind. `served` is who a server says has answered, and `notes` say what a
    reader should know of the answers beside their figures.
    """

    model: str
    system: str | None = None
    fingerprint: dict[str, str]
    items: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    measures: tuple[Measure, ...] = Field(min_length=1)
    served: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def measure(self, metric: str) -> Measure | None:
        """The measure of that name, or None."""
        return next((measure for measure in self.measures if measure.metric == metric), None)


class Difference(Record):
    """After minus before on the same items: mean paired difference with its interval.

    `ratio` is mean(after) / mean(before), with its own interval; None where mean(before) is zero. `effect` is the mean
    difference in standard deviations of the paired differences (Cohen's d_z), `smallest` the difference that as many
    such items show four times in five; both None where nothing varies.
    """

    metric: str
    n: int
    before: float
    after: float
    mean: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    effect: float | None
    smallest: float | None = None
