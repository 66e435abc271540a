"""Effects with other things held fixed: known designs, groups that hang together, and what cannot be told."""

import numpy as np
import pytest

from trimtab.stats import CannotTell, Effect, effects

RNG = np.random.default_rng(5)
N = 200
FIXED, TRAIT = RNG.normal(size=N), RNG.normal(size=N)
NOISE = RNG.normal(size=N)


def test_a_coefficient_is_least_squares_and_its_interval_hc3() -> None:
    y = 0.5 * FIXED + 0.3 * TRAIT + NOISE * (1 + np.abs(TRAIT))
    found = effects(y, {"trait": TRAIT}, [FIXED, np.ones(N)], [str(i) for i in range(N)])["trait"]
    assert isinstance(found, Effect)
    x = np.stack([FIXED, np.ones(N), TRAIT], axis=1)
    inverse = np.linalg.inv(x.T @ x)
    rest = y - x @ (inverse @ x.T @ y)
    leverage = np.einsum("ni,ij,nj->n", x, inverse, x)
    hc3 = inverse @ (x.T * (rest / (1 - leverage)) ** 2) @ x @ inverse
    assert found.size.estimate == pytest.approx((inverse @ x.T @ y)[2])
    half = (found.size.high - found.size.low) / 2
    assert half == pytest.approx(1.972 * hc3[2, 2] ** 0.5, rel=0.02)  # the jackknife's centre apart


def test_items_of_one_prompt_hang_together() -> None:
    twice = np.tile(np.arange(N // 4), 4)
    y = np.repeat(RNG.normal(size=N // 4), 1)[twice]
    alone = effects(y, {"mean": np.ones(N)}, [], np.arange(N))["mean"]
    together = effects(y, {"mean": np.ones(N)}, [], twice)["mean"]
    assert isinstance(alone, Effect)
    assert isinstance(together, Effect)
    wider = (together.size.high - together.size.low) / (alone.size.high - alone.size.low)
    assert wider == pytest.approx(2, rel=0.06)


def test_what_others_make_or_nothing_is_cannot_be_told() -> None:
    found = effects(NOISE, {"none": np.zeros(N), "same": 2 * FIXED, "own": TRAIT}, [FIXED, FIXED], np.arange(N))
    assert isinstance(found["none"], CannotTell)
    assert isinstance(found["same"], CannotTell)
    assert isinstance(found["own"], Effect)


def test_few_prompts_tell_nothing() -> None:
    assert isinstance(effects(NOISE, {"own": TRAIT}, [], np.arange(N) % 5)["own"], CannotTell)


def test_an_outcome_that_is_what_is_held_fixed_has_no_effect() -> None:
    found = effects(FIXED, {"own": TRAIT}, [FIXED], np.arange(N))["own"]
    assert isinstance(found, Effect)
    assert found.p == 1
