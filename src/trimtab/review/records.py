"""What a review is made of: the question, how it is handed out, the items, and the parts of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..media import modality_of
from ..records import Message, Policy, Record, Said, Severity, Shown
from ..store import digest

TaskKind = Literal["pair", "rank", "rubric", "rating", "thumb", "edit", "flag", "claims", "critique"]
"""What a reviewer does with an item."""
Role = Literal["admin", "lead", "reviewer"]
Modality = Literal["text", "image", "video", "audio"]
"""What an item's answers are."""
ON_MEDIA: tuple[TaskKind, ...] = ("pair", "rank", "rubric", "rating", "thumb", "flag", "critique")
"""What can be asked of images, video and audio: they cannot be edited in a text field, and claim nothing in words."""

MOST_REVIEWERS = 1000
"""The most reviewers that a plan gives an item."""
LONGEST = 30 * 24 * 60.0
"""The longest reservation, in minutes: thirty days."""
NO_SEVERITY = "whose severity is no whole number from 0 to 1000"
NO_TWO = "that compare no two answers"
UNREAD = "that cannot be read: "
"""Why a row is left out; before the reason why it cannot be read."""

RANKED = (3, 8)
"""The fewest and the most answers that are put in order: two are a pair, and more cannot be held against each other."""
MOST_SEVERE = 1000
"""The highest severity of an item: what sums of it fit in, in any database."""
MOST_MARKS = 9
"""Anchors of an axis, and steps of a rating: each is a key from 1 to 9."""


def sides_of(kind: TaskKind) -> int:
    """How many answers an item of a task of that kind has, at most."""
    return {"pair": 2, "rank": RANKED[1]}.get(kind, 1)


def severity_of(given: object) -> int | None:
    """A row's severity, 1 where it says none; None where it is no whole number from 0 to 1000."""
    if given in (None, ""):
        return 1
    try:
        found = float(str(given))
    except ValueError:
        return None
    return int(found) if found.is_integer() and 0 <= found <= MOST_SEVERE else None


class Axis(Record):
    """One thing that a rubric grades: `anchors` say what each mark means, that of 1 first."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    anchors: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=2, max_length=MOST_MARKS)


class ReviewRubric(Record):
    """What people grade an answer by; a mark of at most `reason_below` needs a reason in words."""

    name: str = Field(min_length=1)
    axes: tuple[Axis, ...] = Field(min_length=1)
    reason_below: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [axis.id for axis in self.axes]
        if len(set(ids)) != len(ids):
            raise ValueError("an axis stands in it more than once")
        return self


class ShownRule(Record):
    """A rule as reviewers see it, with its reason and examples on both sides; `version` is the digest of its whole
    wording, checks and examples."""

    id: str
    version: str
    severity: Severity
    text: str
    why: str = Field(default="", exclude_if=lambda given: not given)
    about: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    good: tuple[Shown, ...] = Field(default=(), exclude_if=lambda given: not given)
    bad: tuple[Shown, ...] = Field(default=(), exclude_if=lambda given: not given)


class ShownPolicy(Record):
    """The rules that answers are flagged with, what stands before them, and the policy's digest."""

    name: str
    digest: str
    preamble: str = Field(default="", exclude_if=lambda given: not given)
    rules: tuple[ShownRule, ...] = Field(min_length=1)

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """What reviewers see of a policy."""
        rules = tuple(
            ShownRule(
                id=rule.id,
                version=digest(rule.model_dump(mode="json"))[:12],
                severity=rule.severity,
                text=rule.text,
                why=rule.why,
                about=rule.examples.about,
                beside=rule.examples.beside,
                good=rule.examples.good,
                bad=rule.examples.bad,
            )
            for rule in policy.rules
        )
        whole = digest(policy.model_dump(mode="json"))
        return cls(name=policy.name, digest=whole, preamble=policy.preamble, rules=rules)


class Task(Record):
    """What is asked of a reviewer. Another wording is another task, because its answers measure something else.

    `origin` is what is reviewed (a run, a file), which leads see and no reviewer does; `guidelines` are Markdown;
    `scale` are the ends of a rating's scale, in whole steps.
    """

    kind: TaskKind
    title: str = Field(min_length=1)
    origin: str = ""
    question: str = ""
    guidelines: str = ""
    rubric: ReviewRubric | None = None
    policy: ShownPolicy | None = None
    scale: tuple[int, int] = (1, 5)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if (self.rubric is None) == (self.kind == "rubric"):
            raise ValueError("`rubric` goes with a task of the kind rubric, and that with a rubric")
        if (self.policy is None) == (self.kind == "flag"):
            raise ValueError("`policy` goes with a task of the kind flag, and that with a policy")
        low, high = self.scale
        if not 1 <= low < high <= MOST_MARKS:
            raise ValueError(
                f"the scale goes from {low} to {high}, and each step is to be a key from 1 to {MOST_MARKS}"
            )
        return self

    @property
    def sides(self) -> int:
        """How many answers an item of it has, at most."""
        return sides_of(self.kind)


class Plan(Record):
    """How a task is handed out; it may be changed while people work.

    `per_item` reviewers judge each item; of the pairs each reviewer sees, `repeat` come again with sides swapped.
    Items of at least the severity `blur_from` are blurred until asked for; `dose` is how much severity, summed over
    items, a reviewer sees a day. A reservation ends after `reserve_minutes` without a sign of life. `by_chance` is the
    share of places in the queue that chance fills: where a rate over all items is wanted, all of them.
    """

    per_item: int = Field(default=1, ge=1, le=MOST_REVIEWERS)
    repeat: float = Field(default=0.1, ge=0, le=1)
    blur_from: int = Field(default=2, ge=0)
    dose: int | None = Field(default=None, ge=1)
    reserve_minutes: float = Field(default=30, gt=0, le=LONGEST)
    by_chance: float = Field(default=0.2, ge=0, le=1)


class MediaFile(Record):
    """A file that is judged where it lies: `name` within `folder`, which the server reads and no reviewer is told.

    `digest` is the SHA-256 of its bytes, `kind` the media type of its content, `seconds` its duration. `says` are the
    fields of its metadata that name somebody or something, `provenance` what became of its C2PA manifest (`Provenance`
    of the room media), `generator` who wrote that, and `made_by_machine` whether a mark says that a model made it.
    """

    folder: str
    name: str
    digest: str
    kind: str
    size: int = Field(ge=0)
    seconds: float | None = None
    says: tuple[str, ...] = ()
    provenance: str = "none"
    generator: str | None = None
    made_by_machine: bool = False

    @property
    def modality(self) -> Modality:
        """What its content is."""
        return modality_of(self.kind)


@dataclass(frozen=True)
class Side:
    """An answer, a text or a file, and whose it is ("before", a file's name), which no reviewer sees."""

    text: str
    source: str
    media: MediaFile | None = None


class Hint(Record):
    """What is known of an item beside what reviewers say, for the queue and for leads: no card has a field for it.

    `judge` is a judge's verdict, in the item's own order: which answer of a pair is better, or which place of several
    is the best. `rule` is the policy rule of which the item's checks are least sure, `broken` the chance that it is
    broken by these, and `unsure` why nothing is known of it where it could not be judged. `gate` is an undecided gate
    that counts the item, `gap` how many standard errors its figure lies from its line.
    """

    judge: Literal["first", "second", "tie"] | int | None = None
    rule: str = ""
    broken: float | None = Field(default=None, ge=0, le=1)
    unsure: str = ""
    gate: str = ""
    gap: float = 0.0


@dataclass(frozen=True)
class NewItem:
    """Something to be judged: a prompt and its answers, in the item's own order; `gold` is what is known to be right to
    say of it, `hint` what is known beside."""

    prompt: tuple[Message, ...]
    sides: tuple[Side, ...]
    severity: int = 1
    modality: Modality = "text"
    gold: Said | None = None
    hint: Hint | None = None


@dataclass(frozen=True)
class Gathered:
    """What was read to be judged. `left_out` counts what is not shown, by reason; `names` would give a source away."""

    title: str
    items: tuple[NewItem, ...]
    left_out: dict[str, int]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reviewer:
    """An account."""

    id: int
    name: str
    role: Role
    epoch: int
    active: bool = True

    def may(self, role: Role) -> bool:
        """Whether this account may do what that role may."""
        order: Sequence[Role] = ("reviewer", "lead", "admin")
        return order.index(self.role) >= order.index(role)
