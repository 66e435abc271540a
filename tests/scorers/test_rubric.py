"""The rubric: trapezoid marks, weights, criteria that cannot be judged, and what is refused."""

import math

import pytest
from pydantic import ValidationError

from trimtab.scorers import Criterion, judge


def _criterion(**given: object) -> Criterion:
    return Criterion.model_validate({"scorer": "words", "weight": 1, **given})


FULL = _criterion(zero_below=3, full_from=12, full_to=35, zero_above=90)


@pytest.mark.parametrize(
    ("value", "marks"),
    [(-5, 0), (0, 0), (3, 0), (7.5, 0.5), (12, 1), (20, 1), (35, 1), (62.5, 0.5), (90, 0), (1e9, 0)],
)
def test_trapezoid(value: float, marks: float) -> None:
    assert FULL.marks(value) == pytest.approx(marks)


@pytest.mark.parametrize(("value", "marks"), [(-1e9, 1), (10, 1), (15, 0.5), (20, 0), (1e9, 0)])
def test_a_side_left_out_stays_full(value: float, marks: float) -> None:
    assert _criterion(full_to=10, zero_above=20).marks(value) == pytest.approx(marks)
    assert _criterion(zero_below=-20, full_from=-10).marks(-value) == pytest.approx(marks)


def test_a_triangle_is_allowed() -> None:
    peak = _criterion(zero_below=0, full_from=5, full_to=5, zero_above=10)
    assert [peak.marks(x) for x in (0, 2.5, 5, 7.5, 10)] == [0, 0.5, 1, 0.5, 0]


def test_marks_rise_then_fall_and_stay_between_0_and_1() -> None:
    marks = [FULL.marks(x / 10) for x in range(-100, 1200)]
    top = marks.index(max(marks))
    assert marks[: top + 1] == sorted(marks[: top + 1])
    assert marks[top:] == sorted(marks[top:], reverse=True)
    assert min(marks) == 0
    assert max(marks) == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"zero_below": 1},
        {"full_from": 1},
        {"full_to": 1},
        {"zero_above": 1, "full_from": 0},
        {"zero_below": 5, "full_from": 5},
        {"full_to": 5, "zero_above": 5},
        {"zero_below": 9, "full_from": 5},
        {"zero_below": 0, "full_from": 8, "full_to": 7, "zero_above": 9},
        {"zero_below": 0, "full_from": 1, "full_to": 9, "zero_above": 8},
        {"full_to": 1, "zero_above": math.inf},
        {"full_to": math.nan, "zero_above": 2},
        {"full_to": 1, "zero_above": 2, "weight": 0},
        {"full_to": 1, "zero_above": 2, "weight": -1},
        {"full_to": 1, "zero_above": 2, "weight": math.inf},
        {"full_to": 1, "zero_above": 2, "scorer": "wit"},
        {"full_to": 1, "zero_above": 2, "extra": 1},
    ],
)
def test_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _criterion(**given)


def test_criteria_are_weighed() -> None:
    short = _criterion(full_to=3, zero_above=5)  # "one two three four": 4 words, half marks
    calm = _criterion(scorer="warmth", weight=3, full_to=0, zero_above=1)  # no warm mark: full marks
    (judged,) = judge([short, calm], [("q", "one two three four")])
    assert judged.total == pytest.approx((1 * 0.5 + 3 * 1.0) / 4)
    assert judged.values == {"words": 4.0, "warmth": 0.0}


def test_what_cannot_be_judged_is_left_out_and_the_rest_reweighed() -> None:
    short = _criterion(full_to=3, zero_above=5)
    contractions = _criterion(scorer="contractions", weight=100, zero_below=0, full_from=1)
    (judged,) = judge([short, contractions], [("q", "one two three four")])  # nothing here can be contracted
    assert judged.values["contractions"] is None
    assert judged.total == pytest.approx(0.5)


def test_nothing_judged_is_none_and_not_zero() -> None:
    (judged,) = judge([_criterion(scorer="friendliness", zero_below=0, full_from=1)], [("q", "")])
    assert judged.total is None
    assert judged.values == {"friendliness": None}
