"""Whether an answer helps, by scorers that need no model, and whether it is a preamble that was cut short."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..scorers import HelpScorer, PointsScorer, Scorer, named, sentences
from .view import View

HALF = 0.5
"""From here on a scorer holds that an answer is what it is named for."""
Values = NDArray[np.float64]

_OPENS = re.compile(
    r"(?:here(?:'s| is| are)|let(?:'s| us| me)|i(?:'d| would| will|'ll| can|'m| am)|below (?:is|are)|the following)\b"
    r"[^.!?]*\b(?:tips?|steps?|ways?|ideas?|guides?|recipes?|list|suggestions?|examples?|options?|plans?|outline|"
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


def helping(view: View, rows: NDArray[np.int64]) -> Mapping[str, Values]:
    """The values of `help`, `points`, `echo` and `empty`, 0 to 1, of the chosen and of the rejected sides, (2, rows).

    What could not be judged is nan; a scorer that could judge no pair is left out, as `points` is where there are none.
    """
    scorers: dict[str, Scorer] = {"help": HelpScorer(view.points), "echo": named("echo"), "empty": named("empty")}
    if view.points is not None:
        scorers["points"] = PointsScorer(view.points)
    found = {name: valued(view, rows, scorer) for name, scorer in scorers.items()}
    return {name: values for name, values in found.items() if np.isfinite(values).all(axis=0).any()}


def valued(view: View, rows: NDArray[np.int64], scorer: Scorer) -> Values:
    """A scorer's values of both sides of rows, shape (2, rows); nan where it could not judge."""
    asked = view.text("prompt", rows)
    sides = [scorer(list(zip(asked, view.text(side, rows), strict=True))) for side in ("chosen", "rejected")]
    return np.array([[np.nan if score.value is None else score.value for score in side] for side in sides])


def says_nothing(view: View, rows: NDArray[np.int64], found: Mapping[str, Values]) -> NDArray[np.bool_]:
    """Which sides, (2, rows), echo the question, are pleasantries alone, or are a preamble that was cut short."""
    flags = np.array([[cut_short(text) for text in view.text(side, rows)] for side in ("chosen", "rejected")])
    for name in ("echo", "empty"):
        if name in found:
            flags |= np.nan_to_num(found[name]) >= HALF
    return flags
