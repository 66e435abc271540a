"""Agreement of reviewers from plain judgements: what counts, what is left out, and how it is told."""

import pytest

from trimtab.people import Said, agreement, agreement_needed, kappa_between
from trimtab.stats import CannotTell, Interval, alpha, kappa


def marks(*rows: str) -> list[Said]:
    """A row a reviewer, a letter an item; a dot is not judged, a question mark cannot tell."""
    return [
        Said(f"r{who}", f"item {place:02}", None if letter == "?" else int(letter))
        for who, row in enumerate(rows)
        for place, letter in enumerate(row)
        if letter != "."
    ]


def test_it_is_alpha_of_what_was_told_and_counts_the_rest() -> None:
    said = marks("112233112233.1", "1122331132331.", "?12233112213..")
    found = agreement(said, "ordinal")
    assert isinstance(found.alpha, Interval)
    known = [each for each in said if each.answer is not None]
    assert found.alpha == alpha([each.item for each in known], [each.answer for each in known], "ordinal")
    assert (found.shared, found.alone, found.reviewers, found.cannot_tell) == (12, 2, 3, 1)
    assert "over 12 items that two or more of 3 reviewers judged" in found.says
    assert "2 items had one judgement" in found.says
    assert "1 judgement could not tell" in found.says


def test_all_agreeing_is_told_in_words() -> None:
    found = agreement(marks("111111", "111111"), "nominal")
    assert isinstance(found.alpha, CannotTell)
    assert "undefined: all agree" in found.says
    assert agreement_needed(found, 0.6) is None


def test_the_items_that_would_decide_shrink_as_the_line_is_farther() -> None:
    found = agreement(marks("1212121212121212", "1212121212112121"), "nominal")
    near, far = agreement_needed(found, 0.5), agreement_needed(found, -0.5)
    assert near is not None
    assert far is not None
    assert near > far


def test_kappa_is_of_the_items_that_both_judged() -> None:
    said = marks("12121212.1?", "1212211211.", "22222222222")
    found = kappa_between(said, "r0", "r1")
    assert found == kappa([1, 2, 1, 2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 2, 1, 1, 2, 1])


def test_a_reviewer_who_answers_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        agreement([Said("a", "x", 1), Said("a", "x", 2)], "nominal")
