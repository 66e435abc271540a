"""How far reviewers agree on the order of several answers."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from ..stats import CannotTell, Interval, alpha
from .among import AlphaAmong
from .said import refuse_twice

_BETTER, _ALIKE, _WORSE = "the first", "alike", "the second"


class Ranked(NamedTuple):
    """A reviewer's ranks of an item's answers, in the item's own order, 1 the best; None where they cannot tell."""

    reviewer: str
    item: str
    ranks: tuple[int, ...] | None


class RankingAgreement(AlphaAmong):
    """Krippendorff's alpha of how each two answers of an item stand to each other, with its interval over items."""

    _done, _one = "ranked", "ranking"
    _how = " (which of two answers is better, or alike, each two of an item by themselves; whole items are drawn)"


def ranking_agreement(said: Sequence[Ranked], *, confidence: float = 0.95, seed: int = 0) -> RankingAgreement:
    """Alpha, nominal, of the pairs that rankings make: first better, second better, or alike.

    It is assumed that which answer of an item stands first says nothing, as it does where orders are drawn. The pairs
    of an item hang together, so that the interval draws whole items. Raises ValueError where a reviewer ranks an item
    twice, or the rankings of an item are of different lengths.
    """
    refuse_twice([(each.reviewer, each.item) for each in said])
    given = [(each.reviewer, each.item, each.ranks) for each in said if each.ranks is not None]
    lengths: dict[str, int] = {}
    judged: dict[str, int] = {}
    pairs: list[tuple[str, str, str]] = []
    for _, item, ranks in given:
        if lengths.setdefault(item, len(ranks)) != len(ranks):
            raise ValueError(f"{item} is ranked with {lengths[item]} answers and with {len(ranks)}")
        judged[item] = judged.get(item, 0) + 1
        for (one, first), (other, second) in combinations(enumerate(ranks), 2):
            answer = _ALIKE if first == second else _BETTER if first < second else _WORSE
            pairs.append((item, f"{item}/{one}/{other}", answer))
    found: Interval | CannotTell = alpha(
        [pair for _, pair, _ in pairs],
        [answer for _, _, answer in pairs],
        "nominal",
        groups=[item for item, _, _ in pairs],
        confidence=confidence,
        seed=seed,
    )
    return RankingAgreement(
        found,
        sum(count > 1 for count in judged.values()),
        sum(count == 1 for count in judged.values()),
        len({reviewer for reviewer, _, _ in given}),
        len(said) - len(given),
    )
