"""Rates corrected for their scorer: they hold the truth where the plain rate does not, and take no credit for luck."""

import numpy as np
import pytest

from trimtab.stats import (
    Interval,
    corrected_needed_n,
    corrected_preference,
    corrected_rate,
    mean_interval,
    room_needed_n,
    room_p_value,
    with_room,
)

TABLE = ((30, 20), (6, 194))


def said(share: float, n: int = 300) -> list[float]:
    return [1.0] * round(share * n) + [0.0] * (n - round(share * n))


def test_the_estimate_is_rogan_and_gladens_within_0_and_1() -> None:
    assert corrected_rate(said(0.3), TABLE).estimate == pytest.approx((0.3 - 0.03) / (0.6 - 0.03))
    assert corrected_rate(said(0.0), TABLE).estimate == 0
    assert corrected_rate(said(0.9), TABLE).estimate == 1


@pytest.mark.parametrize("false_rate", [0.0, 0.03])
@pytest.mark.parametrize("truth", [0.02, 0.1, 0.4])
def test_it_holds_the_truth_whether_the_scorer_is_mistaken_here_or_not(truth: float, false_rate: float) -> None:
    rng = np.random.default_rng(7)
    held = plain = 0
    for _ in range(300):
        found, mistaken = rng.binomial(50, 0.6), rng.binomial(200, 0.03)
        values = (rng.random(270) < truth * 0.6 + (1 - truth) * false_rate).astype(float)
        interval = corrected_rate(list(values), ((found, 50 - found), (mistaken, 200 - mistaken)), confidence=0.9)
        held += interval.low <= truth <= interval.high
        raw = mean_interval(list(values), rate=True, confidence=0.9)
        plain += raw.low <= truth <= raw.high
    assert held >= 0.87 * 300
    if truth == 0.4:
        assert plain < 0.3 * 300  # the plain rate is not the rate


def test_no_credit_for_false_alarms_that_may_not_have_happened() -> None:
    for share in (0.0, 0.01, 0.03):
        values = said(share)
        assert corrected_rate(values, TABLE).high > mean_interval(values, rate=True).high


def test_a_recall_measured_on_more_answers_narrows_it() -> None:
    many = ((300, 200), (60, 1940))
    few_half, many_half = (corrected_rate(said(0.3), table) for table in (TABLE, many))
    assert many_half.high - many_half.low < 0.7 * (few_half.high - few_half.low)


def test_needed_n_decides_or_is_none_where_the_scorers_own_doubt_is_the_obstacle() -> None:
    interval = corrected_rate(said(0.04), TABLE)
    needed = corrected_needed_n(interval, 0.04, 0.1, TABLE)
    assert needed is not None
    assert interval.high > 0.1 >= corrected_rate(said(0.04, 2 * needed), TABLE).high
    assert corrected_needed_n(interval, 0.04, 0.05, TABLE) is None


def test_a_scorer_no_better_than_chance_corrects_nothing() -> None:
    with pytest.raises(ValueError, match="chance"):
        corrected_rate(said(0.2), ((3, 27), (20, 180)))
    with pytest.raises(ValueError, match="non-empty"):
        corrected_rate([], TABLE)


def test_room_for_a_scorers_errors_adds_as_squares_and_keeps_to_the_scale() -> None:
    plain = Interval(0.06, 0.03, 0.09, 300, 0.9)
    wide = with_room(plain, 0.04, 4)
    half = 0.04 * 2.1318  # Student's quantile of 95 % with 4 degrees
    assert wide.low == pytest.approx(0.06 - np.hypot(0.03, half), abs=1e-4)
    assert wide.high == pytest.approx(0.06 + np.hypot(0.03, half), abs=1e-4)
    assert with_room(plain, 0.5, 4, ends=(0.0, 1.0)).low == 0.0
    assert with_room(plain, 0.0, 4) == plain


def test_no_items_take_the_scorers_errors_away() -> None:
    wide = with_room(Interval(0.10, 0.0, 0.2, 100, 0.9), 0.03, 4)
    needed = room_needed_n(wide, 0.0, 0.03, 4)
    assert needed is not None
    shrunk = with_room(Interval(0.10, 0.1 - 0.1 * (100 / needed) ** 0.5, 0.2, needed, 0.9), 0.03, 4)
    assert shrunk.low == pytest.approx(0.0, abs=1e-3)
    assert room_needed_n(wide, 0.05, 0.03, 4) is None


def test_a_p_value_with_room_is_never_smaller() -> None:
    for p in (0.0, 1e-6, 0.01, 0.5, 1.0):
        assert room_p_value(p, 0.1, 0.05, 4) >= p
        assert room_p_value(p, 0.1, 0.0, 4) == p
    assert room_p_value(0.0, 0.1, 0.05, 4) == pytest.approx(0.1161, abs=1e-3)  # Student's beyond 2 with 4 degrees


@pytest.mark.parametrize(("truth", "accuracy", "ties"), [(0.6, 0.8, 0.0), (0.3, 0.7, 0.2), (0.5, 0.9, 0.1)])
def test_a_preference_by_a_judge_who_errs_is_held_by_its_bounds(truth: float, accuracy: float, ties: float) -> None:
    """In 95 % of studies or more: the bounds are two exact ones, each at half the error."""
    source, held, off = np.random.default_rng(5), 0, []
    for _ in range(200):
        people = np.where(source.random(400) < ties, 0.5, (source.random(400) < truth).astype(float))
        wrong = source.random(400) > accuracy
        said = np.where(people == 0.5, (source.random(400) < 0.5).astype(float), np.where(wrong, 1 - people, people))
        found = corrected_preference(said.tolist(), float(source.binomial(150, accuracy)), 150)
        wanted = ties / 2 + (1 - ties) * truth
        held += found.low <= wanted <= found.high
        off.append(found.estimate - wanted)
    assert held >= 190
    assert abs(float(np.mean(off))) < 0.03


def test_a_judge_that_is_no_better_than_chance_corrects_nothing() -> None:
    with pytest.raises(ValueError, match="no better than chance"):
        corrected_preference([1.0, 0.0], 10, 20)
    wide = corrected_preference([1.0] * 60 + [0.0] * 40, 12, 20)
    assert (wide.low, wide.high) == (0.0, 1.0)
