"""How strong several models are by what people preferred (Bradley and Terry, with Davidson's ties)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..records import Choice
from ..stats import CannotTell, Interval, bradley_terry, over_items
from .said import codes_of, told

_OUTCOME: dict[Choice, int] = {"first": 0, "second": 1, "tie": 2, "both bad": 2}
_DRAWN, _DRAWN_WITH_RELIABILITY = 2_000, 500
"""Resamples: fewer where reliabilities are found too, which takes many steps each."""
_FARTHEST = 10.0
"""Log-odds beyond which a strength is as good as infinite: 22,000 to 1, which no room's judgements show."""
_FEWEST_MODELS = 3
"""Of two models a reviewer of another taste and one who guesses look alike."""


class Compared(NamedTuple):
    """A reviewer's choice on an item between the answers of two models, in the item's order."""

    reviewer: str
    item: str
    first: str
    second: str
    choice: Choice


@dataclass(frozen=True)
class Strengths:
    """Log-odds of each model against one of mean strength, and, where asked for, each reviewer's reliability: 1 is like
    the others, 0 a coin. `ties` were said among `judgements`, both bad counted with them; `cannot_tell` are left
    out."""

    models: Mapping[str, Interval | CannotTell]
    reviewers: Mapping[str, Interval | CannotTell]
    judgements: int
    ties: int
    cannot_tell: int

    @property
    def says(self) -> str:
        """A sentence a model, the strongest first."""
        order = sorted(self.models, key=lambda name: (-getattr(self.models[name], "estimate", -np.inf), name))
        return " ".join(f"{name}: {told(self.models[name], share=False)}." for name in order)


def strengths(
    compared: Sequence[Compared], *, reliability: bool = False, confidence: float = 0.95, seed: int = 0
) -> Strengths | CannotTell:
    """Strengths with the bootstrap's intervals over items.

    "both bad" is a tie: neither was preferred. Cannot tell where a model never lost or tied against the rest, because
    no finite strength then is the likeliest (Ford 1957), or where `reliability` is asked for of two models.
    Raises ValueError where a model is compared with itself.
    """
    known = [each for each in compared if each.choice != "cannot tell"]
    if not known:
        return CannotTell("nothing was compared", 0)
    if any(each.first == each.second for each in known):
        raise ValueError("a model is compared with itself")
    models = sorted({name for each in known for name in (each.first, each.second)})
    if reliability and len(models) < _FEWEST_MODELS:
        return CannotTell("of two models a reviewer of another taste and one who guesses look alike", len(known))
    reviewers = sorted({each.reviewer for each in known}) if reliability else [""]
    patterns, multiplicity, pairs = _patterns(known, models, reviewers)
    shape = (-1, len(reviewers), len(pairs), 3)

    def fitted(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        fit = bradley_terry((weights @ patterns).reshape(shape), pairs, len(models), reliability=reliability)
        found = np.concatenate([fit.strengths, fit.reliability], axis=1)
        found[(np.abs(fit.strengths) > _FARTHEST).any(axis=1)] = np.nan
        return found

    if np.isnan(fitted(multiplicity[None, :])).any():
        why = "some models never lost or tied against the rest: no finite strength is the likeliest"
        return CannotTell(why, len(known))
    drawn = _DRAWN_WITH_RELIABILITY if reliability else _DRAWN
    found = over_items(fitted, multiplicity, confidence=confidence, seed=seed, drawn=drawn)
    return Strengths(
        dict(zip(models, found, strict=False)),
        dict(zip(reviewers, found[len(models) :], strict=True)) if reliability else {},
        len(known),
        sum(_OUTCOME[each.choice] == 2 for each in known),
        len(compared) - len(known),
    )


def _patterns(
    known: Sequence[Compared], models: Sequence[str], reviewers: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Counts of what was said by item, shape (patterns, reviewers * pairs * 3), how many items each stands for, and the
    pairs of models."""
    place = {name: number for number, name in enumerate(models)}
    who = {name: number for number, name in enumerate(reviewers)}
    pairs = sorted({tuple(sorted((place[each.first], place[each.second]))) for each in known})
    number = {pair: at for at, pair in enumerate(pairs)}
    cells: defaultdict[tuple[int, int], float] = defaultdict(float)
    items = codes_of([each.item for each in known])
    for item, each in zip(items, known, strict=True):
        one, other = place[each.first], place[each.second]
        outcome = _OUTCOME[each.choice]
        if one > other and outcome < 2:
            outcome = 1 - outcome
        row = who.get(each.reviewer, 0) * len(pairs) + number[min(one, other), max(one, other)]
        cells[int(item), row * 3 + outcome] += 1
    table = np.zeros((int(items.max()) + 1, len(reviewers) * len(pairs) * 3))
    for (item, cell), count in cells.items():
        table[item, cell] = count
    patterns, multiplicity = np.unique(table, axis=0, return_counts=True)
    return patterns, multiplicity.astype(np.float64), np.array(pairs, dtype=np.int64)
