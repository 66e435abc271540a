"""The win rate, raw and at equal lengths: made judges whose bias and whose truth are known, and what has no spread."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from trimtab.stats import length_controlled, length_controlled_items, mean_interval, paired_difference, win_rate


def judged(
    n: int, *, better: float = 0.0, longer: float = 0.0, bias: float = 0.0, seed: int = 0
) -> tuple[list[float], list[float], list[float]]:
    """Outcomes and both lengths of a model better by so many logits, and longer by so many characters.

    The judge adds up to `bias` logits for the longer answer.
    """
    rng = np.random.default_rng(seed)
    ours, theirs = rng.normal(1000 + longer, 300, n), rng.normal(1000, 300, n)
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
    """Ties as half a win and half a loss are two weighted rows there; without their ridge and almost without ours."""
    outcomes, ours, theirs = judged(300, better=0.4, longer=100, bias=1.0)
    outcomes[::5] = [0.5] * 60
    difference = np.array(ours) - np.array(theirs)
    x = np.tanh(difference / difference.std(ddof=1))[:, None]
    weights = np.concatenate((outcomes, 1 - np.array(outcomes)))
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(
        np.concatenate((x, x)), np.repeat((1, 0), 300), sample_weight=weights
    )
    found = length_controlled(outcomes, ours, theirs).estimate
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


def test_where_length_or_outcome_does_not_vary_the_raw_rate_stands() -> None:
    some = [1, 0, 1, 1, 0.5, 1]
    assert length_controlled(some, [300] * 6, [200] * 6) == win_rate(some)
    assert length_controlled([1] * 6, [9, 4, 6, 8, 1, 2], [5] * 6) == win_rate([1] * 6)
    assert length_controlled([1], [9], [5]) == win_rate([1])


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


def test_the_values_of_items_have_the_rates_mean_and_error() -> None:
    sides = judged(300, better=0.4, longer=200, bias=1.5)
    found, values = length_controlled(*sides), length_controlled_items(*sides)
    assert values.mean() == pytest.approx(found.estimate, abs=1e-9)
    error = values.std(ddof=1) / np.sqrt(300)
    assert 2 * 1.96 * error == pytest.approx(found.high - found.low, rel=0.05)
    assert list(length_controlled_items([1, 0, 0.5], [3, 3, 3], [1, 1, 1])) == [1, 0, 0.5]


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="an outcome is"):
        win_rate([0.7])
    with pytest.raises(ValueError, match="non-empty"):
        win_rate([])
    with pytest.raises(ValueError, match="two lengths an outcome"):
        length_controlled([1, 0], [3.0], [4.0])
    with pytest.raises(ValueError, match="equal lengths"):
        length_controlled([1, 0], [3.0, 4.0], [4.0])
    with pytest.raises(ValueError, match="finite"):
        length_controlled([1, 0], [3.0, float("nan")], [4.0, 5.0])


@pytest.mark.parametrize("seed", range(4))
def test_item_by_item_it_is_the_same_rate_with_the_same_error(seed: int) -> None:
    found = judged(500, better=0.4, longer=200, bias=1.0, seed=seed)
    whole = length_controlled(*found)
    items = length_controlled_items(*found)
    assert items.mean() == pytest.approx(whole.estimate, abs=1e-9)
    error = items.std(ddof=1) / np.sqrt(len(items))
    assert 2 * 1.96 * error == pytest.approx(whole.high - whole.low, rel=0.1)
    flat = [100.0] * 4
    assert list(length_controlled_items([1, 0.5, 0, 1], flat, flat)) == [1, 0.5, 0, 1]
