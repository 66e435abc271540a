"""Between what is known here and what a reviewer may know: a `Card` goes out, a `Wire` comes in, and nothing else.

A card is built from an assignment's opaque name, texts in the shown order, and the task; it has no field for an item's
number, a source, an order or a digest, so that none can slip out. What comes back speaks of A and B, and is turned
here into the item's own order.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ..records import (
    Choice,
    Claim,
    ClaimJudgement,
    CritiqueJudgement,
    EditJudgement,
    Flag,
    FlagJudgement,
    Message,
    PairJudgement,
    RankJudgement,
    RatingJudgement,
    Region,
    RegionFlag,
    RubricJudgement,
    Said,
    Skip,
    Span,
    Stretch,
    StretchFlag,
    ThumbJudgement,
    Withdrawal,
)
from .records import RANKED, MediaFile, Modality, ShownPolicy, Task, TaskKind
from .render import to_html

_Words = Annotated[str, StringConstraints(max_length=20_000)]
_AS_TEXT: frozenset[TaskKind] = frozenset({"edit", "flag", "claims"})
"""Tasks that speak of places in an answer, which is therefore shown as it was written."""
_LABELS: dict[TaskKind, tuple["Label", ...]] = {
    "pair": ("A", "B"),
    "rank": ("1", "2", "3", "4", "5", "6", "7", "8"),
}
SPEAKS_OF_PLACES = ("flag", "claims")
"""What is held against the answers themselves; all else is held against the task alone."""
MOST_SPANS = 200
_CLOCKS = 0.5
"""Seconds by which a browser and MediaInfo may tell another duration."""
_KINDS_OF: dict[Modality, str] = {"text": "a text", "image": "an image", "video": "a video", "audio": "a sound"}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Label = Literal["A", "B", "1", "2", "3", "4", "5", "6", "7", "8", ""]
"""What an answer is called on the screen: a pair's sides letters, answers to be ranked the keys that place them."""


class CardMessage(_Wire):
    """A turn of the prompt, as sanitised HTML."""

    role: str
    html: str


class CardAnswer(_Wire):
    """An answer where it is shown: as sanitised HTML, or as plain text where its places are spoken of.

    A file has neither: `media` is what it is, and its content is had by the assignment's name and the place of showing.
    """

    label: Label
    html: str | None
    text: str | None
    media: Literal["image", "video", "audio"] | None = None


class Card(_Wire):
    """All that a reviewer's browser is told of an item."""

    id: str
    prompt: tuple[CardMessage, ...]
    answers: tuple[CardAnswer, ...]
    blur: bool


class ShownPair(_Wire):
    """What is said of a pair as it was shown."""

    kind: Literal["pair"]
    choice: Literal["A", "B", "tie", "both bad", "cannot tell"]
    strength: int | None = Field(default=None, ge=1, le=3)
    why: _Words = ""


class ShownRanks(_Wire):
    """The rank of each answer as it was shown, 1 the best, equal ranks for ties; None where one cannot tell."""

    kind: Literal["rank"]
    ranks: tuple[Annotated[int, Field(ge=1, le=RANKED[1])], ...] | None = Field(min_length=2, max_length=RANKED[1])
    why: _Words = ""


class ShownFlag(Span):
    """A flagged stretch and the rule's id; which policy and wording that is, the task knows."""

    rule: str
    note: _Words = ""


class ShownRegion(Region):
    """A flagged part of an image, and the rule's id."""

    rule: str
    note: _Words = ""


class ShownStretch(Stretch):
    """A flagged part of a video or a sound, and the rule's id."""

    rule: str
    note: _Words = ""


class ShownFlags(_Wire):
    """What is flagged in an answer."""

    kind: Literal["flag"]
    flags: tuple[ShownFlag | ShownRegion | ShownStretch, ...] = Field(default=(), max_length=MOST_SPANS)
    why: _Words = ""


Wire = Annotated[
    ShownPair
    | ShownRanks
    | ShownFlags
    | RubricJudgement
    | RatingJudgement
    | ThumbJudgement
    | EditJudgement
    | ClaimJudgement
    | CritiqueJudgement
    | Skip
    | Withdrawal,
    Field(discriminator="kind"),
]
"""What a browser may say; A and B are where they stood on its screen."""


class Refused(ValueError):
    """Why what was said does not fit what was asked, in words for the reviewer."""


def drawn(secret: str, what: str, reviewer: int, item: int) -> float:
    """A figure from 0 to below 1 that is always the same for these, and that nobody can tell without the secret."""
    mark = hmac.new(secret.encode(), f"{what}:{reviewer}:{item}".encode(), hashlib.sha256).digest()
    return int.from_bytes(mark[:8], "big") / 2**64


def order_of(secret: str, reviewer: int, item: int, answers: int, *, again: bool) -> list[int]:
    """In which order a reviewer sees an item's answers; `again` is the other way round than the first time."""
    places = list(range(answers))
    if answers > 2:
        places.sort(key=lambda place: drawn(secret, f"order {place}", reviewer, item), reverse=again)
        return places
    swapped = answers > 1 and (drawn(secret, "order", reviewer, item) < 0.5) != again
    return places[::-1] if swapped else places


def card(
    ref: str,
    task: Task,
    prompt: Sequence[Message],
    answers: Sequence[str],
    order: Sequence[int],
    blur: bool,
    modality: Modality = "text",
) -> Card:
    """The card of an assignment; `answers` stand in the item's own order. Of a file it tells nothing but what it is."""
    plain = task.kind in _AS_TEXT
    labels = _LABELS.get(task.kind, ("",))
    return Card(
        id=ref,
        prompt=tuple(CardMessage(role=turn.role, html=to_html(turn.text)) for turn in prompt if turn.text),
        answers=tuple(
            CardAnswer(label=label, html=None, text=None, media=modality)
            if modality != "text"
            else CardAnswer(
                label=label,
                html=None if plain else to_html(answers[place]),
                text=answers[place] if plain else None,
            )
            for label, place in zip(labels, order, strict=task.kind != "rank")
        ),
        blur=blur,
    )


def unblinded(
    said: Wire, task: Task, order: Sequence[int], answers: Sequence[str], modality: Modality = "text"
) -> Said:
    """What was said, in the item's own order, with the rule's wording. Raises Refused where it fits no such task."""
    if said.kind not in (task.kind, "skip", "withdrawn"):
        raise Refused(f"this task asks for a judgement of the kind {task.kind}, not {said.kind}")
    match said:
        case ShownPair():
            return PairJudgement(choice=_choice(said, order), strength=_strength(said), why=said.why)
        case ShownRanks():
            return RankJudgement(ranks=_ranks(said, order), why=said.why)
        case ShownFlags():
            assert task.policy is not None
            return FlagJudgement(
                flags=tuple(_flag(each, task.policy, answers[order[0]], modality) for each in said.flags), why=said.why
            )
        case ClaimJudgement():
            for claim in said.claims:
                _stands(claim, answers[order[0]])
        case RubricJudgement():
            _marks(said, task)
        case RatingJudgement():
            low, high = task.scale
            if said.rating is not None and not low <= said.rating <= high:
                raise Refused(f"the rating {said.rating} is outside the scale, {low} to {high}")
        case ThumbJudgement() | EditJudgement() | CritiqueJudgement() | Skip() | Withdrawal():
            pass
    return said


def _choice(said: ShownPair, order: Sequence[int]) -> Choice:
    if said.choice == "A" or said.choice == "B":
        return "first" if order["AB".index(said.choice)] == 0 else "second"
    return said.choice


def _ranks(said: ShownRanks, order: Sequence[int]) -> tuple[int, ...] | None:
    """The ranks in the item's own order."""
    if said.ranks is None:
        return None
    if len(said.ranks) != len(order):
        raise Refused(f"{len(order)} answers are shown, and {len(said.ranks)} are ranked")
    if set(said.ranks) != set(range(1, max(said.ranks) + 1)):
        raise Refused("ranks go from 1 on and leave none out")
    own = dict(zip(order, said.ranks, strict=True))
    return tuple(own[place] for place in range(len(order)))


def _strength(said: ShownPair) -> int | None:
    if said.strength is not None and said.choice not in ("A", "B"):
        raise Refused("a strength goes with an answer that is better")
    return said.strength


def _flag(
    given: ShownFlag | ShownRegion | ShownStretch, policy: ShownPolicy, answer: str, modality: Modality
) -> Flag | RegionFlag | StretchFlag:
    rule = next((rule for rule in policy.rules if rule.id == given.rule), None)
    if rule is None:
        raise Refused(f"the policy has no rule {given.rule!r}")
    named = given.model_dump() | {"policy": policy.digest, "rule": rule.id, "rule_version": rule.version}
    match given, modality:
        case ShownFlag(), "text":
            _stands(given, answer)
            return Flag.model_validate(named)
        case ShownRegion(), "image":
            return RegionFlag.model_validate(named)
        case ShownStretch(), "video" | "audio":
            seconds = MediaFile.from_json(answer).seconds
            if seconds is not None and given.to_seconds > seconds + _CLOCKS:
                raise Refused(f"it lasts {seconds:.1f} s, and what is flagged ends at {given.to_seconds:.1f} s")
            return StretchFlag.model_validate(named)
        case _:
            raise Refused(f"that is not how a place in {_KINDS_OF[modality]} is named")


def _stands(span: Span | Claim, text: str) -> None:
    if text[span.start : span.end] != span.quote:
        raise Refused(f"the answer does not say {span.quote[:40]!r} at {span.start}")


def _marks(said: RubricJudgement, task: Task) -> None:
    assert task.rubric is not None
    axes = {axis.id: axis for axis in task.rubric.axes}
    if set(said.marks) != set(axes) or not set(said.reasons) <= set(axes):
        raise Refused(f"the rubric's axes are {', '.join(axes)}, and each needs a mark")
    for name, mark in said.marks.items():
        if mark is not None and mark > len(axes[name].anchors):
            raise Refused(f"{name} is marked from 1 to {len(axes[name].anchors)}")
        if mark is not None and mark <= task.rubric.reason_below and not said.reasons.get(name, "").strip():
            raise Refused(f"a mark of {mark} on {name} needs a reason")
