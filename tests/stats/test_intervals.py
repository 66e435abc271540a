"""Intervals against published examples, formulas worked out here, SciPy, and simulation."""

import math
import warnings

import numpy as np
import pytest
import scipy.stats

from trimtab.stats import Interval, is_binary, mean_interval, needed_n, paired_difference, paired_effect, paired_ratio
from trimtab.stats.intervals import _DRAWN_AT_ONCE, RESAMPLES, _bootstrap

Z = 1.959963984540054
"""The standard normal's 97.5 % point."""


def _rate(ones: int, n: int) -> list[float]:
    return [1.0] * ones + [0.0] * (n - ones)


def _table(both: int, gained: int, lost: int, neither: int) -> tuple[list[float], list[float]]:
    """Before and after as zeros and ones, from the cells of the 2 x 2 table."""
    before = [1.0] * both + [0.0] * gained + [1.0] * lost + [0.0] * neither
    after = [1.0] * both + [1.0] * gained + [0.0] * lost + [0.0] * neither
    return before, after


@pytest.mark.parametrize(
    ("ones", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_newcombe(ones: int, n: int, low: float, high: float) -> None:
    interval = mean_interval(_rate(ones, n))
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    assert interval.estimate == pytest.approx(ones / n)
    assert (interval.n, interval.confidence) == (n, 0.95)


def test_wilson_mirrors_when_ones_and_zeros_swap() -> None:
    a, b = mean_interval(_rate(3, 17)), mean_interval(_rate(14, 17))
    assert (a.low, a.high) == (pytest.approx(1 - b.high), pytest.approx(1 - b.low))


def test_agresti_min_by_hand() -> None:
    # 40 answered rightly both times, 12 gained, 5 lost, 43 wrong both times; half an item is added to each cell, so
    # n* = 102, b = 12.5, c = 5.5: centre (b - c) / n*, variance ((b + c) - (b - c)^2 / n*) / n*^2
    interval = paired_difference(*_table(40, 12, 5, 43))
    centre = 7 / 102
    half = Z * math.sqrt(18 - 49 / 102) / 102
    assert interval.low == pytest.approx(centre - half, abs=1e-12)
    assert interval.high == pytest.approx(centre + half, abs=1e-12)
    assert interval.estimate == pytest.approx(0.07)


@pytest.mark.parametrize("cells", [(40, 12, 5, 43), (0, 9, 0, 1), (3, 0, 0, 4), (1, 1, 0, 0)])
def test_agresti_min_mirrors_when_sides_swap(cells: tuple[int, int, int, int]) -> None:
    before, after = _table(*cells)
    there, back = paired_difference(before, after), paired_difference(after, before)
    assert there.estimate == -back.estimate
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    assert -1 <= there.low <= there.high <= 1


def test_rates_that_never_changed_still_have_a_width_that_shrinks() -> None:
    """The reason why rates are not bootstrapped."""
    small, large = (paired_difference(_rate(k, 2 * k), _rate(k, 2 * k)) for k in (10, 1000))
    assert small.low < 0 < small.high
    assert 0 < large.high < small.high / 10


@pytest.mark.parametrize(("both", "gain", "loss"), [(0.5, 0.1, 0.1), (0.7, 0.15, 0.02)])
def test_agresti_min_covers(both: float, gain: float, loss: float) -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for cells in rng.multinomial(60, [both, gain, loss, 1 - both - gain - loss], size=400):
        interval = paired_difference(*_table(*cells))
        hits += interval.low <= gain - loss <= interval.high
    assert 0.92 <= hits / 400 <= 0.99


def test_paired_bootstrap_is_scipys_on_the_differences() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.gamma(2, 10, 35), rng.gamma(2, 7, 35)
    mine = paired_difference(before, after, seed=5, confidence=0.9)
    theirs = scipy.stats.bootstrap(
        (after - before,), np.mean, n_resamples=9_999, confidence_level=0.9, method="BCa", rng=np.random.default_rng(5)
    ).confidence_interval
    assert (mine.low, mine.high) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert mine.estimate == pytest.approx(after.mean() - before.mean())
    unpaired = math.hypot(before.std(), after.std())
    assert mine.high - mine.low == pytest.approx(2 * 1.645 * unpaired / math.sqrt(35), rel=0.35)


def test_paired_bootstrap_agrees_with_the_t_interval_on_normal_data() -> None:
    d = np.random.default_rng(2).normal(1.0, 2.0, 200)
    mine = paired_difference(np.zeros(200), d)
    low, high = scipy.stats.t.interval(0.95, 199, loc=d.mean(), scale=scipy.stats.sem(d))
    assert mine.low == pytest.approx(low, abs=0.03)
    assert mine.high == pytest.approx(high, abs=0.03)


def test_paired_bootstrap_uses_the_pairing() -> None:
    """A constant shift on top of large differences between items: paired it is sharp, unpaired it would drown."""
    rng = np.random.default_rng(4)
    before = rng.normal(0, 100, 50)
    interval = paired_difference(before, before + 1 + rng.normal(0, 0.1, 50))
    assert interval.high - interval.low < 0.1
    assert interval.low < 1 < interval.high


def test_paired_bootstrap_covers() -> None:
    """Skewed differences of known mean (exponential, 2); BCa at n = 40 covers 92 to 95 % of the time."""
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(200):
        interval = paired_difference(np.zeros(40), rng.exponential(2.0, 40))
        hits += interval.low <= 2.0 <= interval.high
    assert 0.88 <= hits / 200 <= 0.985


def test_higher_confidence_is_wider() -> None:
    x = np.random.default_rng(0).gamma(2, 2, 30)
    for values in (list(x), _rate(9, 30)):
        widths = [(i := mean_interval(values, confidence=c)).high - i.low for c in (0.8, 0.9, 0.99)]
        assert widths == sorted(widths)
        assert widths[0] < widths[-1]


def test_same_seed_same_interval() -> None:
    rng = np.random.default_rng(9)
    b, a = rng.gamma(2, 2, 20), rng.gamma(2, 1, 20)
    for measure in (paired_difference, paired_ratio):
        assert measure(b, a, seed=1) == measure(b, a, seed=1)
        assert measure(b, a, seed=1) != measure(b, a, seed=2)
    assert mean_interval(b, seed=1) == mean_interval(b, seed=1)


def test_the_global_random_state_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()
    mean_interval([0.1, 0.5, 0.7])
    assert (np.random.get_state()[1] == before).all()


def test_ratio_against_the_delta_method() -> None:
    rng = np.random.default_rng(11)
    b = rng.normal(50, 8, 300)
    a = 0.6 * b + rng.normal(0, 4, 300)
    interval = paired_ratio(b, a)
    r = a.mean() / b.mean()
    half = Z * (a - r * b).std(ddof=1) / math.sqrt(300) / b.mean()  # the linearised variance of a ratio
    assert interval.estimate == pytest.approx(r)
    assert interval.low == pytest.approx(r - half, abs=half * 0.15)
    assert interval.high == pytest.approx(r + half, abs=half * 0.15)


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.0])
def test_ratio_that_is_the_same_in_every_resample(factor: float) -> None:
    """An untouched model against itself, or every value scaled alike: BCa is 0/0 there, and the interval a point."""
    before = np.array([1.0, 2.0, 3.5, 8.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        interval = paired_ratio(before, factor * before)
    assert (interval.low, interval.estimate, interval.high) == pytest.approx((factor, factor, factor))


def test_ratio_to_a_mean_that_resampling_makes_zero_has_no_upper_bound() -> None:
    interval = paired_ratio([0, 0, 0, 0, 1.0], [1, 1, 0, 2, 3.0])
    assert interval.estimate == pytest.approx(7)
    assert 0 < interval.low <= 7
    assert interval.high == math.inf
    assert needed_n(interval, 8.0) is None


@pytest.mark.parametrize("before", [[0.0, 0.0], [-1.0, 1.0], [-3.0, 1.0]])
def test_ratio_needs_a_positive_mean_before(before: list[float]) -> None:
    with pytest.raises(ValueError, match="positive mean before"):
        paired_ratio(before, [1.0, 2.0])


def test_effect_by_hand() -> None:
    # differences 1, 2, 3: mean 2, standard deviation 1
    assert paired_effect([0, 0, 0], [1, 2, 3]) == pytest.approx(2.0)
    assert paired_effect([1, 2, 3], [0, 0, 0]) == pytest.approx(-2.0)


@pytest.mark.parametrize(
    ("before", "after"),
    [([1.0], [2.0]), ([1.0, 2.0], [2.0, 3.0]), ([1.0, 2.0], [1.0, 2.0]), ([0.1, 0.2, 0.3], [0.2, 0.3, 0.4])],
)
def test_effect_of_equal_differences_is_none(before: list[float], after: list[float]) -> None:
    """The last case differs by rounding only, and must not become an effect of 10^15."""
    assert paired_effect(before, after) is None


def test_needed_n_halves_the_width_at_four_times_n() -> None:
    interval = Interval(estimate=0.10, low=0.05, high=0.15, n=100, confidence=0.95)
    assert needed_n(interval, 0.125) == 400
    assert needed_n(interval, 0.075) == 400
    assert needed_n(interval, 0.11) == 2500
    assert needed_n(interval, 0.10) is None


def test_needed_n_looks_at_the_side_of_the_limit() -> None:
    skewed = Interval(estimate=0.10, low=0.09, high=0.30, n=100, confidence=0.95)
    assert needed_n(skewed, 0.15) == 1600
    assert needed_n(skewed, 0.095) == 400


def test_needed_n_comes_true() -> None:
    """With that many items of the same kind, the interval does stop short of the limit."""
    rng = np.random.default_rng(8)
    x = rng.normal(1.0, 1.0, 40)
    x += 1.0 - x.mean()
    first = mean_interval(x)
    n = needed_n(first, 0.85)
    assert n is not None
    assert first.low < 0.85
    again = mean_interval(np.resize(x, n))
    assert again.low == pytest.approx(0.85, abs=0.02)


def test_needed_n_is_always_more_than_there_are() -> None:
    assert needed_n(Interval(0.5, 0.49, 0.51, 10, 0.95), 0.9) == 11


@pytest.mark.parametrize("values", [[3.0] * 5, [3.0]])
def test_constant_data_is_a_point(values: list[float]) -> None:
    interval = mean_interval(values)
    assert (interval.low, interval.estimate, interval.high) == (3.0, 3.0, 3.0)


def test_constant_difference_is_a_point() -> None:
    interval = paired_difference([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert (interval.low, interval.high) == (1.0, 1.0)


@pytest.mark.parametrize("bad", [[], [1.0, math.nan], [math.inf, 1.0], [[1.0, 2.0]]])
def test_refuses_empty_and_not_finite(bad: list[float]) -> None:
    with pytest.raises(ValueError, match=r"non-empty|finite"):
        mean_interval(bad)
    for measure in (paired_difference, paired_ratio, paired_effect):
        with pytest.raises(ValueError, match=r"non-empty|finite"):
            measure(bad, bad)


@pytest.mark.parametrize("measure", [paired_difference, paired_ratio, paired_effect])
def test_refuses_unequal_lengths(measure) -> None:
    with pytest.raises(ValueError, match="3 before and 2 after"):
        measure([1.0, 2.0, 3.0], [1.0, 2.0])


@pytest.mark.parametrize("confidence", [0.0, 1.0, 1.5, -1.0])
def test_refuses_a_confidence_outside_0_to_1(confidence: float) -> None:
    for values in ([0.1, 0.4, 0.9], [0.0, 1.0, 1.0]):
        with pytest.raises(ValueError, match="onfidence"):
            mean_interval(values, confidence=confidence)
        with pytest.raises(ValueError, match="onfidence"):
            paired_difference(values, values[::-1], confidence=confidence)


def test_is_binary() -> None:
    assert is_binary(np.array([0.0, 1.0, 1.0]))
    assert not is_binary(np.array([0.0, 0.5]))


def test_a_bootstrap_looks_at_each_item_as_often_as_it_resamples() -> None:
    seen: list[int] = []

    def mean(x: np.ndarray, axis: int) -> np.ndarray:
        seen.append(x.size)
        return np.asarray(x.mean(axis=axis))

    x = np.random.default_rng(0).exponential(size=3_000)
    _bootstrap((x,), mean, 0.95, 0)
    assert max(seen) <= _DRAWN_AT_ONCE  # of the resamples some at a time, and no item left out of a copy of all
    assert sum(seen) <= (RESAMPLES + 3) * len(x)
