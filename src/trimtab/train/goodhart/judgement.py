"""Does training serve the goal or only its proxy? Checkpoints' rewards to a judgement.

Optimizing a proxy reward raises the reward that is meant (gold) at first and may lower it later. The curve through the
gains is `stats.fit_overoptimization`'s.

The alarm does not rest on that curve but on the probe prompts, paired: from gold's best checkpoint to a later one, gold
fell and the proxy rose. The best checkpoint is the best by luck too, so that the later ones look worse than they are.
The fall must therefore hold among all K (K - 1) / 2 pairs of checkpoints together (Holm 1979), whichever of them is
the best: a gold that does not fall raises a false alarm in at most 2.5 % of runs, however surely the proxy rises. The
proxy's rise is asked for beside the fall and can only make the alarm rarer, so it is not corrected.

Tests and intervals of means are Student's: a sign-flip test of 8 prompts never gets below p = 1/128, which fifteen
pairs do not survive, and a bootstrap of so few is too narrow. The differences of two checkpoints that are alike are
symmetric about zero, where Student's test is on the safe side. Rewards of 0 and 1 get McNemar's exact test: where all
prompts fall together there is no spread to measure by.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...records import CurveForm, OptimizationPoint, Overoptimization, RewardGain
from ...stats import FEWEST_POINTS, Interval, fit_overoptimization, holm, is_binary, paired_difference, paired_p_value
from .words import told_best, told_course, told_fit, told_last

FEWEST_PROMPTS = 8
"""Probe prompts under which nothing is judged: only a collapse could be told from luck."""
_ALPHA = 0.05

Keep = Literal["best", "last"]
"""Which checkpoint to keep. On-policy RL serves the reward ever further, and gold is what is meant: the best by gold.
Preference data teach what gold may not see, manner above all, so that the start is often the best by gold: the last,
unless the alarm shows that it was harmed."""
_Series = list[NDArray[np.float64]]


def judge_points(
    points: Sequence[OptimizationPoint],
    *,
    form: CurveForm = "rl",
    planned: int | None = None,
    keep: Keep = "best",
) -> Overoptimization:
    """What the checkpoints say, the first of which is the start.

    `planned` is how many checkpoints there will be at the end, where this is a look before it: judged so, all looks at
    a run together raise a false alarm no more often than the last alone. The checkpoint that `keep` asks for is kept:
    the one with the "best" mean gold, the earliest of equals (whether it can be told from the start, `summary` tells);
    or the "last", and after an alarm the last trained one at which gold is not shown to have fallen.

    Raises ValueError where steps do not rise, checkpoints differ in their number of prompts or have fewer than
    FEWEST_PROMPTS, there is none, or there are more of them than planned.
    """
    family = _checked_family(points, planned)
    proxy = [np.asarray(point.proxy_values, dtype=np.float64) for point in points]
    gold = [np.asarray(point.gold_values, dtype=np.float64) for point in points]
    best = int(np.argmax([values.mean() for values in gold]))
    fallen = _fallen(gold, best, family)
    alarm = next((later for later in fallen if _difference(proxy, best, later).low > 0), None)
    shown = alarm or (fallen or [len(points) - 1])[0]
    gains = [[_difference(side, 0, place) for place in range(len(points))] for side in (proxy, gold)]
    kls = [point.kl for point in points]
    fits = [fit_overoptimization(kls, [gain.estimate for gain in side], form) for side in gains]
    kept = best if keep == "best" else _last_sound(len(points), fallen if alarm is not None else [])
    told = (
        told_course(
            points, best, shown, _difference(gold, best, shown), _difference(proxy, best, shown), fell=bool(fallen)
        ),
        told_best(points, best, won=_difference(gold, 0, best).low > 0)
        if keep == "best"
        else told_last(points, kept, alarmed=alarm is not None),
        told_fit(fits[1], max(kls), FEWEST_POINTS),
    )
    return Overoptimization(
        points=tuple(points),
        proxy_gains=tuple(map(_gain, gains[0])),
        gold_gains=tuple(map(_gain, gains[1])),
        proxy_spread=_spread(proxy[0]),
        gold_spread=_spread(gold[0]),
        proxy_fit=fits[0],
        gold_fit=fits[1],
        alarm=alarm is not None,
        alarm_step=None if alarm is None else points[alarm].step,
        summary=" ".join(told),
        kept_step=points[kept].step,
    )


def _last_sound(count: int, fallen: Sequence[int]) -> int:
    """The last place that is not among the fallen; never the start, at which nothing was trained."""
    return max((place for place in range(1, count) if place not in fallen), default=min(1, count - 1))


def _checked_family(points: Sequence[OptimizationPoint], planned: int | None) -> int:
    """How many pairs of checkpoints there are to be."""
    if not points:
        raise ValueError("needs at least the start's point")
    steps = [point.step for point in points]
    if any(later <= earlier for earlier, later in pairwise(steps)):
        raise ValueError(f"steps must rise from point to point, got {steps}")
    counts = {len(point.gold_values) for point in points}
    if len(counts) > 1 or min(counts) < FEWEST_PROMPTS:
        raise ValueError(f"needs the same {FEWEST_PROMPTS} or more probe prompts at every point, got {sorted(counts)}")
    whole = len(points) if planned is None else planned
    if whole < len(points):
        raise ValueError(f"{planned} checkpoints were planned, but {len(points)} measured")
    return whole * (whole - 1) // 2


def _fallen(gold: _Series, best: int, family: int) -> list[int]:
    """The places after gold's best at which it is shown to be lower, with all pairs of checkpoints looked at."""
    pairs = list(combinations(range(len(gold)), 2))
    raw = [_p_fallen(gold, earlier, later) for earlier, later in pairs]
    together = holm(raw + [1.0] * (family - len(raw)))
    return [
        later
        for (earlier, later), p in zip(pairs, together, strict=False)
        if earlier == best and p <= _ALPHA and _difference(gold, best, later).high < 0
    ]


def _p_fallen(side: _Series, earlier: int, later: int) -> float:
    """Two-sided p-value of a difference where the mean fell, else 1."""
    from scipy.stats import t

    d = side[later] - side[earlier]
    if d.mean() >= 0:
        return 1.0
    if _is_rate(side):
        return paired_p_value(side[earlier], side[later], rate=True)
    error = float(d.std(ddof=1)) / np.sqrt(len(d))
    return float(2 * t.sf(abs(d.mean()) / error, len(d) - 1)) if error > 0 else 0.0


def _difference(side: _Series, earlier: int, later: int) -> Interval:
    """Mean of later minus earlier, with its 95 % interval: Agresti and Min's for rates, else Student's."""
    from scipy.stats import t

    if earlier == later:
        return Interval(0.0, 0.0, 0.0, len(side[later]), 1 - _ALPHA)
    if _is_rate(side):
        return paired_difference(side[earlier], side[later], rate=True, confidence=1 - _ALPHA)
    d = side[later] - side[earlier]
    half = float(t.ppf(1 - _ALPHA / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d)))
    return Interval(float(d.mean()), float(d.mean()) - half, float(d.mean()) + half, len(d), 1 - _ALPHA)


def _is_rate(side: _Series) -> bool:
    return all(map(is_binary, side))


def _spread(values: NDArray[np.float64]) -> float | None:
    return float(values.std(ddof=1)) if np.ptp(values) > 0 else None


def _gain(interval: Interval) -> RewardGain:
    return RewardGain(mean=interval.estimate, low=interval.low, high=interval.high)
