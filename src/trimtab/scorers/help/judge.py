"""Whether an answer helps at all, as a careful reader would say; whether it only echoes; whether it says nothing.

Logistic models over `features`: content that the question did not bring, pleasantries, apologies, refusals, and where
the prompt has points, which of them are made and how directly. The weights are fitted to a reader's labels by
`benchmarks/help.py`, each with the sign that its feature has by meaning. What is false is seen only where the prompt's
points say what would be. English.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...records import Better, PromptPoints, Score
from ..base import Row
from ..text import words
from .features import all_features, features, taken_apart
from .phrases import pleasant, worded
from .points import VERSION as POINTS_VERSION
from .points import Points
from .weights import CONFUSION as _CONFUSION
from .weights import ECHO, HELP, PLAIN
from .weights import ECHO_CONFUSION as _ECHO_CONFUSION
from .weights import PLAIN_CONFUSION as _PLAIN_CONFUSION

VERSION = "4"
"""Changes whenever a scorer here would give another value for the same text; part of every evaluation's fingerprint."""


@dataclass(frozen=True)
class Confusion:
    """A reader's yes and no (rows) against the scorer's (columns)."""

    table: tuple[tuple[int, int], tuple[int, int]]

    @property
    def hears(self) -> float:
        """Of the answers that the reader says yes to, the share that the scorer does too."""
        return self.table[0][0] / max(1, sum(self.table[0]))

    @property
    def mistakes(self) -> float:
        """Of the others, the share that the scorer says yes to."""
        return self.table[1][0] / max(1, sum(self.table[1]))

    @property
    def told(self) -> str:
        """Both rates with their counts, in words."""
        (found, missed), (mistaken, left) = self.table
        return f"the scorer finds {found} of {found + missed} and wrongly {mistaken} of {mistaken + left} others"

    @property
    def total(self) -> int:
        """How many answers were read."""
        return sum(map(sum, self.table))

    @property
    def right(self) -> float:
        """The share on which both agree."""
        return (self.table[0][0] + self.table[1][1]) / max(1, self.total)


def help_confusion(*, by_points: bool) -> str:
    """How often the scorer agrees with a reader, in a sentence that stands beside every rate of it."""
    table = CONFUSION if by_points else PLAIN_CONFUSION
    return (
        f"the scorer help hears {table.hears:.0%} of helping answers and calls {table.mistakes:.0%} of others helping; "
        f"echo hears {ECHO_CONFUSION.hears:.0%} of echoes and calls {ECHO_CONFUSION.mistakes:.0%} of others so "
        f"({table.total} answers of one small model to prompts that neither was fitted on, read by an AI reader)."
    )


CONFUSION = Confusion(_CONFUSION)
"""Helps at all or not, where prompts have points: answers of prompts that the scorer was not fitted on."""
PLAIN_CONFUSION = Confusion(_PLAIN_CONFUSION)
"""The same without points."""
ECHO_CONFUSION = Confusion(_ECHO_CONFUSION)
"""Only an echo or not."""
LABELS = ("helps", "little", "echoes", "empty", "contradicts")
"""What an answer is called: the first that holds of contradicts, helps, empty, echoes; else it says too little."""


def judge_help(prompt: str, answer: str, points: PromptPoints | None = None) -> Score:
    """The probability that the answer helps at all, from 0 to 1.

    An answer that says what the points call wrong does not help: its value is 0. `details` hold the probability that it
    only echoes, the words that tell something and, with points, the share of needed ones made and the wrong ones said.
    """
    details = {"echo": _echo(prompt, answer), "specifics": float(len(taken_apart(prompt, answer).specific))}
    wrong: tuple[str, ...] = ()
    if not words(answer):
        value = 0.0
    elif points is None:
        value = _probability(PLAIN, features(prompt, answer))
    else:
        known, found = all_features(prompt, answer, points)
        wrong = found.wrong
        value = 0.0 if wrong else _probability(HELP, known)
        details |= {"points": found.share, "wrong": float(len(wrong))}
    label = _label(prompt, answer, value, details["echo"], bool(wrong))
    return Score(scorer="help", value=value, label=label, reason=f"says: {wrong[0]}" if wrong else "", details=details)


@dataclass(frozen=True)
class HelpScorer:
    """The probability that an answer helps; with `points`, prompts that have some are judged by them too."""

    points: Points | None = None
    name: str = "help"
    title: str = "Helps at all"
    unit: str = "probability"
    better: Better = "higher"
    summary: str = "Probability that the answer helps at all, as a reader would say."

    @property
    def version(self) -> str:
        """The scorer's own, and with points theirs."""
        return VERSION if self.points is None else f"{VERSION}, points {POINTS_VERSION} {self.points.version}"

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row."""
        return [
            judge_help(prompt, answer, self.points.of(prompt) if self.points is not None else None)
            for prompt, answer in rows
        ]


def judge_echo(prompt: str, answer: str) -> Score:
    """The probability that the answer only restates or praises the question; nothing at all is no echo."""
    value = _echo(prompt, answer)
    return Score(scorer="echo", value=value, label="echoes" if value >= 0.5 else "adds")


def judge_empty(prompt: str, answer: str) -> Score:
    """The share of the answer that is pleasantries, apologies, offers and talk about the assistant.

    An answer without a word is not judged; the metric help.empty counts it as empty.
    """
    if not words(answer):
        return Score(scorer="empty", value=None, reason="nothing to judge")
    value = _emptiness(prompt, answer)
    return Score(scorer="empty", value=value, label="empty" if value == 1 else "says")


def _label(prompt: str, answer: str, value: float, echo: float, wrong: bool) -> str:
    if wrong:
        return "contradicts"
    if value >= 0.5:
        return "helps"
    if _emptiness(prompt, answer) == 1:
        return "empty"
    return "echoes" if echo >= 0.5 else "little"


def _emptiness(prompt: str, answer: str) -> float:
    said = Counter(taken_apart(prompt, answer).sentences)
    own = sum(worded(sentence) * times for sentence, times in said.items() if not pleasant(sentence))
    return 1 - own / max(1, sum(worded(sentence) * times for sentence, times in said.items()))


def _echo(prompt: str, answer: str) -> float:
    return _probability(ECHO, features(prompt, answer)) if words(answer) else 0.0


def _probability(weights: Mapping[str, float], known: Mapping[str, float]) -> float:
    odds = sum(weight * (1.0 if name == "bias" else known[name]) for name, weight in weights.items())
    return 1 / (1 + math.exp(-odds))
