"""A judge that follows a constitution: what it is, what it said to one question, and what such a source came to.

Bai et al. (2022), "Constitutional AI: Harmlessness from AI Feedback", section 4.1: a model is shown two answers and a
rule that is drawn, and its probabilities of the two letters are soft labels.
"""

from typing import Literal

from pydantic import Field

from .base import Record
from .text import Outcome

Labels = Literal["log-probabilities", "votes", "checks"]
"""How a preference is found: from a judge's probabilities of the letters A and B, from what it says, or by the checks
of the rule, without a judge."""


class JudgeFingerprint(Record):
    """All that decides what a judge says of two answers by a rule: another value of any of these is another judge.

    `weights` is a hash of the model's files, or of a server's address and the model's name there; `prompt` one of the
    wording around what is judged and of how the reply is read. `orders` is which of the two answers is shown first.
    """

    model: str
    weights: str
    prompt: str
    labels: Labels
    decoding: str
    orders: Literal["both"] = "both"


class JudgeReply(Record):
    """What a judge said to one question, as it is kept while its stage is unfinished; `key` is a hash of the question.

    `letters` are the probabilities that it gives A and B as its first token, where these were asked for and told.
    `refused` is why the judge's server does not take the question; the other fields are those of an answer.
    """

    key: str
    text: str = ""
    letters: tuple[float, float] | None = None
    cut: bool = False
    thought: bool = False
    outcome: Outcome | None = None
    why: str = ""
    refused: str = ""
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    counted: bool = True
    served: str | None = None


class RuleCounts(Record):
    """What one rule decided: comparisons, ties because the orders disagreed (`flips`), other ties, and not judged."""

    decided: int = 0
    flips: int = 0
    ties: int = 0
    not_judged: int = 0


class AiFeedback(Record):
    """What a source of AI feedback came to, in figures. Every prompt is in exactly one of the counts.

    `decided` are comparisons, `flips` ties because the judge said otherwise when the answers changed places, `ties` its
    other ties, `equal` pairs of equal answers, which nobody was asked about, `not_judged` pairs that the judge gave no
    verdict on, and `unasked` prompts without two answers or without a rule. `first_share` is the mean share that the
    answer shown first got, over all questions: 0.5 where the place does not matter. `letters` is the mean probability
    of the two letters together. `cost` is None without prices, or where the server does not count the tokens of some
    replies (`uncounted`). `served` is who the server says has judged, and `notes` say what a reader should know of its
    replies.
    """

    fingerprint: JudgeFingerprint
    constitution: str
    decided: int
    flips: int
    ties: int
    equal: int
    not_judged: int
    unasked: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    first_share: float | None
    letters: float | None
    rules: dict[str, RuleCounts]
    served: tuple[str, ...] = ()
    uncounted: int = 0
    notes: tuple[str, ...] = ()

    @property
    def pairs(self) -> int:
        """Pairs that the judge gave a verdict on."""
        return self.decided + self.flips + self.ties
