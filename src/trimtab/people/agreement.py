"""How far reviewers agree: alpha among all, kappa between two."""

from collections.abc import Sequence

import numpy as np

from ..stats import CannotTell, Interval, Level, Weighting, alpha, items_needed, kappa
from .among import AlphaAmong
from .rankings import RankingAgreement
from .said import Said, coded


class Agreement(AlphaAmong):
    """Krippendorff's alpha of what reviewers said of the same items."""

    _done, _one = "judged", "judgement"


def agreement(said: Sequence[Said], level: Level, *, confidence: float = 0.95, seed: int = 0) -> Agreement:
    """Alpha of judgements. Marks in an order are "ordinal" numbers; choices and flags are "nominal".

    Raises ValueError where a reviewer answers an item twice, or a mark is no number.
    """
    given = coded(said)
    answers = given.answer if level == "nominal" else np.array(given.answers, dtype=np.float64)[given.answer]
    per_item = np.bincount(given.item, minlength=len(given.items))
    shared = int((per_item >= 2).sum())
    found = alpha(given.item, answers, level, confidence=confidence, seed=seed)
    return Agreement(found, shared, int((per_item == 1).sum()), len(given.reviewers), given.cannot_tell)


def agreement_needed(found: Agreement | RankingAgreement, line: float) -> int | None:
    """How many more shared items would put alpha's interval beside the line, four times in five; None: no number would,
    or alpha cannot be told."""
    return None if isinstance(found.alpha, CannotTell) else items_needed(found.alpha, line)


def kappa_between(
    said: Sequence[Said],
    one: str,
    other: str,
    *,
    weighting: Weighting = "none",
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval | CannotTell:
    """Cohen's kappa of two reviewers, or of a judge and people's answer, over the items that both judged."""
    given = coded([each for each in said if each.reviewer in (one, other)])
    by: dict[str, dict[int, int]] = {name: {} for name in (one, other)}
    for reviewer, item, answer in zip(given.reviewer, given.item, given.answer, strict=True):
        by[given.reviewers[reviewer]][int(item)] = int(answer)
    both = sorted(by[one].keys() & by[other].keys())
    sides = ([by[name][item] for item in both] for name in (one, other))
    return kappa(*sides, weighting=weighting, confidence=confidence, seed=seed)
