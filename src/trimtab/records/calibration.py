"""What a judge was found to be worth, held against people: its figures part by part, and whether it may decide."""

from typing import Literal

from pydantic import Field

from .base import Record

Bias = Literal["length", "order", "self", "noise"]
"""What sways a judge beside what people go by: how long an answer is, where it stands, that it is the judge's own, and
nothing at all."""
PartOf = Literal["all", "rule", "kind", "refusals"]
TrustState = Literal["trusted", "undecided", "not trusted", "unknown"]


class Figure(Record):
    """A figure with its interval at 95 %, of `n` items; without one, `why` it cannot be told."""

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""


class JudgeVerdict(Record):
    """What a judge said to one question, kept so that it is not asked again; `key` is a hash of judge and question.

    `item` is that of the labels, or its id there. Of an answer `value` is the judge's figure; of a pair 1 where the
    item's first answer is better, 0 the second, 0.5 neither. `order[0]` is the answer that was shown first; `showing`
    is 2 where the same was asked again. `served` is who its server says has judged.
    """

    key: str = ""
    item: str
    value: float | None
    order: tuple[int, ...] = ()
    showing: int = Field(default=1, ge=1)
    reason: str = ""
    served: str | None = Field(default=None, exclude_if=lambda by: by is None)


class JudgeBias(Record):
    """How much a judge is swayed, and whether that is more than chance (`named`).

    `length`: by how much more often an answer twice as long is preferred (or said yes to) than one half as long;
    `self`: an answer of the judge's own than another's; both with what people said held fixed. `order`: what is shown
    first than what is shown second. `noise`: how often it says otherwise when asked the same again.
    """

    bias: Bias
    size: Figure
    named: bool


class RateOfBin(Record):
    """Items whose probability lies in [low, high): the mean that the judge said, and the share that people say yes
    to."""

    low: float
    high: float
    said: float
    people: Figure


class CalibrationPart(Record):
    """A judge against people on a part of the items: all, a rule's, a kind's, or those with an answer that refuses.

    `items` have a label and a verdict; on `at_odds` people are evenly split, and `not_judged` got no verdict. `kappa`
    is Cohen's of the judge and most people; `alpha` Krippendorff's of people and the judge as one more of them, and
    `people_alpha` of people alone. `accuracy` is the share of items on which people decided that the judge says the
    same of; of single answers `sensitivity` and `specificity` are its parts, of what people say yes and no to. `flips`
    are pairs of which it says otherwise when the answers change places; `error` is the expected calibration error.
    """

    part: PartOf
    name: str = ""
    items: int
    at_odds: int
    not_judged: int
    kappa: Figure
    alpha: Figure
    people_alpha: Figure
    accuracy: Figure
    sensitivity: Figure | None = None
    specificity: Figure | None = None
    flips: Figure | None = None
    error: float | None = None
    curve: tuple[RateOfBin, ...] = ()
    biases: tuple[JudgeBias, ...] = ()

    def bias(self, name: Bias) -> JudgeBias | None:
        """What was found of one bias, if it could be looked for."""
        return next((each for each in self.biases if each.bias == name), None)


class CalibratedItem(Record):
    """An item: what people said of it (a share from 0 to 1) and what the judge said; `answer` is a hash of prompt and
    answer, by which the same answer is known elsewhere, and `pair` of a pair one of prompt, first and second answer."""

    item: str
    label: float
    value: float | None
    answer: str | None = None
    pair: str | None = None
    rule: str | None = None
    kind: str | None = None


class Calibration(Record):
    """A judge against people's labels. It speaks of the judge with this `fingerprint` and of no other.

    `asked` is what was judged. A single answer is said yes to from the figure `at` on. `labels` names the file, and
    `people` how many persons speak in it. `usage` is what asking came to.
    """

    judge: str
    fingerprint: dict[str, str]
    asked: Literal["answers", "pairs"]
    at: float | None = None
    labels: str
    people: int
    parts: tuple[CalibrationPart, ...] = Field(min_length=1)
    items: tuple[CalibratedItem, ...] = ()
    rejected: int = 0
    usage: dict[str, float | str | None] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def overall(self) -> CalibrationPart:
        """The figures of all items."""
        return self.parts[0]

    def of_rule(self, rule: str | None) -> CalibrationPart | None:
        """The figures of a rule's items, or of all where no rule is meant."""
        if rule is None:
            return self.overall
        return next((each for each in self.parts if each.part == "rule" and each.name == rule), None)


class TrustLimits(Record):
    """What a judge must keep to decide by itself; each limit is held against the whole 95 % interval.

    `kappa` of 0.4 is where agreement beyond chance is called moderate (Landis and Koch 1977). `accuracy` is asked of
    pairs, and of single answers both ways, of what people say yes to and no to. `flips`, the shares that each `bias`
    moves, and `noise` are upper limits; a `bias` of 1 asks nothing.
    """

    kappa: float = Field(default=0.4, ge=-1, lt=1)
    accuracy: float = Field(default=0.7, ge=0, lt=1)
    flips: float = Field(default=0.25, gt=0, le=1)
    bias: float = Field(default=0.25, gt=0, le=1)
    noise: float = Field(default=0.15, gt=0, le=1)


class Trust(Record):
    """Whether a judge may decide for a rule (None: whatever it is asked), and why; `use` is what it would decide.

    `labels` is about how many more would decide where it is undecided; None where no number would, or none is missing.
    """

    judge: str
    rule: str | None
    state: TrustState
    why: str
    labels: int | None = None
    use: str = ""


class JudgedRate(Record):
    """A rate by a judge, as measured (`raw`) and as people would have it (`corrected`), both over `items` items.

    `how`: by people's labels of `labelled` of these very items (prediction-powered inference), or by how often the
    judge errs on the items that were `labelled` elsewhere. Without a corrected figure `why` says what is missing.
    """

    metric: str
    title: str
    judge: str
    raw: Figure
    corrected: Figure | None = None
    how: Literal["", "labels", "errors"] = ""
    labelled: int = 0
    items: int = 0
    why: str = ""

    @property
    def short(self) -> str:
        """The corrected figure with its interval, or that there is none: for a table."""
        found = self.corrected
        if found is None or found.estimate is None or found.low is None or found.high is None:
            return "raw, not calibrated"
        return f"corrected {found.estimate:.3g} [{found.low:.3g}, {found.high:.3g}]"

    @property
    def says(self) -> str:
        """In a sentence."""
        raw = "nothing" if self.raw.estimate is None else f"{self.raw.estimate:.1%}"
        told = f"{self.metric}: {raw} by the judge {self.judge}"
        found = self.corrected
        if found is None or found.estimate is None or found.low is None or found.high is None:
            return f"{told}: raw, not calibrated" + (f" ({self.why})." if self.why else ".")
        told += f"; {found.estimate:.1%} [{found.low:.1%}, {found.high:.1%}] corrected by "
        if self.how == "labels":
            return (
                f"{told}people's labels of {self.labelled:,} of these {self.items:,} (prediction-powered inference). "
                "It holds where these were drawn by chance."
            )
        return (
            f"{told}how it errs on {self.labelled:,} that people labelled elsewhere (Rogan and Gladen 1978). It holds "
            "where it errs here as it does there."
        )
