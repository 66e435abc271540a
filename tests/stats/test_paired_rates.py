"""The score interval of a paired difference of rates: its formula, and how often it lets a loss pass, enumerated."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, xlogy
from scipy.stats import norm

from trimtab.stats import Interval, paired_difference, paired_rate_interval


def interval(gained: int, lost: int, n: int, confidence: float = 0.9) -> Interval:
    before = [0.0] * gained + [1.0] * lost + [1.0] * (n - gained - lost)
    after = [1.0] * gained + [0.0] * lost + [1.0] * (n - gained - lost)
    return paired_rate_interval(before, after, confidence=confidence)


def test_where_nothing_changed_it_is_as_wide_as_wilsons() -> None:
    z = float(norm.ppf(0.95))
    found = interval(0, 0, 40)
    assert (found.low, found.high) == pytest.approx((-(z**2) / (40 + z**2), z**2 / (40 + z**2)), rel=1e-4)


@pytest.mark.parametrize("cells", [(2, 12, 50), (0, 1, 44), (1, 20, 307), (0, 9, 12)])
def test_a_loss_is_bounded_where_the_score_is_z_by_the_likeliest_rate_of_losses(cells: tuple[int, int, int]) -> None:
    gained, lost, n = cells
    d = interval(*cells).low

    def unlikely(loss: float) -> float:
        told = xlogy(gained, loss + d) + xlogy(lost, loss) + xlogy(n - gained - lost, 1 - 2 * loss - d)
        return -float(told)

    loss = minimize_scalar(unlikely, bounds=(-d, (1 - d) / 2), options={"xatol": 1e-10}).x
    score = (gained - lost - n * d) / np.sqrt(n * (2 * loss + d * (1 - d)))
    assert score == pytest.approx(norm.ppf(0.95), abs=1e-3)


@pytest.mark.parametrize("cells", [(12, 2, 50), (0, 0, 5), (36, 36, 400), (5, 0, 5), (0, 5, 5)])
def test_it_is_never_narrower_than_the_one_of_the_tables(cells: tuple[int, int, int]) -> None:
    gained, lost, n = cells
    sides = [0.0] * gained + [1.0] * (n - gained), [1.0] * gained + [0.0] * lost + [1.0] * (n - gained - lost)
    found, table = interval(*cells), paired_difference(*sides, rate=True, confidence=0.9)
    assert found.estimate == table.estimate
    assert found.low <= table.low
    assert found.high >= table.high


def test_it_mirrors_when_the_sides_swap() -> None:
    one, other = interval(12, 2, 50), interval(2, 12, 50)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def chances(n: int, gain: float, loss: float) -> NDArray[np.float64]:
    """The chance of each number of gains (rows) and losses among n items."""
    gained, lost = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    rest = n - gained - lost
    there = np.where(rest >= 0, rest, 0)
    log = gammaln(n + 1) - gammaln(gained + 1) - gammaln(lost + 1) - gammaln(there + 1)
    log += xlogy(gained, gain) + xlogy(lost, loss) + xlogy(there, max(0.0, 1 - gain - loss))
    return np.where(rest >= 0, np.exp(log), 0.0)


@pytest.mark.parametrize(("n", "most"), [(5, 0.09), (12, 0.085), (20, 0.07)])
def test_a_loss_as_large_as_the_limit_passes_hardly_more_often_than_asked_for(n: int, most: float) -> None:
    lows = np.full((n + 1, n + 1), -1.0)
    for gained in range(n + 1):
        for lost in range(n + 1 - gained):
            lows[gained, lost] = interval(gained, lost, n).low
    passed = [
        chances(n, gain, gain + limit)[lows >= -limit].sum()
        for limit in (0.05, 0.1, 0.2, 0.3)
        for gain in (0.0, 0.02, 0.05, 0.1, 0.2, 0.3)
    ]
    assert max(passed) <= most


@pytest.mark.parametrize("n", [5, 40, 60, 420])
def test_where_every_item_changes_both_sides_have_the_same_interval(n: int) -> None:
    lost = paired_rate_interval([1.0] * n, [0.0] * n, confidence=0.9)
    gained = paired_rate_interval([0.0] * n, [1.0] * n, confidence=0.9)
    assert (lost.low, lost.estimate) == (-1.0, -1.0)
    assert lost.high == pytest.approx(-gained.low, abs=1e-6)
