"""The judge's slope on length: pooled over models, calibrated on variants of one, implied by a known rate."""

import numpy as np
import pytest
from numpy.typing import NDArray

from trimtab.stats import JUDGE, Interval, LengthPrior, calibrated_prior, implied_slope, length_controlled, pooled_prior

Sides = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def judged(slope: float, *, better: float = 0.0, factor: float = 1.0, n: int = 600, seed: int = 0) -> Sides:
    """A model whose answers have so many times the other's length, before a judge with that slope."""
    rng = np.random.default_rng(seed)
    theirs = rng.gamma(6, 200, n)
    ours = factor * theirs * np.exp(rng.normal(0, 0.4, n))
    d = ours - theirs
    p = 1 / (1 + np.exp(-(better + slope * np.tanh(d / d.std(ddof=1)))))
    return (rng.random(n) < p).astype(float), ours, theirs


def test_many_models_before_a_mild_judge_outweigh_the_prior() -> None:
    found = pooled_prior([judged(0.4, better=0.2 * i - 1, seed=i) for i in range(12)])
    assert 0.35 < found.mean < 0.65
    assert found.sd >= JUDGE.sd


def test_one_model_with_very_many_comparisons_is_one_model() -> None:
    """It tells its own slope to the second digit, and the judge's no better than models differ from each other."""
    found = pooled_prior([judged(0.9, n=20_000)])
    assert found.mean == pytest.approx((0.9 + JUDGE.mean) / 2, abs=0.05)


def test_models_without_overlap_tell_nothing() -> None:
    some = [judged(3.0, factor=0.1, better=-1, seed=i) for i in range(5)]
    assert pooled_prior(some).mean == pytest.approx(JUDGE.mean, abs=0.05)
    assert pooled_prior([]) == JUDGE


def test_models_that_differ_leave_a_wider_prior() -> None:
    slopes = [-1.0, 0.0, 1.0, 2.5, 3.5, 1.2]
    found = pooled_prior([judged(slope, n=3000, seed=i) for i, slope in enumerate(slopes)])
    assert found.sd > 2 * JUDGE.sd


@pytest.mark.parametrize("slope", [0.3, 1.3, 2.2])
def test_variants_of_one_model_give_the_judges_slope(slope: float) -> None:
    found = calibrated_prior([judged(slope, factor=0.5, seed=1), judged(slope, factor=1.8, seed=2)])
    assert found.mean == pytest.approx(slope, abs=0.25)
    assert found.sd < 0.35


def test_a_judge_that_punishes_the_short_more_than_it_rewards_the_long_is_less_certain() -> None:
    alike = calibrated_prior([judged(1.3, factor=0.5, seed=1), judged(1.3, factor=1.8, seed=2)])
    uneven = calibrated_prior([judged(2.0, factor=0.5, seed=1), judged(0.6, factor=1.8, seed=2)])
    assert uneven.sd > 0.7 > 2 * alike.sd
    assert uneven.mean == pytest.approx(1.3, abs=0.25)


def test_one_variant_keeps_the_spread_that_is_known() -> None:
    assert calibrated_prior([judged(1.3, factor=0.5)]).sd > JUDGE.sd


def test_a_calibrated_prior_makes_a_mild_judges_rate_right() -> None:
    """The shipped slope is too steep for it: shorter answers would be made far better than they are."""
    shorter, truth = judged(0.2, better=-0.5, factor=0.35, seed=5), 1 / (1 + np.exp(0.5))
    mild = calibrated_prior([judged(0.2, factor=0.5, seed=1, n=1500), judged(0.2, factor=1.8, seed=2, n=1500)])
    shipped, calibrated = length_controlled(*shorter), length_controlled(*shorter, prior=mild)
    assert isinstance(shipped, Interval)
    assert isinstance(calibrated, Interval)
    assert shipped.estimate > truth + 0.1
    assert calibrated.low < truth < calibrated.high
    assert abs(calibrated.estimate - truth) < 0.06


def test_the_implied_slope_gives_the_rate_back() -> None:
    sides = judged(1.3, better=-0.5, factor=0.4)
    slope = implied_slope(*sides, 0.4)
    assert slope is not None
    found = length_controlled(*sides, prior=LengthPrior(slope, 1e-4))
    assert isinstance(found, Interval)
    assert found.estimate == pytest.approx(0.4, abs=1e-4)
    assert implied_slope(*sides, 1e-9) is None


def test_variants_that_show_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one variant"):
        calibrated_prior([])
    with pytest.raises(ValueError, match="as long as the plain ones"):
        calibrated_prior([([1, 0], [5, 6], [5, 6])])
