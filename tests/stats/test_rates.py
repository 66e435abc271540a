"""The exact interval of a rate holds its level: the chance of a false pass, enumerated from the binomial."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from trimtab.stats import (
    corrected_interval,
    exact_bounds,
    exact_interval,
    exact_needed_n,
    exact_rate,
    mean_interval,
)

SIZES = range(5, 451)
LIMITS = np.linspace(0.01, 0.99, 99)
ROUNDING = 1 + 1e-7


def test_it_is_clopper_and_pearsons() -> None:
    for count, n in ((0, 5), (3, 12), (12, 12), (31, 450)):
        ours, theirs = exact_interval(count, n, 0.9), binomtest(count, n).proportion_ci(0.9, method="exact")
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert exact_rate([1.0, 0.0, 1.0], confidence=0.9) == exact_interval(2, 3, 0.9)


@pytest.mark.parametrize("confidence", [0.51, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999])
@pytest.mark.case("F31", "a false pass on a rate is no likelier than is asked for, from 5 items to 450")
def test_no_rate_beyond_the_limit_passes_more_often_than_asked_for(confidence: float) -> None:
    """A gate passes a count whose upper bound keeps the limit. The likeliest false pass of each count is at the bound
    itself, so that every limit there could be is covered by looking at every count's bounds."""
    alpha = 1 - confidence
    for n in SIZES:
        counts = np.arange(n + 1)
        low, high = exact_bounds(counts, n, 2 * confidence - 1)
        assert (binom.cdf(counts[:-1], n, high[:-1]) <= alpha * ROUNDING).all()
        assert (binom.sf(counts[1:] - 1, n, low[1:]) <= alpha * ROUNDING).all()


def test_at_the_limits_that_people_write_the_counts_that_pass_are_rare_enough() -> None:
    for n in SIZES:
        _, high = exact_bounds(np.arange(n + 1), n, 0.9)
        most = (high[:, None] <= LIMITS).sum(axis=0) - 1  # -1: no count passes
        assert (binom.cdf(most, n, LIMITS) <= 0.05 * ROUNDING).all()


@pytest.mark.parametrize(("n", "chance"), [(5, 0.115), (12, 0.087), (50, 0.072), (450, 0.067)])
def test_wilsons_interval_would_not_hold_it(n: int, chance: float) -> None:
    bound = mean_interval([0.0] * n, rate=True, confidence=0.9).high
    assert (1 - bound) ** n == pytest.approx(chance, abs=0.001)


def test_the_items_that_it_asks_for_decide_and_few_less_do_not() -> None:
    for count, n, limit in ((0, 12, 0.19), (2, 40, 0.1), (46, 50, 0.85), (30, 50, 0.7)):
        seen = exact_interval(count, n, 0.9)
        needed = exact_needed_n(seen, limit)
        assert needed is not None
        for items, decided in ((needed, True), (int(needed / 1.05) - 1, False)):
            then = exact_interval(seen.estimate * items, items, 0.9)
            assert (then.high < limit or then.low > limit) is decided
    assert exact_needed_n(exact_interval(5, 50, 0.9), 0.1) is None  # on the limit itself


@pytest.mark.parametrize("recall", [0.3, 0.54, 0.8, 1.0])
def test_a_corrected_rate_holds_its_level_too(recall: float) -> None:
    """Every count of heard items and every recall that 41 answers could have shown, by their chances."""
    n, yes, limit = 150, 41, 0.3
    for confidence in (0.9, 0.95):
        passes = np.zeros((n + 1, yes + 1), dtype=bool)
        for found in range(1, yes + 1):
            kept = [
                corrected_interval(heard, n, ((found, yes - found), (0, 200)), 2 * confidence - 1).high <= limit
                for heard in range(60)
            ]
            passes[:60, found] = kept
        chances = np.outer(binom.pmf(np.arange(n + 1), n, limit * recall), binom.pmf(np.arange(yes + 1), yes, recall))
        assert chances[passes].sum() <= (1 - confidence) * ROUNDING
