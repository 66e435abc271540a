"""Krippendorff's alpha against its author's examples, against its definition, and what is said where there is none."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.stats import CannotTell, Interval, Level, alpha

FOUR_OBSERVERS = "123321412... 1233224125.3 .3332342251. 12332441251."
"""Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: twelve units, some not judged."""
THREE_CODERS = ".....34121133.3 1.213343....... ..21344.21133.4"
"""The example worked out in Wikipedia's article on Krippendorff's alpha: fifteen units."""


def long_form(table: str) -> tuple[list[int], list[int]]:
    cells = [(unit, int(mark)) for row in table.split() for unit, mark in enumerate(row) if mark != "."]
    return [unit for unit, _ in cells], [mark for _, mark in cells]


def estimate(found: Interval | CannotTell) -> float:
    assert isinstance(found, Interval), found
    return found.estimate


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_it_is_what_its_author_publishes(level: Level, published: float) -> None:
    assert estimate(alpha(*long_form(FOUR_OBSERVERS), level)) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.691), ("interval", 0.811)])
def test_it_is_what_the_encyclopedia_works_out(level: Level, published: float) -> None:
    assert estimate(alpha(*long_form(THREE_CODERS), level)) == pytest.approx(published, abs=5e-4)


def by_definition(items: list[int], marks: list[int], level: Level) -> float | None:
    """Every ordered pair of judgements, weighed by 1 / (judgements of the item - 1), against every pair at all."""
    units = {item: [mark for other, mark in zip(items, marks, strict=True) if other == item] for item in set(items)}
    shared = [marks for marks in units.values() if len(marks) > 1]
    everything = sorted(mark for marks in shared for mark in marks)

    def apart(a: int, b: int) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        between = sum(low <= mark <= high for mark in everything)
        return (between - (everything.count(low) + everything.count(high)) / 2) ** 2

    n = len(everything)
    within = sum(apart(a, b) / (len(unit) - 1) for unit in shared for a, b in permutations(unit, 2)) / max(n, 1)
    among = sum(apart(a, b) for a, b in permutations(everything, 2)) / (n * (n - 1)) if n > 1 else 0.0
    return 1 - within / among if among > 0 else None


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3, 7]), max_size=4), min_size=7, max_size=11),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_it_is_its_definition(units: list[list[int]], level: Level) -> None:
    items = [unit for unit, marks in enumerate(units) for _ in marks]
    marks = [mark for some in units for mark in some]
    found, defined = alpha(items, marks, level), by_definition(items, marks, level)
    if isinstance(found, Interval):
        assert found.estimate == pytest.approx(defined, abs=1e-9)
    elif defined is not None:
        assert "other" in found.why or "few" in found.why  # defined, and yet too little for an interval


def test_what_cannot_be_told_is_said_in_words() -> None:
    items = np.repeat(np.arange(20), 2)
    everybody = alpha(items, np.ones(40), "nominal")
    assert isinstance(everybody, CannotTell)
    assert everybody.why.startswith("undefined: all agree")
    alone = alpha(np.arange(20), np.arange(20) % 2, "nominal")
    assert isinstance(alone, CannotTell)
    assert alone.why == "no item was judged by two or more"
    rare = alpha(items, (items == 3).astype(int), "nominal")
    assert isinstance(rare, CannotTell)
    assert "only 1 of 20 shared items" in rare.why


def test_agreement_on_every_item_is_not_certain_of_all_items() -> None:
    few, many = (alpha(np.repeat(np.arange(n), 2), np.repeat(np.arange(n), 2) % 2, "nominal") for n in (20, 200))
    assert isinstance(few, Interval)
    assert isinstance(many, Interval)
    assert few.estimate == few.high == 1
    # none of 20 disagree: up to 16.8 % may (Clopper and Pearson), and each would cost 1 / expected disagreement
    expected = 2 * 20 * 20 / (40 * 39)
    assert few.low == pytest.approx(1 - (1 - 0.025 ** (1 / 20)) / expected)
    assert few.low < many.low < 1


def test_its_interval_is_the_seeds_and_holds_it() -> None:
    data = long_form(FOUR_OBSERVERS)
    one, again = alpha(*data, "nominal", seed=3), alpha(*data, "nominal", seed=3)
    assert one == again
    assert isinstance(one, Interval)
    assert one.low < one.estimate < one.high


def test_marks_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        alpha([0, 0], [1.0, float("nan")], "ordinal")
    with pytest.raises(ValueError, match="an answer for each item"):
        alpha([0, 0, 1], [1, 2], "nominal")
