"""P-values, corrections and power against published examples, SciPy, and simulation."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel

from trimtab.stats import holm, paired_p_value, pairs_needed, smallest_effect


def table(gained: int, lost: int, same: int) -> tuple[list[float], list[float]]:
    before = [0.0] * gained + [1.0] * lost + [1.0] * same
    after = [1.0] * gained + [0.0] * lost + [1.0] * same
    return before, after


def test_mcnemar_is_that_of_the_published_example() -> None:
    """Fagerland, Lydersen and Laake (2013): airways of 21 children, 7 changes against 1; p = 0.070."""
    assert paired_p_value(*table(7, 1, 13)) == pytest.approx(0.0703125)
    assert paired_p_value(*table(1, 7, 13)) == pytest.approx(0.0703125)


def test_mcnemar_is_that_of_the_textbook() -> None:
    """Armitage and Berry (1994), p. 127, after Liddell (1983): two media, 12 sputum specimens against 2; p = 0.0129."""
    assert round(paired_p_value(*table(12, 2, 36)), 4) == 0.0129


def test_nothing_changed_is_no_evidence() -> None:
    assert paired_p_value(*table(0, 0, 9)) == 1.0
    assert paired_p_value([0.3, 0.7], [0.3, 0.7]) == 1.0


def test_permutation_is_exact_where_all_flips_can_be_made() -> None:
    differences = np.array([1.0, 2.0, 3.0, 4.5])
    flips = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1).T
    means = (flips * differences).mean(1)
    expected = 2 * float((means >= differences.mean() - 1e-9).mean())
    assert paired_p_value([0.0] * 4, differences) == pytest.approx(expected)


def test_permutation_agrees_with_the_t_test_on_normal_data() -> None:
    rng = np.random.default_rng(5)
    before, shift = rng.normal(size=200), rng.normal(0.15, 1, size=200)
    ours = paired_p_value(before, before + shift)
    assert ours == pytest.approx(float(ttest_rel(before + shift, before).pvalue), abs=0.01)
    assert 0.001 < ours < 0.2
    assert ours == paired_p_value(before, before + shift)  # a seed, and not luck


def test_holm_steps_down() -> None:
    """By hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04, which may not fall below the one before it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.parametrize(
    ("raw", "adjusted"),
    [
        # R 4.5's p.adjust(p, "holm")
        ([0.001, 0.01, 0.05, 0.1, 0.5, 0.9], [0.006, 0.05, 0.2, 0.3, 1.0, 1.0]),
        # the documentation of MultipleTesting.jl, Holm
        ([0.001, 0.01, 0.03, 0.5], [0.004, 0.03, 0.06, 0.5]),
    ],
)
def test_holm_is_that_of_other_packages(raw: list[float], adjusted: list[float]) -> None:
    assert holm(raw) == pytest.approx(adjusted)
    assert holm(raw[::-1]) == pytest.approx(adjusted[::-1])


def test_items_needed_are_those_of_the_published_example() -> None:
    """Miller (2024), section 5: a variance of 1/9 and a difference of 3 points at 80 % power need 969 questions."""
    assert pairs_needed(0.03, 1 / 3) == 969


def test_the_smallest_effect_is_found_as_often_as_its_power_says() -> None:
    rng = np.random.default_rng(1)
    n, spread = 80, 0.7
    before = np.zeros(n)
    effect = smallest_effect(before, rng.normal(0, spread, size=n)) or 0.0
    exact = 2.8016 * spread / np.sqrt(n)
    assert effect == pytest.approx(exact, rel=0.25)  # the spread of 80 items is itself a sample
    found = [ttest_1samp(rng.normal(exact, spread, size=n), 0).pvalue < 0.05 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)
    assert pairs_needed(exact, spread) == n
    assert pairs_needed(exact / 2, spread) == pytest.approx(4 * n, abs=1)


def test_what_cannot_be_computed_is_refused() -> None:
    assert smallest_effect([1.0, 2.0], [2.0, 3.0]) is None
    assert smallest_effect([1.0], [2.0]) is None
    with pytest.raises(ValueError, match="above 0"):
        pairs_needed(0.0, 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        pairs_needed(1.0, 1.0, power=1.0)
    with pytest.raises(ValueError, match="equal lengths"):
        paired_p_value([1.0], [1.0, 0.0])
