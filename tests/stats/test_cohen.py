"""Cohen's kappa against scikit-learn's, and what is said where there is none."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from trimtab.stats import CannotTell, Interval, Weighting, kappa


@pytest.mark.parametrize("weighting", ["none", "linear", "quadratic"])
def test_it_is_scikit_learns(weighting: Weighting) -> None:
    rng = np.random.default_rng(2)
    one = rng.integers(0, 4, 80)
    other = np.where(rng.random(80) < 0.6, one, rng.integers(0, 4, 80))
    found = kappa(one, other, weighting=weighting)
    assert isinstance(found, Interval)
    known = cohen_kappa_score(one, other, weights=None if weighting == "none" else weighting)
    assert found.estimate == pytest.approx(known)
    assert found.low < found.estimate < found.high


def test_where_both_always_say_the_same_there_is_none() -> None:
    found = kappa(["fine"] * 9, ["fine"] * 9)
    assert isinstance(found, CannotTell)
    assert found.why.startswith("undefined: all agree")
    nobody = kappa([], [])
    assert isinstance(nobody, CannotTell)
    assert "no item" in nobody.why


def test_agreement_on_every_item_has_a_lower_bound() -> None:
    found = kappa([0, 1] * 10, [0, 1] * 10)
    assert isinstance(found, Interval)
    assert (found.estimate, found.high) == (1, 1)
    assert found.low == pytest.approx(1 - (1 - 0.025 ** (1 / 20)) / 0.5)
