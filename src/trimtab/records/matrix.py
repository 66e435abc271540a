"""The matrix of regions: what each region's adapter, and every other one, does under the rules of each region."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from .base import Record
from .policy import Requires, Severity
from .scores import Difference, Evaluation
from .unjudged import CountsUnjudged
from .verdict import Decision, GateResult

Part = Literal["all", "own", "elsewhere", "common"]
"""Prompts asked in a region: its own, those of its own that name or claim to be another place (`elsewhere`), those of
no region, and all of these."""
TOGETHER = ""
"""The `rule` of a figure that takes all rules together."""


class PairedRate(Record):
    """How a rate differs from that of the model before, over the prompts of which both could be judged.

    `gained` counts the prompts where it came, `lost` those where it went; `mean` is their difference over `n`, with
    the interval by which gates are decided (`stats.paired_rate_interval`) at the matrix's confidence.
    """

    n: int
    before: float
    after: float
    gained: int
    lost: int
    mean: float
    low: float
    high: float


class MatrixRate(CountsUnjudged, Record):
    """A share of answers, exact interval at the matrix's confidence (Clopper and Pearson 1934), of one subject in one
    region; `region` is where it is asked. Without a judged answer there is no rate.

    `unjudged` counts answers that should count and could not be judged, by the reason. `change` is against the model
    before; None for that one itself, and where no prompt was judged of both.
    """

    region: str
    subject: str
    part: Part
    n: int
    count: int
    rate: float | None
    low: float | None
    high: float | None
    unjudged: dict[str, int] = Field(default_factory=dict)
    change: PairedRate | None = None


class KeptRate(MatrixRate):
    """How often a rule of a region is kept there, of the answers to prompts that it applies to.

    `rule` is its id, TOGETHER for all rules of the region: an answer keeps them where it breaks none. `occasions` are
    the answers, of those judged, that have anything to do with the rule: they break it, or show its way; None where its
    way leaves no mark, so that they are not known.
    """

    rule: str
    occasions: int | None = None


class ShownRate(MatrixRate):
    """How often the way of a rule of another region (`of`) is shown in a region that does not ask for it.

    `rule` is that rule's id, TOGETHER for all rules of `of`; `of` is "" for those of all other regions. With `of` the
    region itself it is how often its own way is seen where the rule applies.
    """

    of: str
    rule: str


class RuleWay(Record):
    """A rule of a region and how its way is seen in an answer.

    `way` says it in words, by the region in which it is looked for; a region that is not in it has `unseen`, which says
    why nothing is looked for there. `alike` are the regions that have the same rule, between which it never leaks.
    """

    region: str
    rule: str
    act: str
    requires: Requires
    severity: Severity
    text: str
    unverified: bool = False
    way: dict[str, str] = Field(default_factory=dict)
    unseen: dict[str, str] = Field(default_factory=dict)
    alike: tuple[str, ...] = ()


class MatrixRegion(Record):
    """A region of a matrix: its rules, how many prompts were asked in it by their part, and by their language.

    A language nobody could tell is "". `days` is the day its rules are of, where that is known.
    """

    name: str
    policy: str
    day: str = ""
    rules: tuple[RuleWay, ...]
    prompts: dict[Part, int]
    languages: dict[str, int]


class RegionFigure(CountsUnjudged, Record):
    """A figure of help or knowledge of one subject over the prompts or facts of one region, with its 95 % interval."""

    region: str
    subject: str
    metric: str
    n: int
    mean: float | None
    low: float | None
    high: float | None
    unjudged: dict[str, int] = Field(default_factory=dict)
    change: Difference | None = None


class CellAnswer(Record):
    """An answer in a cell, with what the model before said, and what shows it to be one."""

    prompt_id: str
    kind: str
    prompt: str
    answer: str
    before: str
    evidence: str


class WorstCell(Record):
    """A cell that a reader should look at: a rule of the region broken (`of` is the region), or another region's shown.

    `count` of `n` answers; `answers` are the first of them, those that the model before did not give first.
    """

    region: str
    subject: str
    of: str
    rule: str
    count: int
    n: int
    change: PairedRate | None = None
    answers: tuple[CellAnswer, ...]


class Matrix(Record):
    """Prompts by regions by subjects.

    `subjects` are the model `before`, the adapters by their region, and others that answered; each region's own is the
    subject of its name. `kept` are rates of rules in their own region, `shown` of a region's ways in others, `help`
    of help and facts, each for every subject. `first` and `last` hold the figures that gates over regions decide on
    (`regions.NAME.own` and its like), item by item, of the model before and of each region's own adapter.
    """

    before: str
    subjects: tuple[str, ...]
    regions: tuple[MatrixRegion, ...]
    kept: tuple[KeptRate, ...]
    shown: tuple[ShownRate, ...]
    help: tuple[RegionFigure, ...] = ()
    worst: tuple[WorstCell, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: float
    first: Evaluation
    last: Evaluation

    def region(self, name: str) -> MatrixRegion:
        """The region of that name. Raises ValueError where there is none."""
        return self.regions[_place(name, [each.name for each in self.regions], "region")]

    def kept_in(self, region: str, rule: str, subject: str, part: Part = "all") -> KeptRate | None:
        """The rate at which a subject keeps a rule in its region; None where it applied to none of the prompts. Raises
        ValueError where there is no such region or subject."""
        self._demand(region, subject)
        found = (r for r in self.kept if (r.region, r.rule, r.subject, r.part) == (region, rule, subject, part))
        return next(found, None)

    def shown_in(self, region: str, of: str, rule: str, subject: str, part: Part = "all") -> ShownRate | None:
        """The rate at which a subject shows a rule of `of` in a region; None where nothing is looked for. Raises
        ValueError as `kept_in`."""
        self._demand(region, subject)
        wanted = (region, of, rule, subject, part)
        return next((r for r in self.shown if (r.region, r.of, r.rule, r.subject, r.part) == wanted), None)

    def _demand(self, region: str, subject: str) -> None:
        self.region(region)
        _place(subject, self.subjects, "subject")


def _place(name: str, known: Sequence[str], what: str) -> int:
    """Where a name stands among those known. Raises ValueError where it does not."""
    if name not in known:
        raise ValueError(f"{name!r} is no {what} of the matrix: {', '.join(known)} are")
    return known.index(name)


class RegionVerdict(Record):
    """A region's row of the verdict: regress if any of its gates is, else undecided if any is, else pass."""

    region: str
    verdict: Decision
    gates: tuple[GateResult, ...]


class MatrixVerdict(Record):
    """The verdict over all regions, decided for all their gates together, with a row a region."""

    verdict: Decision
    confidence: float
    regions: tuple[RegionVerdict, ...]
