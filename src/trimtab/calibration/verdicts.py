"""The verdicts on an item put together, and a part of the items as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..data import LabelledItem
from ..records import JudgeVerdict

Array = NDArray[np.float64]


@dataclass
class Judged:
    """An item with what a judge said of it: the first time in each order, by the answer shown first, and when asked
    again."""

    item: LabelledItem
    at: float | None
    shown: dict[int, float] = field(default_factory=dict)
    again: float | None = None
    both_orders: bool = False

    @property
    def value(self) -> float | None:
        """The judge's figure: of a pair the mean of its orders, none where one of them could not be judged."""
        if not self.shown or (self.both_orders and len(self.shown) < 2):
            return None
        return sum(self.shown.values()) / len(self.shown)

    @property
    def verdict(self) -> float | None:
        """1 for yes, or the first; 0 for no, or the second; 0.5 for neither of a pair."""
        return self.side(self.value)

    def side(self, value: float | None) -> float | None:
        """What a figure says: of an answer whether it is `at` or more, of a pair which is better."""
        if value is None:
            return None
        if self.at is not None:
            return float(value >= self.at)
        return 1.0 if value > 0.5 else 0.0 if value < 0.5 else 0.5

    @property
    def said(self) -> float:
        """What most people say; 0.5 where they are at odds, or call it a tie."""
        label = self.item.label
        return 1.0 if label > 0.5 else 0.0 if label < 0.5 else 0.5


def judged(
    items: Sequence[LabelledItem], verdicts: Sequence[JudgeVerdict], *, at: float | None, ordered: bool
) -> list[Judged]:
    """Every item with its verdicts, which come in any order."""
    found = {item.key: Judged(item, at, both_orders=ordered and len(item.answers) == 2) for item in items}
    for each in verdicts:
        if each.value is None:
            continue
        if each.showing == 1:
            found[each.item].shown.setdefault(each.order[0] if each.order else 0, each.value)
        else:
            found[each.item].again = each.value
    return list(found.values())


def column(values: Sequence[float | None]) -> Array:
    """Figures as an array, none of which is missing."""
    return np.array([value for value in values if value is not None], dtype=np.float64)
