"""Bradley and Terry's strengths against choix, Davidson's ties against his likelihood, and reviewers who guess."""

import choix
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from trimtab.stats import bradley_terry, preferred

TRUE = np.array([0.8, 0.2, -0.3, -0.7])
PAIRS = np.array([(i, j) for i in range(4) for j in range(i + 1, 4)])


def made(times: int, trust: list[float], tie: float, seed: int = 0) -> NDArray[np.float64]:
    """Counts of one data set, shape (1, reviewers, pairs, 3)."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((1, len(trust), len(PAIRS), 3))
    for reviewer, reliability in enumerate(trust):
        chance = preferred(TRUE * reliability, tie)
        for place, (i, j) in enumerate(PAIRS):
            counts[0, reviewer, place] = rng.multinomial(times, chance[i, j])
    return counts


def test_without_ties_it_is_choix() -> None:
    counts = made(30, [1.0], -np.inf)
    data = [
        (i, j) if outcome == 0 else (j, i)
        for place, (i, j) in enumerate(PAIRS)
        for outcome in (0, 1)
        for _ in range(int(counts[0, 0, place, outcome]))
    ]
    found = bradley_terry(counts, PAIRS, 4)
    assert found.strengths[0] == pytest.approx(choix.opt_pairwise(4, data), abs=1e-5)
    assert found.tie[0] == -np.inf


def test_with_ties_no_other_figures_are_likelier_by_davidsons_formula() -> None:
    counts = made(40, [1.0], -0.7)
    found = bradley_terry(counts, PAIRS, 4)

    def unlikely(figures: NDArray[np.float64]) -> float:
        pi, nu = np.exp(figures[:4] - figures[:4].mean()), np.exp(figures[4])
        i, j = PAIRS.T
        tie = nu * np.sqrt(pi[i] * pi[j])
        chance = np.stack([pi[i], pi[j], tie], axis=1) / (pi[i] + pi[j] + tie)[:, None]
        return -float((counts[0, 0] * np.log(chance)).sum())

    best = minimize(unlikely, np.zeros(5)).x
    assert found.strengths[0] == pytest.approx(best[:4] - best[:4].mean(), abs=1e-3)
    assert found.tie[0] == pytest.approx(best[4], abs=1e-3)


def test_reviewers_who_guess_are_found_and_weigh_less() -> None:
    counts = made(80, [1.3, 1.0, 1.2, 0.0, 0.0], -0.7)
    plain, weighed = bradley_terry(counts, PAIRS, 4), bradley_terry(counts, PAIRS, 4, reliability=True)
    assert weighed.reliability[0, :3].min() > 0.6
    assert weighed.reliability[0, 3:].max() < 0.3
    assert np.abs(weighed.strengths[0] - TRUE).max() < np.abs(plain.strengths[0] - TRUE).max()


def test_several_data_sets_are_fitted_as_each_alone() -> None:
    counts = np.concatenate([made(20, [1.0, 0.5], -0.7, seed) for seed in range(3)])
    together = bradley_terry(counts, PAIRS, 4, reliability=True)
    for place in range(3):
        alone = bradley_terry(counts[place : place + 1], PAIRS, 4, reliability=True)
        assert together.strengths[place] == pytest.approx(alone.strengths[0], abs=1e-3)
        assert together.reliability[place] == pytest.approx(alone.reliability[0], abs=1e-3)


def test_who_never_lost_has_no_finite_strength() -> None:
    counts = made(20, [1.0], -np.inf)
    counts[0, 0, (PAIRS == 0).any(axis=1)] = [5, 0, 0]
    assert np.isnan(bradley_terry(counts, PAIRS, 4).strengths).all()
    counts[0, 0, 0] = [5, 0, 1]
    assert np.isfinite(bradley_terry(counts, PAIRS, 4).strengths).all()


def test_who_never_won_and_once_tied_has_a_finite_strength() -> None:
    counts = made(20, [1.0], -np.inf)
    counts[0, 0, (PAIRS == 0).any(axis=1)] = [0, 5, 0]
    assert np.isnan(bradley_terry(counts, PAIRS, 4).strengths).all()
    counts[0, 0, 0] = [0, 5, 1]
    assert np.isfinite(bradley_terry(counts, PAIRS, 4).strengths).all()
