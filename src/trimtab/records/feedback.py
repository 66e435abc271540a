"""Feedback: who said what and how it was converted, comparisons, and the reject log."""

from typing import Literal

from pydantic import Field

from .ai_feedback import JudgeFingerprint
from .base import Record
from .text import Message, text_of

Kind = Literal["comparison", "critique", "demonstration", "edit", "ranking", "rating", "thumb"]
"""The types of supervision."""


class Conversion(Record):
    """A step by which a row was made of others: their type and ids, by what rule, and what that found in them."""

    made_of: Kind
    rows: tuple[str, ...]
    rule: str
    why: str = ""


class Provenance(Record):
    """Who judged, when, why and under which rule, as it was said; `steps` are the conversions since, in their order.

    `source` is where the row came from: a file, or the model whose answers were judged. `annotator` is the person (or
    judge) where `judge` names something wider. `when` is an ISO 8601 time for a person's judgement and None for a
    function's, whose time is in the stage's manifest, so that the same inputs give the same bytes. Under `system` the
    answers were sampled, and the prompt does not hold it. Of a person's judgement `order` is where the answers stood
    (`order[0]` was shown first) and `shown_ms` how long they were in sight. Of a model's judgement `probability` is how
    likely it finds the chosen answer the better one, over both orders (a soft label), and `fingerprint` which judge.
    """

    source: str
    judge: str
    why: str
    rule: str | None = None
    when: str | None = None
    margin: float | None = None
    scores: dict[str, tuple[float | None, float | None]] = Field(default_factory=dict)
    ended: tuple[bool | None, bool | None] = (None, None)
    annotator: str | None = None
    system: str | None = None
    order: tuple[int, ...] = ()
    shown_ms: int | None = None
    probability: float | None = Field(default=None, ge=0, le=1)
    fingerprint: JudgeFingerprint | None = None
    steps: tuple[Conversion, ...] = ()


class Comparison(Record):
    """A prompt and two answers, one preferred: TRL's conversational preference format plus `id` and `provenance`.

    In `provenance`, pairs are (chosen, rejected). `kind` groups prompts, and the two models wrote the answers, where
    that is known; the audit looks at both.
    """

    id: str = Field(min_length=1)
    prompt: tuple[Message, ...] = Field(min_length=1)
    chosen: tuple[Message, ...] = Field(min_length=1)
    rejected: tuple[Message, ...] = Field(min_length=1)
    kind: str | None = None
    chosen_model: str | None = None
    rejected_model: str | None = None
    provenance: Provenance

    @property
    def chosen_text(self) -> str:
        """The chosen side as plain text."""
        return text_of(self.chosen)

    @property
    def rejected_text(self) -> str:
        """The rejected side as plain text."""
        return text_of(self.rejected)

    @property
    def probability(self) -> float:
        """How likely the chosen side is the better one: a model's soft label; 1 where none is told."""
        told = self.provenance.probability
        return 1.0 if told is None else told


class Reject(Record):
    """A row that was not kept, and why. Kept and rejected rows always add up to the input."""

    source: str
    row: str
    reason: str
    excerpt: str = ""


class FeedbackSummary(Record):
    """What a run's feedback teaches, in figures, whatever method trains on it: thumbs and demonstrations as they came,
    and the comparisons that all other rows are or make.

    Pairs are (chosen, rejected), of thumbs (liked, disliked), of demonstrations (shown, None); shares are of
    comparisons. `read` and `rejected` count rows of the sources, of which one can make several comparisons. `reasons`
    counts the rejected by reason; `scores` holds each scorer's mean on both sides, None where nothing could be judged;
    `ended` the share of sides that close the turn, None where that is not known; `longer_chosen` is None where nothing
    was compared.
    """

    source: str
    judge: str
    read: int
    comparisons: int
    rejected: int
    reasons: dict[str, int]
    words: tuple[float | None, float | None]
    longer_chosen: float | None
    ended: tuple[float | None, float | None]
    duplicates: int
    scores: dict[str, tuple[float | None, float | None]]
    notes: tuple[str, ...]
    demonstrations: int = 0
    thumbs: int = 0
