"""Whether an answer helps, by scorers that need no model, and whether it is a preamble that was cut short."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scorers import HelpScorer, Points, PointsScorer, Scorer, named, sentences
from ..stats import Interval

HALF = 0.5
"""From here on a scorer holds that an answer is what it is named for."""
_FEWEST = 3
Values = NDArray[np.float64]

_OPENS = re.compile(
    r"(?:here(?:'s| is| are)|let(?:'s| us| me)|i(?:'d| would| will|'ll| can|'m| am)|below (?:is|are)|the following)\b"
    r"[^.!?]{0,300}\b(?:tips?|steps?|ways?|ideas?|guides?|recipes?|list|suggestions?|examples?|options?|plans?|outline|"
    r"versions?|advice|breakdown|overview|strateg(?:y|ies)|help|assist|dive|start(?:ed)?|explore|begin|break)\b",
    re.IGNORECASE,
)
"""How a sentence announces what is to come."""
_ANNOUNCES_AT_MOST = 2
"""Sentences of which an answer that is nothing but an announcement is made."""


def cut_short(text: str) -> bool:
    """Whether an answer ends before any content: in a colon, or with a sentence that announces what does not come."""
    bare = text.strip()
    if not bare:
        return True
    said = sentences(bare)
    if bare.endswith(":"):
        return len(said) <= _ANNOUNCES_AT_MOST
    return 0 < len(said) <= _ANNOUNCES_AT_MOST and _OPENS.search(said[-1]) is not None


@dataclass(frozen=True)
class Helped:
    """What was asked and said in some rows, and how it helps.

    `values` are those of `help`, `points`, `echo` and `empty`, 0 to 1, of the chosen and of the rejected sides, each
    (2, rows), nan where a scorer could not judge; one that could judge no pair is left out, as `points` is where there
    are none. `nothing`, (2, rows), are sides that echo the question, are pleasantries alone, or a preamble cut short.
    """

    rows: NDArray[np.int64]
    asked: Sequence[str]
    sides: tuple[Sequence[str], Sequence[str]]
    values: Mapping[str, Values]
    nothing: NDArray[np.bool_]

    def by(self, scorer: Scorer) -> Values:
        """A scorer's values of both sides, (2, rows); nan where it could not judge."""
        return _valued(scorer, self.asked, self.sides)


def helped(
    rows: NDArray[np.int64], asked: Sequence[str], sides: tuple[Sequence[str], Sequence[str]], points: Points | None
) -> Helped:
    """How the chosen and the rejected sides of rows help; with `points`, by those too."""
    scorers: dict[str, Scorer] = {"help": HelpScorer(points), "echo": named("echo"), "empty": named("empty")}
    if points is not None:
        scorers["points"] = PointsScorer(points)
    found = {name: _valued(scorer, asked, sides) for name, scorer in scorers.items()}
    values = {name: some for name, some in found.items() if np.isfinite(some).all(axis=0).any()}
    nothing = np.array([[cut_short(text) for text in side] for side in sides], dtype=bool).reshape(2, -1)
    for name in ("echo", "empty"):
        if name in values:
            nothing |= np.nan_to_num(values[name]) >= HALF
    return Helped(rows, asked, sides, values, nothing)


def _valued(scorer: Scorer, asked: Sequence[str], sides: tuple[Sequence[str], Sequence[str]]) -> Values:
    scores = [scorer(list(zip(asked, side, strict=True))) for side in sides]
    return np.array(
        [[np.nan if score.value is None else score.value for score in side] for side in scores], dtype=float
    )


def at_equal_length(change: Values, longer: Values, confidence: float) -> Interval:
    """The mean of paired changes where both sides are of one length: the intercept of their regression on `longer`.

    `longer` is the difference of log lengths, (n,) as `change`. By least squares, with Student's interval; without any
    difference of length, or with fewer than four pairs, it is the mean.
    """
    from scipy.stats import t

    n = len(change)
    columns = np.column_stack([np.ones(n), longer]) if n > _FEWEST and np.ptp(longer) > 0 else np.ones((n, 1))
    fitted, *_ = np.linalg.lstsq(columns, change)
    free = max(1, n - columns.shape[1])
    spread = float(((change - columns @ fitted) ** 2).sum() / free)
    error = float(np.sqrt(np.linalg.inv(columns.T @ columns)[0, 0] * spread))
    half, estimate = error * float(t.ppf((1 + confidence) / 2, free)), float(fitted[0])
    return Interval(estimate, estimate - half, estimate + half, n, confidence)
