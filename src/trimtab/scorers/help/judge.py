"""Whether an answer helps at all, as a careful reader would say; whether it only echoes; whether it says nothing.

Logistic models over `features`: content that the question did not bring, pleasantries, apologies, somebody named who
may advise, and where the prompt has points, which of them are made and whether at once. The weights
are fitted to readers' labels by `benchmarks/help.py`, each with the sign that its feature has by meaning. What is false
is seen only where the prompt's points say what would be: a fluent invention about the right thing is called helping.
English; an answer or a prompt in another language is not judged.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...records import Better, PromptPoints, Score
from ..base import Row
from ..text import words
from ..tongues import not_judged
from .features import all_features, features, taken_apart
from .phrases import pleasant, worded
from .points import VERSION as POINTS_VERSION
from .points import Points
from .weights import ECHO, HELP, PLAIN

VERSION = "7"
"""Changes whenever a scorer here would give another value for the same text; part of every evaluation's fingerprint."""
LABELS = ("helps", "little", "echoes", "empty", "contradicts")
"""What an answer is called: the first that holds of contradicts, helps, empty, echoes; else it says too little."""
READ = 100_000
"""Characters of a prompt and of an answer that are read."""


def judge_help(prompt: str, answer: str, points: PromptPoints | None = None) -> Score:
    """The probability that the answer helps at all, from 0 to 1.

    An answer that says what the points call wrong does not help: its value is 0. `details` hold the probability that it
    only echoes, the words that tell something and, with points, the share of needed ones made and the wrong ones said.
    An answer in another language than English, or to a prompt in one, is not judged.
    """
    prompt, answer = prompt[:READ], answer[:READ]
    if (other := _in_another("help", prompt, answer)) is not None:
        return other
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
    """The probability that the answer only restates or praises the question; nothing at all is no echo. English."""
    prompt, answer = prompt[:READ], answer[:READ]
    if (other := _in_another("echo", prompt, answer)) is not None:
        return other
    value = _echo(prompt, answer)
    return Score(scorer="echo", value=value, label="echoes" if value >= 0.5 else "adds")


def judge_empty(prompt: str, answer: str) -> Score:
    """The share of the answer that is pleasantries, apologies, offers and talk about the assistant.

    An answer without a word is not judged; the metric help.empty counts it as empty. English.
    """
    prompt, answer = prompt[:READ], answer[:READ]
    if not words(answer):
        return Score(scorer="empty", value=None, reason="nothing to judge")
    if (other := _in_another("empty", prompt, answer)) is not None:
        return other
    value = _emptiness(prompt, answer)
    return Score(scorer="empty", value=value, label="empty" if value == 1 else "says")


def _in_another(scorer: str, prompt: str, answer: str) -> Score | None:
    """A score without a value where the answer or the prompt is surely in another language than English."""
    return not_judged(scorer, answer, prompt) or not_judged(scorer, prompt)


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
