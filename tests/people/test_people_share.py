"""A share over items and reviewers in words, and what would decide it."""

import pytest

from trimtab.people import people_share, share_needed
from trimtab.stats import CannotTell, Clustered


def judged(yes: int, no: int, reviewers: int = 1) -> list[tuple[str, str, float | None]]:
    return [(f"r{who}", f"{place}", float(place < yes)) for place in range(yes + no) for who in range(reviewers)]


def test_it_says_whom_it_holds_for() -> None:
    one, three = people_share(judged(30, 10)), people_share(judged(30, 10, 3))
    assert "75%" in one.says
    assert "It holds for these reviewers" in one.says
    assert "over 40 items and 3 reviewers." in three.says
    assert isinstance(three.share, Clustered)
    assert three.share.over == "items and reviewers"


def test_who_cannot_tell_is_counted_and_nothing_is_no_figure() -> None:
    found = people_share([*judged(3, 3), ("r0", "x", None)])
    assert "1 judgement could not tell" in found.says
    nothing = people_share([("r0", "x", None)])
    assert isinstance(nothing.share, CannotTell)
    assert nothing.says.startswith("Cannot tell: nobody has judged")
    assert "cannot be told" in share_needed(nothing, 0.5)
    with pytest.raises(ValueError, match="twice"):
        people_share([("r0", "x", 1.0), ("r0", "x", 0.0)])


def test_what_would_decide_is_told_only_where_it_is_open() -> None:
    found = people_share(judged(24, 16))
    assert "more items" in share_needed(found, 0.5)
    assert share_needed(found, 0.2) == ""
    assert "too near 60% for any number" in share_needed(found, 0.6)


def test_reviewers_who_differ_are_what_is_missing() -> None:
    split = [(f"r{who}", f"{place}", float(who < 2)) for place in range(300) for who in range(4)]
    assert "more reviewers, because these differ" in share_needed(people_share(split), 0.6)
