"""Scores of single answers, and evaluations: scores of one model over a set of items."""

from pydantic import Field

from .base import Record
from .better import Better
from .calibration import JudgedRate
from .people import PeopleMeasure
from .unjudged import counted_reasons, kind_of_reason


class Score(Record):
    """What one scorer says of one answer.

    `value` is None where the scorer could not judge (`reason` says why): such scores are counted and left out of
    means, never taken for zero. Where it does not apply by design (a rule that is about other prompts) there is no
    value either, and nothing is missing: `applies` is False. `label` is the class that the value speaks for, where the
    scorer has classes; `details` are figures beside the main one, such as the attributes of toxicity. `served` is who a
    judge's server says has judged.
    """

    scorer: str
    value: float | None
    label: str | None = None
    reason: str = ""
    details: dict[str, float] = Field(default_factory=dict)
    applies: bool = True
    served: str | None = Field(default=None, exclude_if=lambda by: by is None)

    @property
    def unjudged(self) -> str | None:
        """Why there is no value although one is due, in the few words that kinds are counted by; None otherwise."""
        if self.value is not None or not self.applies:
            return None
        return kind_of_reason(self.reason)

    @property
    def scored(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


class Measure(Record):
    """One metric over the items of an evaluation, item by item, so that two evaluations can be paired.

    `values` runs parallel to the evaluation's `items` of the same `over`; None is "has no value". `unjudged` are the
    places of those that should have one, by the reason why they have none; what the metric is not about by design (a
    rule that does not apply to the prompt) stands in no reason. `low` and `high` bound the mean at 95 %. With no mean
    they bound a figure that the items cannot tell, all of whose values are None; `n` items are behind the bounds.
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
    unjudged: dict[str, tuple[int, ...]]

    @property
    def missing(self) -> int:
        """How many items should have a value and have none."""
        return sum(map(len, self.unjudged.values()))

    @property
    def reasons(self) -> dict[str, int]:
        """How many items each reason left without a value, most first."""
        return counted_reasons(reason for reason, places in self.unjudged.items() for _ in places)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What the figure lies between where the items cannot tell it; None where they can, or none was judged."""
        return None if self.mean is not None or self.low is None or self.high is None else (self.low, self.high)

    def paired_with(self, after: "Measure") -> list[tuple[int, float, float]]:
        """Place, own value and the other's of each item that both could judge. Raises ValueError at unequal lengths."""
        both = enumerate(zip(self.values, after.values, strict=True))
        return [(place, b, a) for place, (b, a) in both if b is not None and a is not None]

    def unpaired_with(self, after: "Measure", called: str = "before") -> dict[int, str]:
        """The reason, by the place, of each item of which one side at least should have a value and has none.

        What one of the two is not about by design is no pair and is not missing; of both sides' reasons the other's is
        told, and one of this side alone by what it is `called`, as "empty, before".
        """
        own, other = (
            {place: reason for reason, places in each.unjudged.items() for place in places} for each in (self, after)
        )
        return {
            place: other.get(place) or f"{own[place]}, {called}"
            for place in sorted(own.keys() | other.keys())
            if (place in own or self.values[place] is not None) and (place in other or after.values[place] is not None)
        }


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
    reader should know of the answers beside their figures. What `people` said of the answers is kept apart, because
    they say it later, and stands here once both are read. So is what labels make of the rates that a judge gave
    (`judged`): other labels ask no judge again.
    """

    model: str
    system: str | None = None
    fingerprint: dict[str, str]
    items: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    measures: tuple[Measure, ...] = Field(min_length=1)
    served: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    judged: tuple[JudgedRate, ...] = Field(default=(), exclude=True)
    people: tuple[PeopleMeasure, ...] = Field(default=(), exclude=True)

    @property
    def figures(self) -> tuple[Measure | PeopleMeasure, ...]:
        """Every measure, those of people last."""
        return (*self.measures, *self.people)

    def measure(self, metric: str) -> Measure | None:
        """The measure of that name, or None."""
        return next((measure for measure in self.measures if measure.metric == metric), None)

    def figure(self, metric: str) -> Measure | PeopleMeasure | None:
        """The measure of that name, or what people said, or None."""
        return next((figure for figure in self.figures if figure.metric == metric), None)

    def said_by_people(self, metric: str) -> PeopleMeasure | None:
        """What people said by that metric, or None."""
        return next((measure for measure in self.people if measure.metric == metric), None)


class Difference(Record):
    """After minus before on the same items: mean paired difference with its interval.

    `ratio` is mean(after) / mean(before), with its own interval; None where mean(before) is zero. `effect` is the mean
    difference in standard deviations of the paired differences (Cohen's d_z), `smallest` the difference that as many
    such items show four times in five; both None where nothing varies. `unjudged` counts, by the reason, the pairs that
    are left out because a side could not be judged.
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
    unjudged: dict[str, int] = Field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many pairs are left out because a side could not be judged."""
        return sum(self.unjudged.values())
