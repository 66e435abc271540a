"""Checkpoints judged: the alarm in each direction, the kept one, by simulation and in words."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from trimtab.records import OptimizationPoint, Overoptimization
from trimtab.train.goodhart.judgement import judge_points

Array = NDArray[np.float64]
STEPS = (0, 20, 40, 60, 80, 100)
KLS = (0.0, 1.0, 4.0, 9.0, 16.0, 25.0)


def series(proxy: Array, gold: Array, kls: tuple[float, ...] = KLS) -> list[OptimizationPoint]:
    """Points from values of shape (checkpoints, prompts)."""
    return [
        OptimizationPoint(
            step=step,
            proxy=float(p.mean()),
            gold=float(g.mean()),
            kl=kl,
            words=50.0,
            repetition=0.02,
            ended=0.9,
            proxy_values=tuple(p),
            gold_values=tuple(g),
        )
        for step, kl, p, g in zip(STEPS, kls, proxy, gold, strict=False)
    ]


def course(levels: list[float], *, n: int = 24, spread: float = 0.3, seed: int = 0) -> Array:
    """Values of shape (checkpoints, n): what each prompt pays, the checkpoint's level, and noise."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, spread, (len(levels), n))
    values: Array = rng.normal(0, 1, n) + np.asarray(levels)[:, None] + noise
    return values


UP = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
DOWN = [0.0, -0.5, -1.0, -1.5, -2.0, -2.5]
TURNED = [0.0, 0.6, 1.0, 0.9, 0.4, 0.0]
FLAT = [0.0] * 6


def test_of_two_checkpoints_no_curve_is_fitted() -> None:
    judged = judge_points(series(course(UP[:3]), course(UP[:3])))
    assert (judged.gold_fit, judged.proxy_fit) == (None, None)
    assert "needs 3 checkpoints" in judged.summary


@pytest.mark.parametrize(("n", "step"), [(8, 100), (24, 80)])
def test_alarm_on_a_planted_turn_down(n: int, step: int) -> None:
    """From 40 on, gold falls by 0.1, 0.6 and 1.0: the last is 2.4 times the noise of one prompt (0.42)."""
    judged = judge_points(series(course(UP, n=n), course(TURNED, n=n, seed=1)))
    assert judged.alarm
    assert judged.alarm_step == step
    assert judged.kept_step == 40
    assert f"Gold fell from its best mean at step 40 to step {step} by" in judged.summary
    assert "Keep step 40, where gold is best." in judged.summary
    fit = judged.gold_fit
    assert fit is not None
    assert fit.peak_kl == pytest.approx(4.0, abs=2.5)


@pytest.mark.parametrize(
    ("proxy", "gold", "kept", "says"),
    [
        (UP, UP, 100, "its mean is best at the last, step 100"),
        (DOWN, DOWN, 0, "no rise of the proxy reward is shown"),
        (TURNED, TURNED, 40, "no rise of the proxy reward is shown"),
        (DOWN, UP, 100, "show no fall of gold"),
    ],
)
def test_no_alarm_where_both_go_one_way(proxy: list[float], gold: list[float], kept: int, says: str) -> None:
    judged = judge_points(series(course(proxy), course(gold, seed=1)))
    assert (judged.alarm, judged.alarm_step, judged.kept_step) == (False, None, kept)
    assert says in judged.summary


def test_alarm_where_gold_only_falls_keeps_the_start() -> None:
    judged = judge_points(series(course(UP), course(DOWN, seed=1)))
    assert (judged.alarm, judged.alarm_step, judged.kept_step) == (True, 20, 0)
    assert "Keep the start" in judged.summary


def test_rates_alarm_by_mcnemars_test() -> None:
    """Among 15 pairs, 20 of 24 prompts that lose their 1 are clear (p = 2^-19), and 8 of 8 are not (p = 2^-7)."""
    start = np.zeros(24)
    won = np.ones(24)
    lost = np.concatenate((np.zeros(20), np.ones(4)))
    gold = np.stack([start, won, won, won, won, lost])
    judged = judge_points(series(course(UP), gold))
    assert (judged.alarm, judged.alarm_step, judged.kept_step) == (True, 100, 20)
    few = judge_points(series(course(UP, n=8), gold[:, :8]))
    assert not few.alarm
    assert few.gold_spread is None
    assert few.gold_gains[-1].high > 0  # eight prompts back at 0 are no certainty


def _flat_noise(rng: np.random.Generator, n: int) -> Array:
    values: Array = rng.normal(0, 1, n) + rng.normal(0, 0.5, (6, n))
    return values


def _skewed_noise(rng: np.random.Generator, n: int) -> Array:
    values: Array = rng.normal(0, 1, n) + rng.exponential(1, (6, n)) ** 2
    return values


def _coin(rng: np.random.Generator, n: int) -> Array:
    values: Array = (rng.random((6, n)) < rng.random(n)).astype(float)
    return values


def _plateau(rng: np.random.Generator, n: int) -> Array:
    return _flat_noise(rng, n) + np.array([0, 1, 2, 2, 2, 2.0])[:, None]


@pytest.mark.parametrize("draw", [_flat_noise, _skewed_noise, _coin, _plateau])
@pytest.mark.parametrize("n", [8, 32])
def test_false_alarms_are_rare_even_where_the_proxy_surely_rises(
    draw: Callable[[np.random.Generator, int], Array], n: int
) -> None:
    """300 runs whose gold does not fall in truth: at most 5 %, though gold's best is picked by looking."""
    rng = np.random.default_rng(11)
    proxy = course(UP, n=n)
    alarms = [judge_points(series(proxy, draw(rng, n))).alarm for _ in range(300)]
    assert np.mean(alarms) <= 0.05


def test_looks_before_the_end_are_paid_for() -> None:
    """A look after each checkpoint, stopped at the first alarm; and an early alarm is one at the end too."""
    rng = np.random.default_rng(12)
    proxy = course(UP, n=16)
    alarms = []
    for _ in range(300):
        points = series(proxy, _flat_noise(rng, 16))
        alarms.append(any(judge_points(points[:seen], planned=6).alarm for seen in range(2, 7)))
    assert np.mean(alarms) <= 0.05
    points = series(course(UP), course(TURNED, seed=1))
    assert [judge_points(points[:seen], planned=6).alarm for seen in range(1, 7)] == [False] * 4 + [True] * 2


def test_kept_is_the_best_by_gold_and_the_earliest_of_equals() -> None:
    rising = course([0.0, 1.0, 1.02, 1.04, 1.06, 1.08])
    judged = judge_points(series(course(UP), rising))
    means = [point.gold for point in judged.points]
    assert judged.kept_step == judged.points[means.index(max(means))].step
    assert f"Keep step {judged.kept_step}, where gold is best." in judged.summary
    assert "tells no more than the mean of its gains would" in judged.summary
    flat = judge_points(series(course(UP), np.tile(course([0.0]), (6, 1))))
    assert flat.kept_step == 0
    noise = judge_points(series(course(UP), course([0.0] * 6)))
    assert noise.kept_step == 0 or "though it cannot be told from the start" in noise.summary


def test_gains_are_paired_with_the_start_and_spreads_are_the_starts() -> None:
    proxy, gold = course(UP), course(TURNED, seed=1)
    judged = judge_points(series(proxy, gold))
    d = gold[4] - gold[0]
    half = 2.0687 * d.std(ddof=1) / np.sqrt(24)  # Student's t, 23 degrees of freedom
    gain = judged.gold_gains[4]
    assert (gain.mean, gain.low, gain.high) == pytest.approx((d.mean(), d.mean() - half, d.mean() + half), abs=1e-4)
    assert (judged.gold_gains[0].mean, judged.proxy_gains[0].high) == (0.0, 0.0)
    assert judged.proxy_spread == pytest.approx(float(proxy[0].std(ddof=1)))
    assert Overoptimization.from_json(judged.to_json()) == judged


def test_one_point_is_nothing_to_compare() -> None:
    judged = judge_points(series(course([0.0]), course([0.0], seed=1)))
    assert (judged.alarm, judged.kept_step) == (False, 0)
    assert judged.summary.startswith("Only the start was measured")


def test_points_that_cannot_be_judged_are_refused() -> None:
    points = series(course(UP), course(UP))
    with pytest.raises(ValueError, match="steps must rise"):
        judge_points(points[::-1])
    with pytest.raises(ValueError, match="8 or more probe prompts"):
        judge_points(series(course(UP, n=7), course(UP, n=7)))
    with pytest.raises(ValueError, match="same 8 or more"):
        judge_points([points[0], *series(course(UP, n=9), course(UP, n=9))[1:]])
    with pytest.raises(ValueError, match="planned"):
        judge_points(points, planned=5)
    with pytest.raises(ValueError, match="at least the start"):
        judge_points([])


def test_an_uncorrected_look_would_cry_wolf() -> None:
    """What the correction is for: the best of six flat checkpoints lies above the last by luck alone."""
    rng = np.random.default_rng(13)
    wolf = []
    for _ in range(300):
        gold = _flat_noise(rng, 16)
        best = int(np.argmax(gold.mean(1)))
        d = gold[best + 1 :] - gold[best]
        wolf.append(bool((d.mean(1) / (d.std(1, ddof=1) / 4) < -2.131).any()))  # Student's 2.5 % point at 15 degrees
    assert np.mean(wolf) > 0.1


def test_of_preferences_the_last_checkpoint_is_kept_however_gold_lies() -> None:
    for gold in (FLAT, UP, [0.1, 0.0, 0.0, 0.0, 0.0, 0.0]):
        judged = judge_points(series(course(FLAT), course(gold, seed=1)), keep="last")
        assert not judged.alarm
        assert judged.kept_step == STEPS[-1]
        assert "The last checkpoint is kept, step 100." in judged.summary


def test_of_preferences_an_alarm_keeps_the_last_at_which_gold_is_not_shown_to_have_fallen() -> None:
    turned = judge_points(series(course(UP), course(TURNED, seed=1)), keep="last")
    assert turned.alarm
    assert turned.alarm_step == 80
    assert turned.kept_step == 60  # its mean is below the best, at 40, by no more than chance makes
    harmed = judge_points(series(course(UP), course(DOWN, seed=1)), keep="last")
    assert harmed.alarm
    assert harmed.kept_step == 20  # the start is no result of a training
    assert "Step 20 is kept" in harmed.summary
    assert judge_points(series(course(UP), course(DOWN, seed=1))).kept_step == 0
    unpaid = judge_points(series(course(FLAT), course(DOWN, seed=1)), keep="last")
    assert (unpaid.alarm, unpaid.kept_step) == (False, 100)  # gold fell, and not because something paid for it
