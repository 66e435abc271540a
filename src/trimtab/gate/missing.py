"""Items that should have counted and could not be judged: could they turn a gate's verdict?

Nobody knows what they would have been, and they are seldom missing by chance: what a filter keeps back is what the
gate is about. So a verdict stands only where it would with every one of them at the end of the scale that speaks most
against it. On a scale without ends (words) no such end is known: there they are taken to be as far out as the furthest
item that was judged, and a gate is open in any case where more than MOST_MISSING of the items are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..records import Measure

MOST_MISSING = 0.05
"""The share of missing items above which a figure without ends is undecided: one in twenty."""
Q = TypeVar("Q")


@dataclass(frozen=True)
class Missing(Generic[Q]):
    """What is missing beside `judged` items, by the reason, and the same question with all of it at its worst and at
    its best for the gate, None where there is none then; `ends` is whether the scale has ends."""

    unjudged: dict[str, int]
    judged: int
    ends: bool
    worst: Q | None
    best: Q | None

    @property
    def too_many(self) -> bool:
        """Whether a figure without ends is open because of their number alone."""
        count = sum(self.unjudged.values())
        return not self.ends and count > MOST_MISSING * (count + self.judged)


def ends_of(scale: tuple[float, float] | None, seen: Sequence[float]) -> tuple[float, float]:
    """The least and the most that a missing item could be: the scale's ends, or the furthest that were seen."""
    ends = scale or (seen[0], seen[0])
    return min(ends[0], *seen), max(ends[1], *seen)


def filled(
    before: Measure, after: Measure, places: Mapping[int, str], ends: tuple[float, float]
) -> list[tuple[float, float]]:
    """The pairs at these places, with what is missing before and after put at these ends."""
    sides = ((before.values[place], after.values[place]) for place in places)
    return [(ends[0] if b is None else b, ends[1] if a is None else a) for b, a in sides]
