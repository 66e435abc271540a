"""What people and models say of answers, in every usual form beside the comparison: one record for each type.

Fields are named as in TRL's dataset formats where TRL has one, so that a file of these records is a file that TRL's
trainers read: prompt and completion (prompt-completion), prompt, completion and label (unpaired preference). Answers
are lists of messages, as TRL's conversational formats have them; `trimtab.data.read_feedback` takes text as well.
"""

from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from .base import Record
from .feedback import Comparison, Kind, Provenance
from .text import Message

Completion = tuple[Message, ...]
"""An answer: the assistant's message, or several turns that begin and end with one."""


class _Row(Record):
    id: str = Field(min_length=1)
    prompt: Completion = Field(min_length=1)


class Demonstration(_Row):
    """An answer that shows how it is done: TRL's prompt-completion format plus `id` and `provenance`."""

    completion: Completion = Field(min_length=1)
    provenance: Provenance


class Thumb(_Row):
    """An answer and whether it was liked (`label`): TRL's unpaired preference format plus `id` and `provenance`."""

    completion: Completion = Field(min_length=1)
    label: bool
    provenance: Provenance


class Ranking(_Row):
    """Several answers to one prompt, the best first.

    `ranks` runs parallel to `completions` and never falls: 1 is the best, and equal ranks are ties.
    """

    completions: tuple[Completion, ...] = Field(min_length=2)
    ranks: tuple[int, ...]
    provenance: Provenance

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if len(self.completions) != len(self.ranks):
            raise ValueError(f"there are {len(self.completions)} answers and {len(self.ranks)} ranks")
        if list(self.ranks) != sorted(self.ranks):
            raise ValueError("the answers do not stand in the order of their ranks, the best first")
        return self


class Rating(_Row):
    """An answer with a figure on a scale from `low` to `high`, the higher the better.

    `annotator` tells apart people (or judges) who use the scale each in their own way; None where that is not known.
    """

    completion: Completion = Field(min_length=1)
    rating: float = Field(allow_inf_nan=False)
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    annotator: str | None = None
    provenance: Provenance

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"the scale goes from {self.low:g} to {self.high:g}")
        if not self.low <= self.rating <= self.high:
            raise ValueError(f"the rating {self.rating:g} is outside its scale, {self.low:g} to {self.high:g}")
        return self

    @property
    def share(self) -> float:
        """Where the rating lies on its scale, from 0 to 1."""
        return (self.rating - self.low) / (self.high - self.low)


class Edit(_Row):
    """An answer (`before`) that somebody made better (`after`)."""

    before: Completion = Field(min_length=1)
    after: Completion = Field(min_length=1)
    provenance: Provenance


class Critique(_Row):
    """What is wrong with an answer, in words, and the answer as it should be (`revision`) where that was written."""

    completion: Completion = Field(min_length=1)
    critique: str = Field(min_length=1)
    revision: Completion | None = None
    provenance: Provenance


Supervision = Comparison | Critique | Demonstration | Edit | Ranking | Rating | Thumb

KINDS: dict[Kind, type[Supervision]] = {
    "comparison": Comparison,
    "critique": Critique,
    "demonstration": Demonstration,
    "edit": Edit,
    "ranking": Ranking,
    "rating": Rating,
    "thumb": Thumb,
}
"""Every type of supervision by its name."""


def kind_of(row: Supervision) -> Kind:
    """The name of a row's type."""
    return next(kind for kind, record in KINDS.items() if type(row) is record)


def answers_of(row: Supervision) -> dict[str, Completion]:
    """Every answer that a row speaks of, by the column it stands in ("chosen", "completions[0]")."""
    match row:
        case Comparison():
            return {"chosen": row.chosen, "rejected": row.rejected}
        case Edit():
            return {"before": row.before, "after": row.after}
        case Critique():
            return {"completion": row.completion} | ({"revision": row.revision} if row.revision else {})
        case Ranking():
            return {f"completions[{place}]": said for place, said in enumerate(row.completions)}
        case Demonstration() | Rating() | Thumb():
            return {"completion": row.completion}


class FeedbackSource(Record):
    """One of a run's sources of feedback: the file, or the model that answered, and how its rows are converted.

    `weight` is how often what its rows make is taken, `margin` the share of a scale by which ratings must differ;
    `system` the message that sampled answers were given under, and that their prompts do not hold.
    """

    name: str
    sampled: bool = False
    weight: float = 1.0
    margin: float = 0.25
    system: str | None = None


_TELLING: dict[str, Kind] = {
    "after": "edit",
    "chosen": "comparison",
    "completions": "ranking",
    "critique": "critique",
    "label": "thumb",
    "rating": "rating",
}


def _tag(value: Any) -> Kind:
    if not isinstance(value, dict):
        return kind_of(value)
    return next((_TELLING[name] for name in value if name in _TELLING), "demonstration")


class SourcedRow(Record):
    """A row of supervision as it came, and the place of its source among the run's, from 0.

    `breaks` names the rules of the policy that an answer breaks which the row could teach as right, by its column.
    """

    source: int = Field(ge=0)
    kind: Kind
    row: Annotated[
        Annotated[Comparison, Tag("comparison")]
        | Annotated[Critique, Tag("critique")]
        | Annotated[Demonstration, Tag("demonstration")]
        | Annotated[Edit, Tag("edit")]
        | Annotated[Ranking, Tag("ranking")]
        | Annotated[Rating, Tag("rating")]
        | Annotated[Thumb, Tag("thumb")],
        Discriminator(_tag),
    ]
    breaks: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _as_it_says(self) -> Self:
        if self.kind != kind_of(self.row):
            raise ValueError(f"the row is of the type {kind_of(self.row)}, and `kind` says {self.kind}")
        return self
