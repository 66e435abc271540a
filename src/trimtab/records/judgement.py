"""What a person said of answers to a prompt. It is kept for good: whoever thinks again says so in another judgement."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from .base import Record

Choice = Literal["first", "second", "tie", "both bad", "cannot tell"]
"""Which of the item's answers is better, in the item's own order and not the shown one; that they are alike; that
neither will do; or that this person cannot judge it."""
ClaimVerdict = Literal["true", "false", "unsupported"]
_ROUNDED = 1e-6
"""How far over an image's edge a region may reach by rounding."""


LEADS_WORD = 0
"""The showing of a judgement with which a lead settles an item at odds."""


class _Said(Record):
    why: str = ""


class PairJudgement(_Said):
    """Which of two answers is better, and how much (1 slightly, 3 by far) where the person said so."""

    kind: Literal["pair"] = "pair"
    choice: Choice
    strength: int | None = Field(default=None, ge=1, le=3)

    @model_validator(mode="after")
    def _one_is_better(self) -> Self:
        if self.strength is not None and self.choice not in ("first", "second"):
            raise ValueError(f"a strength goes with an answer that is better, not with {self.choice!r}")
        return self


class RubricJudgement(_Said):
    """A mark on each axis of a rubric, 1 the lowest; None where the person cannot tell. `reasons` are by axis."""

    kind: Literal["rubric"] = "rubric"
    marks: dict[str, Annotated[int, Field(ge=1)] | None] = Field(min_length=1)
    reasons: dict[str, str] = Field(default_factory=dict)


class RatingJudgement(_Said):
    """A figure on the task's scale; None where the person cannot tell."""

    kind: Literal["rating"] = "rating"
    rating: int | None


class RankJudgement(_Said):
    """The answers in order: of each, in the item's own order, its rank; 1 is the best, equal ranks are ties, and none
    is left out between them. None where the person cannot tell."""

    kind: Literal["rank"] = "rank"
    ranks: tuple[int, ...] | None = Field(min_length=2)

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        if self.ranks is not None and set(self.ranks) != set(range(1, max(self.ranks) + 1)):
            raise ValueError(f"ranks go from 1 on and leave none out, and these are {', '.join(map(str, self.ranks))}")
        return self


class ThumbJudgement(_Said):
    """Whether the answer will do; None where the person cannot tell."""

    kind: Literal["thumb"] = "thumb"
    liked: bool | None


class EditJudgement(_Said):
    """The answer as this person would have it; the same text means that nothing is to be changed."""

    kind: Literal["edit"] = "edit"
    text: str = Field(min_length=1)


class Span(Record):
    """A stretch of an answer's text, in code points from its start; `quote` is what stands there."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)

    @model_validator(mode="after")
    def _as_long_as_it_is(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"{self.start} to {self.end} is not as long as the text that is quoted")
        return self


class Flag(Span):
    """A stretch that breaks a rule: the policy by its digest, the rule by its id, and which wording of it."""

    policy: str
    rule: str
    rule_version: str
    note: str = ""


class Region(Record):
    """A part of an image as it is shown: its left upper corner and its size, in parts of the width and the height."""

    x: float = Field(ge=0, lt=1)
    y: float = Field(ge=0, lt=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _lies_in_the_image(self) -> Self:
        if max(self.x + self.width, self.y + self.height) > 1 + _ROUNDED:
            raise ValueError("the region reaches over the image's edge")
        return self


class RegionFlag(Region):
    """A part of an image that breaks a rule, which is named as a Flag names it."""

    policy: str
    rule: str
    rule_version: str
    note: str = ""


class Stretch(Record):
    """A part of a video or a sound, in seconds from its start."""

    from_seconds: float = Field(ge=0, allow_inf_nan=False)
    to_seconds: float = Field(gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_seconds >= self.to_seconds:
            raise ValueError(f"it ends at {self.to_seconds} s and begins at {self.from_seconds} s")
        return self


class StretchFlag(Stretch):
    """A part of a video or a sound that breaks a rule, which is named as a Flag names it."""

    policy: str
    rule: str
    rule_version: str
    note: str = ""


class FlagJudgement(_Said):
    """What in an answer breaks which rule; no flag means that nothing does.

    Of a text, stretches of it; of an image, regions; of video and audio, stretches of time.
    """

    kind: Literal["flag"] = "flag"
    flags: tuple[Flag | RegionFlag | StretchFlag, ...] = ()


class Claim(Span):
    """A claim of an answer's, whether it is true, and the source that says so."""

    verdict: ClaimVerdict
    source: str = ""


class ClaimJudgement(_Said):
    """The claims of an answer that were checked; none means that it makes none."""

    kind: Literal["claims"] = "claims"
    claims: tuple[Claim, ...] = ()


class CritiqueJudgement(_Said):
    """What is wrong with an answer, in words."""

    kind: Literal["critique"] = "critique"
    critique: str = Field(min_length=1)


class Skip(Record):
    """The person would rather not judge this one, and need not say why."""

    kind: Literal["skip"] = "skip"


class Withdrawal(Record):
    """The judgement that this one supersedes no longer stands, and nothing takes its place."""

    kind: Literal["withdrawn"] = "withdrawn"


Said = Annotated[
    PairJudgement
    | RubricJudgement
    | RatingJudgement
    | RankJudgement
    | ThumbJudgement
    | EditJudgement
    | FlagJudgement
    | ClaimJudgement
    | CritiqueJudgement
    | Skip
    | Withdrawal,
    Field(discriminator="kind"),
]
"""What can be said of an item; `kind` tells which it is."""


class Imported(Record):
    """Where a judgement was made that was not made in the room: the `form` of the file ("Label Studio"), the `row` in
    it, and the time that it tells, as it tells it."""

    form: str
    row: str
    when: str | None = None


class Judgement(Record):
    """One thing that one person said of one item.

    `id` is made by whoever said it, so that sending it twice is saying it once. `item` is the digest of what was
    judged; `when` the server's time, with its zone, and `client_when` the reviewer's own clock. `order` is where the
    item's answers stood: `order[0]` was shown first. `showing` is 2 where the same reviewer saw the item again, with
    sides swapped, and 0 for a lead's word on an item at odds, said after reading what reviewers said.
    `shown_ms` is how long it was in sight. `supersedes` is the id of the judgement that this replaces. What was
    `imported` has no `order`, because nobody here saw how it was shown.
    """

    id: str = Field(min_length=1)
    item: str = Field(min_length=1)
    reviewer: str = Field(min_length=1)
    when: AwareDatetime
    said: Said
    order: tuple[int, ...] = ()
    showing: int = Field(default=1, ge=0)
    shown_ms: int | None = Field(default=None, ge=0)
    client_when: AwareDatetime | None = None
    supersedes: str | None = None
    imported: Imported | None = None

    @model_validator(mode="after")
    def _replaces_another(self) -> Self:
        if self.supersedes == self.id:
            raise ValueError("a judgement cannot replace itself")
        if self.said.kind == "withdrawn" and self.supersedes is None:
            raise ValueError("`withdrawn` takes back another judgement: name it in `supersedes`")
        return self


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Those that no later one replaces, in their order, without what was withdrawn and what was skipped."""
    given = list(judgements)
    replaced = {each.supersedes for each in given}
    return [each for each in given if each.id not in replaced and each.said.kind not in ("skip", "withdrawn")]


def settled(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Those that stand, in their order; where a lead had the last word on an item, that word alone."""
    given = standing(judgements)
    word = {each.item: each.id for each in given if each.showing == LEADS_WORD}
    return [each for each in given if word.get(each.item, each.id) == each.id]
