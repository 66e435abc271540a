"""The win rate, raw and at equal lengths: made judges whose bias and whose truth are known, and what has no spread."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from trimtab.stats import (
    ANY_JUDGE,
    JUDGE,
    Interval,
    LengthPrior,
    Uncontrolled,
    length_controlled_items,
    mean_interval,
    paired_difference,
    win_rate,
)
from trimtab.stats import length_controlled as controlled_or_not

VAGUE = LengthPrior(0.0, 1e3)
Values = Sequence[float] | NDArray[np.float64]


def length_controlled(
    outcomes: Values, ours: Values, theirs: Values, prior: LengthPrior = JUDGE, confidence: float = 0.95
) -> Interval:
    """The rate where there is one."""
    found = controlled_or_not(outcomes, ours, theirs, prior=prior, confidence=confidence)
    assert isinstance(found, Interval)
    return found


def items(outcomes: Values, ours: Values, theirs: Values) -> NDArray[np.float64]:
    """The items' values where there are some."""
    found = length_controlled_items(outcomes, ours, theirs)
    assert not isinstance(found, Uncontrolled)
    return found


def judged(
    n: int, *, better: float = 0.0, longer: float = 0.0, bias: float = 0.0, seed: int = 0
) -> tuple[list[float], list[float], list[float]]:
    """Outcomes and both lengths of a model better by so many logits, and longer by so many characters.

    The judge adds up to `bias` logits for the longer answer.
    """
    rng = np.random.default_rng(seed)
    ours, theirs = np.maximum(rng.normal(1000 + longer, 300, n), 9), np.maximum(rng.normal(1000, 300, n), 9)
    logits = better + bias * np.tanh((ours - theirs) / 424)
    return list((rng.random(n) < 1 / (1 + np.exp(-logits))).astype(float)), list(ours), list(theirs)


def logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def test_without_ties_a_win_rate_is_a_rate() -> None:
    assert win_rate([1, 1, 0, 1, 0, 1, 1]) == mean_interval([1, 1, 0, 1, 0, 1, 1], rate=True)


def test_with_ties_it_is_half_of_what_wins_and_losses_differ_by() -> None:
    found = win_rate([1] * 12 + [0.5] * 83 + [0] * 5, confidence=0.9)
    shift = paired_difference([0] * 95 + [1] * 5, [1] * 12 + [0] * 88, rate=True, confidence=0.9)
    assert found.estimate == pytest.approx(0.535)
    assert (found.low, found.high) == pytest.approx((0.5 + shift.low / 2, 0.5 + shift.high / 2))
    assert (found.n, found.confidence) == (100, 0.9)


def test_ties_make_it_narrower_but_never_a_point() -> None:
    ties, coins = win_rate([0.5] * 40), win_rate([1, 0] * 20)
    assert ties.estimate == coins.estimate == 0.5
    assert 0 < ties.high - ties.low < (coins.high - coins.low) / 2


def test_longer_but_no_better_is_half() -> None:
    """A judge that likes length: raw says that the model wins, at equal length it does not."""
    sides = judged(600, longer=250, bias=1.5)
    raw, controlled = win_rate(sides[0]), length_controlled(*sides)
    assert raw.low > 0.55
    assert controlled.low < 0.5 < controlled.high
    assert controlled.high - controlled.low < 0.15


def test_better_at_equal_length_keeps_its_rate() -> None:
    for bias in (0.0, 1.5):
        sides = judged(600, better=0.8, bias=bias)
        assert length_controlled(*sides).estimate == pytest.approx(win_rate(sides[0]).estimate, abs=0.03)


def test_better_and_longer_is_better_by_what_is_not_length() -> None:
    sides = judged(600, better=0.8, longer=250, bias=1.5)
    raw, controlled = win_rate(sides[0]), length_controlled(*sides)
    assert 0.5 < controlled.low < logistic(0.8) < controlled.high < raw.estimate


def test_shorter_and_better_is_better_than_raw_says() -> None:
    sides = judged(600, better=0.8, longer=-250, bias=1.5)
    assert win_rate(sides[0]).estimate < 0.6 < length_controlled(*sides).estimate


def test_the_fit_is_scikit_learns() -> None:
    """Ties as half a win and half a loss are two weighted rows there; without their ridge, and with a prior that says
    nothing."""
    outcomes, ours, theirs = judged(300, better=0.4, longer=100, bias=1.0)
    outcomes[::5] = [0.5] * 60
    difference = np.array(ours) - np.array(theirs)
    x = np.tanh(difference / difference.std(ddof=1))[:, None]
    weights = np.concatenate((outcomes, 1 - np.array(outcomes)))
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(
        np.concatenate((x, x)), np.repeat((1, 0), 300), sample_weight=weights
    )
    found = length_controlled(outcomes, ours, theirs, VAGUE).estimate
    assert found == pytest.approx(logistic(float(peer.intercept_[0])), abs=2e-4)


def test_swapping_the_models_swaps_the_rate() -> None:
    outcomes, ours, theirs = judged(120, better=0.5, longer=150, bias=1.0)
    there = length_controlled(outcomes, ours, theirs)
    back = length_controlled([1 - y for y in outcomes], theirs, ours)
    assert (back.estimate, back.low, back.high) == pytest.approx((1 - there.estimate, 1 - there.high, 1 - there.low))


@pytest.mark.parametrize(("n", "better"), [(40, 0.8), (100, 2.0), (100, 3.0)])
def test_the_interval_covers(n: int, better: float) -> None:
    hits = 0
    for seed in range(400):
        found = length_controlled(*judged(n, better=better, longer=200, bias=1.5, seed=seed))
        hits += found.low <= logistic(better) <= found.high
    assert 0.93 <= hits / 400 <= 0.99


def test_where_no_length_differs_or_all_are_ties_the_raw_rate_stands() -> None:
    some = [1, 0, 1, 1, 0.5, 1]
    assert length_controlled(some, [300] * 6, [300] * 6) == win_rate(some)
    assert list(items(some, [300] * 6, [300] * 6)) == some
    ties = [0.5] * 6
    assert length_controlled(ties, [90, 40, 60, 80, 10, 20], [50] * 6) == win_rate(ties)


def test_nothing_but_wins_is_no_certainty_and_shorter_answers_leave_more_open() -> None:
    rng = np.random.default_rng(3)
    theirs = rng.normal(1000, 300, 60)
    alike = length_controlled([0.0] * 60, rng.normal(1000, 300, 60), theirs)
    shorter = length_controlled([0.0] * 60, rng.normal(800, 300, 60), theirs)
    assert alike.estimate == shorter.estimate == 0
    assert 0.03 < alike.high < shorter.high < 0.3


def test_the_longer_answer_always_wins() -> None:
    """No slope is steep enough for such data; the ridge stops it, and the rate at equal lengths stays in the middle."""
    longer, shorter = [110.0 + i for i in range(10)], [90.0 - i for i in range(10)]
    found = length_controlled([1.0] * 10 + [0.0] * 10, longer + shorter, [100.0] * 20)
    assert found.estimate == pytest.approx(0.5, abs=0.01)
    assert found.low < 0.4 < 0.6 < found.high


def test_one_loss_in_twenty_is_no_certainty() -> None:
    found = length_controlled([1.0] * 19 + [0.0], [float(i) for i in range(20)], [5.0] * 20)
    assert found.low < 0.9
    assert found.low < found.estimate <= found.high <= 1


def test_ties_make_the_controlled_rate_narrower_too() -> None:
    outcomes, ours, theirs = judged(300, better=0.4, longer=100, bias=1.0)
    certain = length_controlled(outcomes, ours, theirs)
    tied = length_controlled([0.5 if i % 4 else y for i, y in enumerate(outcomes)], ours, theirs)
    assert 0.4 < (tied.high - tied.low) / (certain.high - certain.low) < 0.6  # a quarter of the spread: half the width


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="an outcome lies"):
        win_rate([1.2])
    with pytest.raises(ValueError, match="non-empty"):
        win_rate([])
    with pytest.raises(ValueError, match="two lengths an outcome"):
        length_controlled([1, 0], [3.0], [4.0])
    with pytest.raises(ValueError, match="equal lengths"):
        length_controlled([1, 0], [3.0, 4.0], [4.0])
    with pytest.raises(ValueError, match="finite"):
        length_controlled([1, 0], [3.0, float("nan")], [4.0, 5.0])
    with pytest.raises(ValueError, match="not negative"):
        length_controlled([1, 0], [3.0, -1.0], [4.0, 5.0])
    with pytest.raises(ValueError, match="positive sd"):
        LengthPrior(1.0, 0.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("longer", [200, -350])
def test_item_by_item_it_is_the_same_rate_with_the_same_error(seed: int, longer: float) -> None:
    found = judged(500, better=0.4, longer=longer, bias=1.0, seed=seed)
    whole, values = length_controlled(*found), items(*found)
    assert values.mean() == pytest.approx(whole.estimate, abs=1e-9)
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert 2 * 1.96 * error == pytest.approx(whole.high - whole.low, rel=0.1)


def short_answers(
    n: int, *, slope: float, better: float, seed: int, confounded: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A model that answers in a third of the other's length; where it comes near, it may also answer better."""
    rng = np.random.default_rng(seed)
    theirs = rng.gamma(4, 500, n)
    ours = theirs * np.exp(rng.normal(-1.1, 0.6, n))
    d = ours - theirs
    x = np.tanh(d / d.std(ddof=1))
    p = 1 / (1 + np.exp(-(better + slope * x + confounded * (x - x.mean()))))
    return (rng.random(n) < p).astype(float), ours, theirs


def test_the_slope_along_one_models_answers_is_not_taken_for_the_judges() -> None:
    """Answers that come near the other's length are of another kind, and better by three logits."""
    truth, off, naive = logistic(-1.0), [], []
    for seed in range(30):
        sides = short_answers(800, slope=1.3, better=-1.0, confounded=3.0, seed=seed)
        off.append(length_controlled(*sides).estimate - truth)
        naive.append(length_controlled(*sides, prior=VAGUE).estimate - truth)
    assert abs(np.mean(off)) < 0.08
    assert np.mean(naive) > 0.25


@pytest.mark.parametrize("prior", [JUDGE, ANY_JUDGE])
def test_the_interval_covers_what_is_not_known_of_the_slope(prior: LengthPrior) -> None:
    """Slopes are drawn from the prior: an interval of the fit alone would miss the truth far more often."""
    rng = np.random.default_rng(1)
    hits = 0
    for seed in range(300):
        sides = short_answers(600, slope=rng.normal(prior.mean, prior.sd), better=-1.2, seed=seed)
        found = length_controlled(*sides, prior=prior)
        hits += found.low <= logistic(-1.2) <= found.high
    assert 0.92 <= hits / 300 <= 0.99


def test_a_less_certain_prior_gives_a_wider_interval() -> None:
    sides = short_answers(400, slope=1.3, better=-1.0, seed=2)
    sure, unsure = length_controlled(*sides, prior=JUDGE), length_controlled(*sides, prior=ANY_JUDGE)
    assert unsure.high - unsure.low > 1.4 * (sure.high - sure.low)


def test_one_short_answer_to_everything_is_not_controlled_for() -> None:
    """69 characters always: no figure, and bounds from the raw rate to the steepest slope that the prior allows.

    That the other answers as briefly once in thirty prompts does not help: those prompts are of another kind.
    """
    rng = np.random.default_rng(0)
    theirs = np.concatenate((rng.gamma(3, 680, 779), rng.uniform(5, 90, 26)))
    wins = (rng.random(805) < 0.035).astype(float)
    found = controlled_or_not(wins, [69.0] * 805, theirs)
    assert isinstance(found, Uncontrolled)
    assert found.low < win_rate(wins).estimate < 0.10 < found.high < 0.25
    assert (found.n, found.confidence) == (805, 0.95)
    assert "in common" in found.why
    assert isinstance(length_controlled_items(wins, [69.0] * 805, theirs), Uncontrolled)
    assert controlled_or_not(1 - wins, theirs, [69.0] * 805) == Uncontrolled(
        pytest.approx(1 - found.high), pytest.approx(1 - found.low), 805, 0.95, found.why
    )


def test_always_half_as_long_is_not_controlled_for() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.gamma(3, 680, 400)
    found = controlled_or_not((rng.random(400) < 0.3).astype(float), theirs / 2, theirs)
    assert isinstance(found, Uncontrolled)
    assert "near each other" in found.why


@pytest.mark.parametrize("slope", [0.0, 0.7, 1.3, 1.9])
def test_the_bounds_hold_the_truth_whatever_the_slope_within_the_prior(slope: float) -> None:
    hits = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        theirs = rng.gamma(3, 680, 500)
        d = 69 - theirs
        p = 1 / (1 + np.exp(-(-2.0 + slope * np.tanh(d / d.std(ddof=1)))))
        found = controlled_or_not((rng.random(500) < p).astype(float), [69.0] * 500, theirs)
        assert isinstance(found, Uncontrolled)
        hits += found.low <= logistic(-2.0) <= found.high
    assert hits >= 93


def test_a_few_characters_more_each_time_are_hardly_a_difference() -> None:
    """The differences are all alike, but small beside the answers: no unit of length, and nothing that is unknown."""
    rng = np.random.default_rng(0)
    theirs = rng.normal(1000, 200, 300)
    wins = (rng.random(300) < 0.6).astype(float)
    found = length_controlled(wins, theirs + rng.normal(20, 3, 300), theirs)
    assert found.estimate == pytest.approx(win_rate(wins).estimate, abs=0.04)


def test_soft_preferences_are_taken_and_say_more_than_coins() -> None:
    rng = np.random.default_rng(4)
    ours, theirs = rng.normal(1200, 300, 500), rng.normal(1500, 300, 500)
    p = 1 / (1 + np.exp(-(0.5 + 1.3 * np.tanh((ours - theirs) / 424))))
    soft, hard = length_controlled(p, ours, theirs), length_controlled((rng.random(500) < p) * 1.0, ours, theirs)
    assert soft.estimate == pytest.approx(logistic(0.5), abs=0.005)
    assert soft.high - soft.low < 0.5 * (hard.high - hard.low)
    quarters = np.round(p * 4) / 4
    assert length_controlled(quarters, ours, theirs).estimate == pytest.approx(logistic(0.5), abs=0.03)
    assert win_rate(quarters).low < quarters.mean() < win_rate(quarters).high


ALPACA = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[3] / "shared" / "data")) / "alpacaeval"


@pytest.mark.skipif(not ALPACA.is_dir(), reason=f"there is no {ALPACA}; set TRIMTAB_DATA")
def test_on_eight_models_it_is_the_published_rate() -> None:
    rows = [line.strip("| ").split("|") for line in (ALPACA / "README.md").read_text().splitlines() if line[:1] == "|"]
    rates = {row[0].strip(): float(row[2]) / 100 for row in rows[2:]}
    errors = []
    for name, rate in rates.items():
        found = length_controlled(*np.loadtxt(ALPACA / f"{name}.csv", delimiter=",", skiprows=1).T)
        assert found.low < rate < found.high
        errors.append(abs(found.estimate - rate))
    assert len(errors) == 8
    assert np.mean(errors) < 0.015
    assert max(errors) < 0.03
