"""How far reviewers agree on the order of several answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from ..stats import CannotTell, Interval, alpha
from .said import counted, refuse_twice, told

_BETTER, _ALIKE, _WORSE = "the first", "alike", "the second"


class Ranked(NamedTuple):
    """A reviewer's ranks of an item's answers, in the item's own order, 1 the best; None where they cannot tell."""

    reviewer: str
    item: str
    ranks: tuple[int, ...] | None


@dataclass(frozen=True)
class RankingAgreement:
    """Krippendorff's alpha of how each two answers of an item stand to each other, with its interval over items.

    `alone` items have one ranking; `cannot_tell` are judgements that say nothing.
    """

    alpha: Interval | CannotTell
    shared: int
    alone: int
    reviewers: int
    cannot_tell: int

    @property
    def says(self) -> str:
        """In a sentence or two."""
        among = f"over {counted(self.shared, 'item')} that two or more of {counted(self.reviewers, 'reviewer')} ranked"
        left = f" {counted(self.alone, 'item')} had one ranking, which tells nothing of it." if self.alone else ""
        if self.cannot_tell:
            left += f" {counted(self.cannot_tell, 'judgement')} could not tell and are left out."
        how = "which of two answers is better, or alike, each two of an item by themselves; whole items are drawn"
        return f"Krippendorff's alpha {among} ({how}): {told(self.alpha, share=False)}.{left}"


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
