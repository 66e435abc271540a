"""What a review room found, as figures: what a report of it shows, and its tables hold."""

from typing import Literal

from pydantic import Field

from .base import Record
from .judgement import Region
from .policy import Severity

FigureOver = Literal["items", "items and reviewers"]
FigureGroup = Literal["rule", "severity", "defect", "claim", "preference", "order", "mark", "share"]
"""What a measure is: a rule that is broken, rules of one severity, any of them, what is claimed, which answer is
preferred, in which order answers stand, a mean of marks, or another share."""
FigureCut = Literal["all", "source", "month"]


class PeopleFigure(Record):
    """A mean or a share with its interval of 95 %, in the measure's own unit; `why_not` says why there is none.

    `n` judgements of so many `items` by so many `reviewers` are behind it; `over` is what the interval holds for.
    """

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = Field(default=0, ge=0)
    items: int = Field(default=0, ge=0)
    reviewers: int = Field(default=0, ge=0)
    over: FigureOver | None = None
    why_not: str = ""


class CutFigure(Record):
    """A measure of everything, of one source or of one month (`of`). `judgements` are all that say something, those
    outside of the sample among them, `found` how many of them found it, and `open` those that could not tell."""

    cut: FigureCut
    of: str
    figure: PeopleFigure
    judgements: int
    found: int
    open: int


class RuleVersion(Record):
    """A rule as it was worded when people judged by it; `policy_digest` is the whole policy's."""

    policy: str
    policy_digest: str
    rule: str
    version: str
    severity: Severity
    text: str


class PeopleMeasured(Record):
    """One thing that people said, on its scale from `low` to `high` (a share from 0 to 1)."""

    title: str
    group: FigureGroup
    rule: RuleVersion | None = None
    low: float = 0
    high: float = 1
    cuts: tuple[CutFigure, ...]


class AgreementFigure(Record):
    """Krippendorff's alpha of one measure; `shared` items were judged by two or more, `alone` by one."""

    title: str
    level: Literal["nominal", "ordinal", "interval"]
    alpha: PeopleFigure
    shared: int
    alone: int
    open: int


class ReviewerFigures(Record):
    """A reviewer under a pseudonym, or all together (`reviewer` is None). Of pairs: how often the same with sides
    swapped, how often the answer shown first was chosen, and whether that is more than chance; gold items right."""

    reviewer: str | None
    judged: int
    same: PeopleFigure | None = None
    turned: PeopleFigure | None = None
    first: PeopleFigure | None = None
    leans: bool = False
    gold: PeopleFigure | None = None
    warned: bool = False


class NamedFigure(Record):
    """A figure of a source, or of a reviewer under a pseudonym."""

    name: str
    figure: PeopleFigure


class LikelyTruths(Record):
    """What a measure asks of each item, as is likely from all reviewers and their errors (Dawid and Skene).

    It is `likely` so of that many of the `items`; of each reviewer the figure is how often they say what is likely.
    `why_not` says why the judgements do not tell.
    """

    title: str
    why_not: str = ""
    items: int = 0
    likely: int = 0
    reviewers: tuple[NamedFigure, ...] = ()


class ModelStrengths(Record):
    """How strong each source is against one of mean strength, in log-odds, the strongest first, and how reliable each
    reviewer is, 1 like the others and 0 a coin (Bradley and Terry, ties as Davidson has them)."""

    why_not: str = ""
    sources: tuple[NamedFigure, ...] = ()
    reviewers: tuple[NamedFigure, ...] = ()
    compared: int = 0
    ties: int = 0
    open: int = 0


class ReviewSampling(Record):
    """Which items a task has, how they were handed out, and from which of them rates are taken.

    Of the `items`, some are `held` back by the reason, some `gold`; the rest are judged in `full` by `per_item` people,
    `begun` by fewer, `skipped`, or `waiting`. Rates are taken from `sampled` of those in full: all of them where
    nothing is waiting or begun (`complete`), else those whose turn an order drawn by chance had brought. `replans` are
    changes of the plan since the task was made.
    """

    items: int
    held: dict[str, int]
    gold: int
    full: int
    begun: int
    skipped: int
    waiting: int
    sampled: int
    complete: bool
    per_item: int
    repeat: float
    replans: int


class ReviewCounts(Record):
    """The entries of a task's journal: those that stand and are counted here, and what became of the others."""

    entries: int
    first: int
    again: int
    leads: int
    skips: int
    withdrawn: int
    superseded: int
    outside: int
    of_gold: int
    of_held: int


class Piece(Record):
    """A stretch of a text, marked or not."""

    text: str
    marked: bool = False


class Thumbnail(Record):
    """An image made small, as base64; the regions are those that were flagged."""

    media_type: str
    data: str
    width: int
    height: int


class ShownSide(Record):
    """An answer of an example and whose it is: its text in pieces, or a file's kind, picture and flagged places."""

    source: str
    pieces: tuple[Piece, ...] = ()
    media: str = ""
    picture: Thumbnail | None = None
    no_picture: str = ""
    regions: tuple[Region, ...] = ()
    stretches: tuple[tuple[float, float], ...] = ()


class ShownWord(Record):
    """What somebody said of an example and why, on which day (UTC); `lead` where it settled the item."""

    reviewer: str
    day: str
    says: str
    why: str = ""
    lead: bool = False


class ShownExample(Record):
    """A judgement that is shown, with what all others said of the same item when they first saw it."""

    item: str
    prompt: str
    sides: tuple[ShownSide, ...]
    words: tuple[ShownWord, ...]


class ExamplesOf(Record):
    """Examples of one thing, drawn by chance from so many `judgements` that said it."""

    label: str
    judgements: int
    examples: tuple[ShownExample, ...]


class SaidDefect(Record):
    """One flag, claim, critique or low mark, for a table: `what` it is, `where`, and in which words."""

    item: str
    source: str
    reviewer: str
    day: str
    what: str
    rule_version: str = ""
    where: str = ""
    quote: str = ""
    words: str = ""


class SaidEdit(Record):
    """An answer before and after a reviewer's edit."""

    item: str
    source: str
    reviewer: str
    day: str
    prompt: str
    before: str
    after: str
    why: str = ""


class TaskFigures(Record):
    """What people said of one task."""

    number: int
    kind: str
    title: str
    origin: str
    question: str
    policy: str = ""
    policy_digest: str = ""
    modalities: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""
    counts: ReviewCounts
    sampling: ReviewSampling
    measured: tuple[PeopleMeasured, ...]
    choices: dict[str, int] = Field(default_factory=dict)
    lone_sources: int = 0
    agreement: tuple[AgreementFigure, ...]
    reviewers: tuple[ReviewerFigures, ...]
    truths: tuple[LikelyTruths, ...] = ()
    strengths: ModelStrengths | None = None
    examples: tuple[ExamplesOf, ...]
    defects: tuple[SaidDefect, ...]
    edits: tuple[SaidEdit, ...]


class ReviewFigures(Record):
    """What a room's report tells: of judgements from `since` to `until`, both days (UTC) among them."""

    room: str
    redacted: bool
    since: str = ""
    until: str = ""
    rule: str = ""
    tasks: tuple[TaskFigures, ...]
    other_tasks: int = 0
