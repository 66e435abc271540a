"""Calibration and correlations: known answers, and intervals that hold the truth as often as they say."""

import numpy as np
import pytest

from trimtab.stats import calibration, calibration_error, correlation, partial_correlation


def test_a_calibrated_prediction_has_no_error_and_a_bold_one_has() -> None:
    source = np.random.default_rng(0)
    p = source.uniform(size=20_000)
    y = (source.uniform(size=20_000) < p).astype(float)
    curve = calibration(p, y)
    assert len(curve) == 10
    assert sum(each.observed.n for each in curve) == 20_000
    assert calibration_error(curve) < 0.02
    assert calibration_error(calibration(np.where(p > 0.5, 0.99, 0.01), y)) == pytest.approx(0.24, abs=0.02)


def test_bins_by_hand() -> None:
    curve = calibration([0.55, 0.55, 0.95, 1.0], [1, 0, 1, 1], low=0.5, bins=5)
    assert [(each.low, each.high, each.observed.n) for each in curve] == [(0.5, 0.6, 2), (0.9, 1.0, 2)]
    assert calibration_error(curve) == pytest.approx(0.5 * 0.05 + 0.5 * 0.025)
    with pytest.raises(ValueError, match="predictions lie in"):
        calibration([0.4], [1], low=0.5)


def test_a_partial_correlation_is_blind_to_what_is_held_fixed() -> None:
    source = np.random.default_rng(1)
    quality = source.normal(size=400)
    x, y = quality + source.normal(size=400), quality + source.normal(size=400)
    raw, partial = correlation(x, y), partial_correlation(x, y, [quality])
    assert raw is not None
    assert raw.low > 0.3
    assert raw.estimate == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert partial is not None
    assert abs(partial.estimate) < 0.1


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    source = np.random.default_rng(2)
    hits = 0
    for _ in range(500):
        x, other = source.normal(size=30), source.normal(size=30)
        found = correlation(x, 0.5 * x + np.sqrt(0.75) * other)
        assert found is not None
        hits += found.low <= 0.5 <= found.high
    assert 0.92 < hits / 500 < 0.98


def test_what_cannot_be_told_is_none() -> None:
    assert correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) is None
    assert correlation([1, 2, 3], [1, 2, 4]) is None
    assert partial_correlation([1, 2, 3, 4, 5.5], [2, 1, 3, 5, 4], [[1, 2, 3, 4, 5.5]]) is None
