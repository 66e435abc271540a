"""Pairs shown twice with sides swapped, and the side that draws a reviewer."""

import numpy as np
import pytest

from trimtab.people import Shown, consistency, side_bias
from trimtab.records import Choice
from trimtab.stats import CannotTell, Interval, exact_interval

_BACK: dict[Choice, Choice] = {"first": "second", "second": "first"}


def twice(reviewer: str, item: str, one: Choice, other: Choice) -> list[Shown]:
    return [Shown(reviewer, item, one, True, 1), Shown(reviewer, item, other, False, 2)]


def estimate(found: Interval | CannotTell) -> float:
    assert isinstance(found, Interval), found
    return found.estimate


def test_each_way_of_answering_twice_counts_as_is_said() -> None:
    pairs: list[tuple[Choice, Choice]] = [
        ("first", "first"),
        ("tie", "tie"),
        ("both bad", "both bad"),
        ("first", "second"),
        ("tie", "first"),
        ("both bad", "tie"),
        ("cannot tell", "first"),
        ("cannot tell", "cannot tell"),
    ]
    shown = [each for place, pair in enumerate(pairs) for each in twice("ann", f"{place}", *pair)]
    mine, team = consistency([*shown, Shown("bob", "9", "first", True)])
    assert mine.same == exact_interval(3, 6, 0.95)
    assert mine.turned == exact_interval(1, 6, 0.95)
    assert (mine.partly, mine.left_out) == (2, 2)
    assert (mine.reviewer, team.reviewer) == ("ann", None)
    assert estimate(team.same) == 0.5
    assert "Left out: 2 pairs of which they could not tell" in mine.says


def test_without_a_second_showing_nothing_is_told() -> None:
    (team,) = consistency([Shown("ann", "1", "first", True)])
    assert isinstance(team.same, CannotTell)
    assert "cannot tell" in team.says


def test_a_second_showing_with_sides_as_they_were_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was swapped"):
        consistency([Shown("ann", "1", "first", True, 1), Shown("ann", "1", "first", True, 2)])
    with pytest.raises(ValueError, match="twice"):
        side_bias([Shown("ann", "1", "first", True, 1), Shown("ann", "1", "first", False, 1)])


def test_who_follows_the_side_is_found_and_who_looks_at_answers_is_not() -> None:
    rng = np.random.default_rng(0)
    shown = []
    for place in range(60):
        stood: bool = bool(rng.random() < 0.5)
        better: Choice = "first" if rng.random() < 0.5 else "second"
        seen_first: Choice = "first" if stood else "second"
        shown += [Shown("fair", f"{place}", better, stood), Shown("left", f"{place}", seen_first, stood)]
        shown.append(Shown("even", f"{place}", "tie", stood))
    even, fair, left, team = side_bias(shown)
    assert estimate(left.first) == 1
    assert (even.leans, fair.leans, left.leans) == (False, False, True)
    assert isinstance(even.first, CannotTell)
    assert (even.no_side, team.no_side) == (60, 60)
    assert "more than chance" in left.says


def test_a_pair_chosen_alike_twice_says_nothing_for_a_side() -> None:
    shown = [each for place in range(30) for each in twice("ann", f"{place}", "first", "first")]
    mine, _ = side_bias(shown)
    assert estimate(mine.first) == 0.5
    assert not mine.leans
    turned = [each for place in range(30) for each in twice("ann", f"{place}", "first", _BACK["first"])]
    assert estimate(side_bias(turned)[0].first) == 1
