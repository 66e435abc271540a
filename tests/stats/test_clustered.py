"""A share over items and reviewers: what it holds for, how it widens, and what would decide it."""

import numpy as np
import pytest
from scipy.stats import binom, t

from trimtab.stats import CannotTell, Clustered, clustered_mean, items_needed, judgements_needed, mean_interval


def crossed(values: list[list[float]], confidence: float = 0.95) -> Clustered:
    """Rows are items, columns reviewers."""
    table = np.array(values, dtype=float)
    items, reviewers = (place.ravel() for place in np.indices(table.shape))
    found = clustered_mean(table.ravel(), items, reviewers, confidence=confidence)
    assert isinstance(found, Clustered)
    return found


def width(found: Clustered) -> float:
    return found.interval.high - found.interval.low


def test_one_judgement_an_item_by_one_reviewer_is_wilsons_with_students_t() -> None:
    found = crossed([[1.0]] * 700 + [[0.0]] * 300)
    plain = mean_interval([1.0] * 700 + [0.0] * 300)
    assert found.over == "items"
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high), abs=2e-4)


def test_judging_the_same_items_again_tells_nothing_new_where_all_agree() -> None:
    once = [[float(item % 3 > 0)] for item in range(60)]
    assert width(crossed([row * 2 for row in once])) == pytest.approx(width(crossed(once)), rel=1e-9)
    assert width(crossed([row * 5 for row in once])) == pytest.approx(width(crossed(once)), rel=0.02)


def test_reviewers_who_differ_widen_it_as_no_number_of_items_narrows() -> None:
    rng = np.random.default_rng(0)
    leanings = np.array([0.2, 0.5, 0.8, 0.5])
    many = crossed((rng.random((2000, 4)) < leanings).astype(float).tolist())
    assert many.over == "items and reviewers"
    assert width(many) > 0.5
    needed = judgements_needed(many, many.interval.estimate + 0.1)
    assert needed.reviewers is not None
    assert needed.reviewers > 0


def test_two_reviewers_say_nothing_of_others() -> None:
    found = crossed([[1.0, 0.0]] * 40)
    assert (found.over, found.reviewers, found.between_reviewers) == ("items", 2, 0)


@pytest.mark.parametrize("value", [0.0, 1 / 3, 0.5, 0.7, 1.0])
def test_it_is_never_without_a_width(value: float) -> None:
    found = crossed([[value] * 3] * 30)
    assert width(found) > 0.05
    assert found.interval.low <= value <= found.interval.high


@pytest.mark.parametrize(("yes", "n", "line"), [(24, 40, 0.5), (24, 30, 0.65), (6, 30, 0.35)])
def test_the_items_that_are_said_to_be_needed_decide_four_times_in_five(yes: int, n: int, line: float) -> None:
    first = crossed([[1.0]] * yes + [[0.0]] * (n - yes))
    needed = judgements_needed(first, line)
    assert needed.items is not None
    assert needed.judgements == needed.items
    total, decided = needed.items + n, 0.0
    for ones in range(total + 1):
        after = mean_interval([1.0] * ones + [0.0] * (total - ones)) if 0 < ones < total else None
        if after is not None and (after.low > line if yes / n > line else after.high < line):
            decided += float(binom.pmf(ones, total, yes / n))
    assert 0.74 <= decided <= 0.86


def test_where_all_say_yes_the_bound_of_all_is_what_must_pass() -> None:
    first = crossed([[1.0]] * 10)
    needed = judgements_needed(first, 0.9)
    assert needed.items is not None
    assert mean_interval([1.0] * (10 + needed.items)).low >= 0.9
    assert mean_interval([1.0] * (9 + needed.items)).low < 0.9


def test_nothing_decides_what_lies_on_the_line() -> None:
    found = crossed([[1.0], [0.0]] * 20)
    assert judgements_needed(found, 0.5).items is None
    assert items_needed(found.interval, 0.5) is None
    assert items_needed(found.interval, 0.9) == 0


def test_one_item_cannot_tell_and_what_is_no_share_is_refused() -> None:
    assert isinstance(clustered_mean([1.0, 0.0], [0, 0], [0, 1]), CannotTell)
    with pytest.raises(ValueError, match="between 0 and 1"):
        clustered_mean([1.0, 2.0], [0, 1], [0, 0])
    with pytest.raises(ValueError, match="one shape"):
        clustered_mean([1.0, 0.0], [0, 1, 2], [0, 0])


def test_marks_near_each_other_have_an_interval_of_their_own_spread() -> None:
    """As wide as Student's around a mean, and not as a share of judgements that say yes or no; those stay Wilson's."""
    rng = np.random.default_rng(0)
    marks, codes = rng.choice([0.5, 0.75, 1.0], 60, p=[0.2, 0.7, 0.1]), np.arange(60)
    found = clustered_mean(marks, codes, np.zeros(60, dtype=int))
    assert isinstance(found, Clustered)
    student = float(t.ppf(0.975, 59)) * marks.std() / 60**0.5 * (60 / 59) ** 0.5
    assert (found.interval.high - found.interval.low) / 2 == pytest.approx(student, rel=0.05)
    yes = clustered_mean((marks > 0.6).astype(float), codes, np.zeros(60, dtype=int))
    assert isinstance(yes, Clustered)
    assert yes.effective == pytest.approx(59)  # one judgement an item: n, less what the mean took
