"""Evidence that may be looked at after every answer: its value, and how often it misleads."""

from math import comb

import numpy as np
import pytest
from scipy.integrate import quad

from trimtab.stats import evidence_below


def test_it_is_the_likelihood_below_the_line_over_that_at_it() -> None:
    found = evidence_below([False, True, False], 0.8)
    below = quad(lambda p: p * (1 - p) ** 2, 0, 0.8)[0] / 0.8
    assert found[-1] == pytest.approx(max(found[1], below / (0.8 * 0.2**2)))
    assert found[0] == pytest.approx((quad(lambda p: 1 - p, 0, 0.8)[0] / 0.8) / 0.2)


@pytest.mark.parametrize("true", [0.8, 0.9])
def test_who_is_right_as_often_as_the_line_rarely_reaches_20_however_long_one_looks(true: float) -> None:
    # exactly, over all paths of 60 answers: the weight of counts that have not reached it yet
    waiting, reached = {0: 1.0}, 0.0
    for n in range(1, 61):
        after: dict[int, float] = {}
        for hits, weight in waiting.items():
            for more, chance in ((1, true), (0, 1 - true)):
                after[hits + more] = after.get(hits + more, 0.0) + weight * chance
        waiting = {}
        for hits, weight in after.items():
            # the present evidence alone: the best order first lets the running maximum be the present one
            present = evidence_now(hits, n)
            if present >= 20:
                reached += weight
            else:
                waiting[hits] = weight
    assert reached <= 0.05
    assert reached > 0 if true == 0.8 else reached < 0.01


def evidence_now(hits: int, n: int, line: float = 0.8) -> float:
    from scipy.stats import beta

    inside = beta.cdf(line, hits + 1, n - hits + 1) / ((n + 1) * comb(n, hits)) / line
    return float(inside / (line**hits * (1 - line) ** (n - hits)))


def test_it_never_falls_and_finds_who_guesses() -> None:
    rng = np.random.default_rng(0)
    found = evidence_below(list(rng.random(60) < 0.5), 0.8)
    assert (np.diff(found) >= 0).all()
    assert found[-1] > 1000
    with pytest.raises(ValueError, match="line"):
        evidence_below([True], 1.0)
