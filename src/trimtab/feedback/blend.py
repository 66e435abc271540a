"""Several sources of rows as one, each with a weight."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..records import Comparison, Critique, Demonstration, Edit, Ranking, Rating, Thumb

R = TypeVar("R", Comparison, Critique, Demonstration, Edit, Ranking, Rating, Thumb)


@dataclass(frozen=True)
class Blend(Generic[R]):
    """`rows` in the order of the sources; `counts` pairs how many rows each source had with how many are kept of it.

    `left_out` are the rows that a weight below one did not draw.
    """

    rows: tuple[R, ...]
    left_out: tuple[R, ...]
    counts: tuple[tuple[int, int], ...]


def blend(sources: Sequence[tuple[Sequence[R], float]], seed: int) -> Blend[R]:
    """Each source its weight's number of times: 2.0 is every row twice, 0.5 a half of them, 2.5 both.

    The part is drawn by `seed` and the source's place, and rounded to whole rows. A row that comes again gets "#2" and
    so on behind its id. Raises ValueError at a weight that is not positive.
    """
    rows: list[R] = []
    left_out: list[R] = []
    counts: list[tuple[int, int]] = []
    for place, (some, weight) in enumerate(sources):
        if not weight > 0:
            raise ValueError(f"the weight {weight} of source {place + 1} is not positive")
        whole = int(weight)
        part = int((weight - whole) * len(some) + 0.5)
        drawn = set(random.Random(f"{seed} blend {place}").sample(range(len(some)), part))
        before = len(rows)
        for again in range(whole):
            rows += [_copy(row, again) for row in some]
        rows += [_copy(row, whole) for index, row in enumerate(some) if index in drawn]
        if not whole:
            left_out += [row for index, row in enumerate(some) if index not in drawn]
        counts.append((len(some), len(rows) - before))
    return Blend(tuple(rows), tuple(left_out), tuple(counts))


def _copy(row: R, again: int) -> R:
    return row.model_copy(update={"id": f"{row.id}#{again + 1}"}) if again else row
