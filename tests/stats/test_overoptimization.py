"""Overoptimization: curves against planted coefficients and by hand."""

import numpy as np
import pytest

from trimtab.stats import fit_overoptimization
from trimtab.stats.overoptimization import fitted_gain


@pytest.mark.parametrize("form", ["rl", "bon"])
@pytest.mark.parametrize(("alpha", "beta"), [(1.3, 0.4), (0.2, -0.1), (-0.5, 0.2)])
def test_planted_coefficients_are_recovered(form, alpha: float, beta: float) -> None:
    kl = np.array([0.0, 0.3, 1.0, 2.5, 6.0, 14.0])
    d = np.sqrt(kl)
    bend = d if form == "bon" else np.log(np.where(d > 0, d, 1))
    fit = fit_overoptimization(kl, d * (alpha - beta * bend), form)
    assert fit is not None
    assert (fit.alpha, fit.beta, fit.r_squared) == pytest.approx((alpha, beta, 1.0))
    assert [fitted_gain(fit, x) for x in kl] == pytest.approx(list(d * (alpha - beta * bend)), abs=1e-9)


@pytest.mark.parametrize("form", ["rl", "bon"])
def test_planted_coefficients_are_recovered_through_noise(form) -> None:
    rng = np.random.default_rng(3)
    kl = np.linspace(0.2, 30, 40)
    d = np.sqrt(kl)
    truth = d * (1.0 - 0.4 * np.log(d)) if form == "rl" else d * (1.0 - 0.12 * d)
    fit = fit_overoptimization(kl, truth + rng.normal(0, 0.05, 40), form)
    assert fit is not None
    assert fit.alpha == pytest.approx(1.0, abs=0.05)
    assert fit.beta == pytest.approx(0.4 if form == "rl" else 0.12, abs=0.03)
    assert fit.r_squared is not None
    assert 0.8 < fit.r_squared < 1


def test_a_fit_by_hand() -> None:
    """Gains 3, 4, 1 at d = 1, 2, 3: the normal equations of a d - b d² are 14 a - 36 b = 14 and 36 a - 98 b = 28.

    So a = 91/19 and b = 28/19; the curve is 63/19, 70/19, 21/19, the residuals -6/19, 6/19, -2/19. Their squares sum
    to 76/361 = 4/19, those about the mean 8/3 to 14/3: R² = 1 - 12/266. The peak is at d = 91/56 = 1.625.
    """
    fit = fit_overoptimization([1.0, 4.0, 9.0], [3.0, 4.0, 1.0], "bon")
    assert fit is not None
    assert (fit.alpha, fit.beta, fit.r_squared) == pytest.approx((91 / 19, 28 / 19, 1 - 12 / 266))
    assert fit.peak_kl == pytest.approx(1.625**2)


def test_the_peak_in_reinforcement_learning_by_hand() -> None:
    """d (2 - log d) has the slope 1 - log d: its peak is at d = e, so at a KL of e², and is e high."""
    kl = np.array([1.0, 4.0, 9.0, 16.0])
    d = np.sqrt(kl)
    fit = fit_overoptimization(kl, d * (2 - np.log(d)), "rl")
    assert fit is not None
    assert fit.peak_kl == pytest.approx(np.e**2)
    assert fitted_gain(fit, fit.peak_kl or 0.0) == pytest.approx(np.e)


@pytest.mark.parametrize("form", ["rl", "bon"])
def test_the_peak_is_where_the_curve_is_highest(form) -> None:
    fit = fit_overoptimization([1.0, 4.0, 9.0, 16.0, 25.0], [1.0, 1.6, 1.7, 1.5, 0.9], form)
    assert fit is not None
    assert fit.peak_kl is not None
    grid = np.linspace(0.01, 40, 4000)
    assert grid[np.argmax([fitted_gain(fit, x) for x in grid])] == pytest.approx(fit.peak_kl, abs=0.02)


def test_curves_that_only_rise_or_only_fall_have_no_peak() -> None:
    kl = np.array([1.0, 4.0, 9.0, 16.0])
    for form, gains in (("bon", kl), ("bon", -kl), ("rl", kl), ("rl", np.sqrt(kl))):
        fit = fit_overoptimization(kl, gains, form)  # type: ignore[arg-type]
        assert fit is not None
        assert fit.peak_kl is None


def test_no_curve_through_fewer_than_three_points_away_from_the_start() -> None:
    assert fit_overoptimization([0.0, 1.0, 2.0], [0.0, 0.5, 0.6], "rl") is None
    assert fit_overoptimization([-0.01, 1.0, 2.0], [0.0, 0.5, 0.6], "rl") is None
    assert fit_overoptimization([1.0, 1.0, 2.0], [0.4, 0.5, 0.6], "rl") is None
    level = fit_overoptimization([1.0, 2.0, 3.0], [0.5, 0.5, 0.5], "rl")
    assert level is not None
    assert level.r_squared is None


def test_the_line_is_the_curve_from_the_start_to_the_last_point() -> None:
    """d (2 - log d) at d = 0 (its limit), 2 and 4."""
    kl = np.array([1.0, 4.0, 9.0, 16.0])
    d = np.sqrt(kl)
    fit = fit_overoptimization(kl, d * (2 - np.log(d)), "rl")
    assert fit is not None
    start, middle, end = fit.line[0], fit.line[len(fit.line) // 2], fit.line[-1]
    assert start == (0.0, 0.0)
    assert middle == pytest.approx((2.0, 2 * (2 - np.log(2))))
    assert end == pytest.approx((4.0, 4 * (2 - np.log(4))))


def test_lengths_must_be_equal() -> None:
    with pytest.raises(ValueError, match="equal lengths"):
        fit_overoptimization([1.0, 2.0], [1.0], "rl")
