"""Sources in proportion to their weights: seeded, in order, and counted."""

from collections import Counter

import pytest
from test_convert import DEMONSTRATION

from trimtab.feedback import blend
from trimtab.records import Demonstration


def rows(name: str, count: int) -> list[Demonstration]:
    return [DEMONSTRATION.model_copy(update={"id": f"{name}{i}"}) for i in range(count)]


def names(found: tuple[Demonstration, ...]) -> list[str]:
    return [row.id for row in found]


def test_twice_and_a_half() -> None:
    found = blend([(rows("a", 3), 2.0), (rows("b", 10), 0.5), (rows("c", 2), 1.0)], seed=3)
    assert names(found.rows)[:6] == ["a0", "a1", "a2", "a0#2", "a1#2", "a2#2"]
    assert names(found.rows)[-2:] == ["c0", "c1"]
    half = names(found.rows)[6:-2]
    assert len(half) == 5
    assert half == sorted(half)
    assert found.counts == ((3, 6), (10, 5), (2, 2))
    assert Counter(half) + Counter(names(found.left_out)) == Counter(row.id for row in rows("b", 10))
    assert len(set(names(found.rows))) == len(found.rows)


def test_a_whole_number_and_a_part() -> None:
    found = blend([(rows("a", 4), 2.5)], seed=0)
    times = Counter(name.partition("#")[0] for name in names(found.rows))
    assert sorted(times.values()) == [2, 2, 3, 3]
    assert found.left_out == ()


def test_the_seed_decides_and_nothing_else_does() -> None:
    def half(seed: int) -> list[str]:
        return names(blend([(rows("a", 20), 0.5)], seed).rows)

    assert half(1) == half(1)
    assert len({tuple(half(seed)) for seed in range(5)}) > 1
    other = blend([(rows("a", 20), 0.5), (rows("b", 7), 0.3)], 1)
    assert names(other.rows)[:10] == half(1)  # a source further on does not change what is drawn
    assert other.counts[1] == (7, 2)


def test_nothing_and_weights_that_are_none() -> None:
    assert blend([([], 2.0)], 0).rows == ()  # type: ignore[var-annotated]
    for weight in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="not positive"):
            blend([(rows("a", 1), weight)], 0)
