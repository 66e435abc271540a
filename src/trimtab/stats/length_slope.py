"""How much a judge is swayed by length: the slope that takes length out of a win rate, and how sure it is.

A model's own comparisons do not tell it. Where its answers are shorter throughout, those that come near the other's
length differ from the rest in what was asked and in how well it was answered, and the slope found along them says so
too: 2.0 to 4.4 on seven models of AlpacaEval 2 of which at most one answer in seven is the longer, where slopes of 0.85
to 1.8 give the published figures. The slope is a property of the judge. It comes from one of three places, each with
its standard deviation: `JUDGE`, what the published figures imply; `pooled_prior`, other models before the same judge;
and `calibrated_prior`, what the judge says of one model's answers written shorter and longer on purpose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intervals import Values, _checked, _checked_pair

_RIDGE = 0.04
"""A normal prior on a pair's own slope with a standard deviation of 5 logits: half to 99 % by length alone.

It weighs less than one item in reasonable data. Where the longer answer always wins, the effect would have no bound.
"""
_STEP, _STEPS = 1.5, 100
"""Logits that a Newton step may move (far from the optimum the curvature is tiny and a full step overshoots)."""
_SMALLEST_SCALE = 0.25
"""A difference of a quarter of the mean length is never more than one unit, however alike all differences are."""
_NEAR = 0.75
"""Lengths are near each other where the shorter has three quarters of the longer."""

Array = NDArray[np.float64]
Comparisons = tuple[Values, Values, Values]
"""Outcomes of one model against another, its lengths and the other's, shape (n,) each."""


@dataclass(frozen=True)
class LengthPrior:
    """A normal prior on the judge's slope: logits a unit of tanh(d / scale), where d is the difference in length.

    `sd` holds what the slope differs by from one model to the next as well as what is not known of the judge. A pair's
    own comparisons weigh against it as 1 / sd^2 does. Raises ValueError where `sd` is not positive.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and np.isfinite(self.sd) and self.sd > 0):
            raise ValueError(f"a prior has a finite mean and a positive sd, got {self.mean} and {self.sd}")


JUDGE = LengthPrior(1.30, 0.30)
"""GPT-4 Turbo's slope on AlpacaEval 2: mean and standard deviation, over the seven models at hand whose lengths differ
from the reference's, of the slope at which the published rate comes out (`python benchmarks/winrate.py` tells it)."""
ANY_JUDGE = LengthPrior(1.30, 0.60)
"""For a judge of whom nothing is known, an assumption: the same mean and twice the spread, from hardly any to twice."""


@dataclass(frozen=True)
class Lengths:
    """The length term of n comparisons, and how far both sides' lengths overlap.

    `term` is tanh(d / scale), shape (n,), with the differences' standard deviation as scale (Dubois et al. 2024,
    section 3). `balance` is twice the share of the rarer sign of d: 1 where either side is longer as often. `near` is
    the share of comparisons in which the side that is shorter as a rule has at least three quarters of the other's
    length, and `common` one minus the Kolmogorov-Smirnov distance of the two sides' lengths.
    """

    term: Array
    balance: float
    near: float
    common: float


def length_term(lengths: Values, lengths_other: Values) -> Lengths:
    """Raises ValueError where the shapes differ, a length is negative or not finite, or there is none."""
    from scipy.stats import ks_2samp

    ours, theirs = _checked_pair(lengths, lengths_other)
    if min(ours.min(), theirs.min()) < 0:
        raise ValueError("a length is not negative")
    d = ours - theirs
    spread = float(d.std(ddof=1)) if len(d) > 1 else 0.0
    scale = max(spread, _SMALLEST_SCALE * float((ours + theirs).mean()) / 2)
    return Lengths(
        term=np.tanh(d / scale) if scale > 0 else np.zeros_like(d),
        balance=2 * min(float((d <= 0).mean()), float((d >= 0).mean()), 0.5),
        near=min(float((ours >= _NEAR * theirs).mean()), float((theirs >= _NEAR * ours).mean())),
        common=1 - float(ks_2samp(ours, theirs, method="asymp").statistic),
    )


def checked_comparisons(outcomes: Values, lengths: Values, lengths_other: Values) -> tuple[Array, Lengths]:
    """Outcomes and their length term. Raises ValueError for outcomes outside 0 to 1 and as `length_term` does."""
    y = checked_outcomes(outcomes)
    if len(y) != len(lengths):
        raise ValueError(f"needs two lengths an outcome, got {len(y)} outcomes and {len(lengths)} lengths")
    return y, length_term(lengths, lengths_other)


def checked_outcomes(outcomes: Values) -> Array:
    """Outcomes, shape (n,). Raises ValueError where one lies outside 0 to 1, or there is none."""
    y = _checked(outcomes)
    if ((y < 0) | (y > 1)).any():
        raise ValueError("an outcome lies between 0 (loss) and 1 (win)")
    return y


def own_slope(y: Array, lengths: Lengths) -> tuple[float, float]:
    """The slope that a pair's own comparisons show, and its weight as an inverse variance.

    The information of the logistic fit, over the spread that the outcomes really have, times the square of `balance`.
    The square is for what else differs: the less two models overlap, the further their own slope lies from the judge's.
    """
    x = lengths.term
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0, 0.0
    found, information = _fit(x, y)
    p = logistic(found[0] + found[1] * x)
    alone = information[1, 1] - information[0, 1] ** 2 / information[0, 0]
    return float(found[1]), float(lengths.balance**2 * alone / max(dispersion(y, p), 1e-6))


def dispersion(y: Array, p: Array) -> float:
    """How much of a coin's variance outcomes with expectation p have left: 1 for wins and losses, less where soft."""
    rest = float(((y - p) ** 2).sum())
    coin = rest + float((y * (1 - y)).sum())
    return rest / coin if coin > 0 else 1.0


def level(y: Array, x: Array, slope: float) -> float:
    """The level at which logistic(level + slope x) has the mean of y; infinite where all y are 0 or all are 1."""
    mean = float(y.mean())
    if mean in (0.0, 1.0):
        return np.inf if mean else -np.inf
    from scipy.optimize import brentq

    reach = float(abs(np.log(mean / (1 - mean)))) + abs(slope) * float(abs(x).max()) + 1.0
    return float(brentq(lambda a: float(logistic(a + slope * x).mean()) - mean, -reach, reach, xtol=1e-12))


def implied_slope(outcomes: Values, lengths: Values, lengths_other: Values, rate: float) -> float | None:
    """The slope at which the rate at equal lengths is `rate`; None where none between -5 and 10 gives it."""
    from scipy.optimize import brentq

    y, found = checked_comparisons(outcomes, lengths, lengths_other)

    def off(slope: float) -> float:
        return float(logistic(level(y, found.term, slope))) - rate

    return float(brentq(off, -5.0, 10.0)) if off(-5.0) * off(10.0) < 0 else None


def pooled_prior(models: Sequence[Comparisons], prior: LengthPrior = JUDGE) -> LengthPrior:
    """What other models before the same judge add to a prior: their own slopes, by their weights, pooled.

    Random effects (DerSimonian and Laird 1986): what the slopes differ by beyond their errors, and at least `prior.sd`,
    goes into each one's variance, so that one model with many comparisons does not outvote the others. `prior` counts
    as one more. Raises ValueError as `checked_comparisons` does.
    """
    found = [own_slope(*checked_comparisons(*each)) for each in models]
    some = [(slope, weight) for slope, weight in found if weight > 0]
    if not some:
        return prior
    b, w = np.array([prior.mean, *(s for s, _ in some)]), np.array([prior.sd**-2, *(v for _, v in some)])
    centre = float((w * b).sum() / w.sum())
    excess = float((w * (b - centre) ** 2).sum()) - (len(b) - 1)
    between = max(prior.sd**2, excess / float(w.sum() - (w**2).sum() / w.sum()))
    w[1:] = 1 / (1 / w[1:] + between)
    return LengthPrior(float((w * b).sum() / w.sum()), float(np.sqrt(between)))


def calibrated_prior(variants: Sequence[Comparisons], prior: LengthPrior = JUDGE) -> LengthPrior:
    """The judge's slope from variants of one model: answers asked to be concise, or verbose, against its plain ones.

    Each variant is the same model, and is taken to be as good as the plain one at equal length, so that nothing but
    length explains what the judge prefers: P(win) = logistic(slope tanh(d / scale)). The slope is the mean over the
    variants; its variance is the mean's error and the spread between variants (a judge may punish the short more than
    it rewards the long), which with one variant is `prior`'s. Raises ValueError as `checked_comparisons` does, and
    where there is no variant or a variant's answers are as long as the plain ones.
    """
    if not variants:
        raise ValueError("needs at least one variant")
    slopes, errors = [], []
    for each in variants:
        y, lengths = checked_comparisons(*each)
        x = lengths.term
        if not x.any():
            raise ValueError("a variant's answers are as long as the plain ones, so it shows nothing of length")
        slope, information = _through_zero(x, y)
        slopes.append(slope)
        errors.append(dispersion(y, logistic(slope * x)) / information)
    between = float(np.var(slopes, ddof=1)) if len(slopes) > 1 else prior.sd**2
    return LengthPrior(float(np.mean(slopes)), float(np.sqrt(np.mean(errors) / len(slopes) + between)))


def logistic(z: Array | float) -> Array:
    from scipy.special import expit

    return np.asarray(expit(z))


def _fit(x: Array, y: Array) -> tuple[Array, Array]:
    """Level and slope, shape (2,), of the logistic regression of y on x, and their information, shape (2, 2)."""
    design, ridge = np.stack((np.ones_like(x), x)), np.diag((0.0, _RIDGE))
    found = np.zeros(2)
    for _ in range(_STEPS):
        p = logistic(found @ design)
        information = (design * (p * (1 - p))) @ design.T + ridge
        step = np.linalg.solve(information, design @ (y - p) - ridge @ found)
        length = float(np.hypot(*step))
        found = found + step * min(1.0, _STEP / max(length, _STEP))
        if length < 1e-10:
            break
    return found, information


def _through_zero(x: Array, y: Array) -> tuple[float, float]:
    """The slope of a logistic regression without a level, and its information."""
    slope = 0.0
    for _ in range(_STEPS):
        p = logistic(slope * x)
        information = float((p * (1 - p) * x * x).sum()) + _RIDGE
        step = (float((x * (y - p)).sum()) - _RIDGE * slope) / information
        slope += float(np.clip(step, -_STEP, _STEP))
        if abs(step) < 1e-10:
            break
    return slope, information
