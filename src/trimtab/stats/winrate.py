"""How often one model's answer is preferred to another's, and how often it would be at equal length.

Judges, human or not, prefer longer answers. The length-controlled win rate (Dubois et al. 2024, "Length-Controlled
AlpacaEval", arXiv 2404.04475) asks what the preference would be if both answers were equally long. A logistic model
explains the outcome by a level, the quality, and by the difference in length; the rate is what it gives at a difference
of zero. The slope on length is the judge's and is held by a prior (`length_slope`); a pair's own comparisons move it
only so far as both sides are the longer at times.
"""

from dataclasses import dataclass

import numpy as np

from .intervals import Interval, Values, _check_confidence, mean_interval, paired_difference
from .length_slope import (
    JUDGE,
    Array,
    LengthPrior,
    Lengths,
    checked_comparisons,
    checked_outcomes,
    dispersion,
    level,
    logistic,
    own_slope,
)

_FEWEST_NEAR = 0.01
_FEWEST_COMMON = 0.10
"""Where fewer comparisons than one in a hundred have lengths near each other, or less than a tenth of both sides'
lengths is common to both, nothing is known at equal length, and no figure is given."""
_STEEPEST = 2.0
"""Standard deviations of the prior up to which the bounds reach; they begin at no effect of length."""


@dataclass(frozen=True)
class Uncontrolled:
    """Length cannot be controlled for: what the rate at equal lengths lies between, and why it is not known better.

    From no effect of length, which is the raw rate, to the steepest slope that the prior allows, each end with its
    error at `confidence`; `n` comparisons are behind it.
    """

    low: float
    high: float
    n: int
    confidence: float
    why: str


def win_rate(outcomes: Values, *, confidence: float = 0.95) -> Interval:
    """The mean of outcomes, shape (n,), from 0 (the model loses) to 1 (it wins); between them a judge's probability.

    Of wins and losses it is a rate, with Wilson's interval. With ties (0.5) it is 1/2 + (wins - losses) / 2n, and wins
    and losses are the two ways in which paired rates differ: the interval is Agresti and Min's, halved. Neither is ever
    without a width. Soft preferences have the BCa bootstrap's. Raises ValueError where `outcomes` is empty or holds
    anything else.
    """
    y = checked_outcomes(outcomes)
    if not np.isin(y, (0.0, 0.5, 1.0)).all():
        return mean_interval(y, rate=False, confidence=confidence)
    if not (y == 0.5).any():
        return mean_interval(y, rate=True, confidence=confidence)
    shift = paired_difference((y == 0).astype(float), (y == 1).astype(float), rate=True, confidence=confidence)
    return Interval(0.5 + shift.estimate / 2, 0.5 + shift.low / 2, 0.5 + shift.high / 2, len(y), confidence)


def length_controlled(
    outcomes: Values,
    lengths: Values,
    lengths_other: Values,
    *,
    prior: LengthPrior = JUDGE,
    confidence: float = 0.95,
) -> Interval | Uncontrolled:
    """The win rate at equal lengths, from n outcomes (as in `win_rate`) and both answers' lengths in characters.

    P(win) = logistic(level + slope x tanh(d / scale)), Dubois et al. (2024, section 3) for two models without the
    difficulty of instructions; `scale` is the standard deviation of the differences d. The slope is `prior`'s mean,
    moved by the pair's own (`own_slope`), and the level gives the raw rate at the lengths as they are. The rate is
    logistic(level). Its interval is the fit's, on the scale of logits, with what is not known of the slope; for it half
    a win and half a loss at equal length are added, as to a rate's logit (Haldane 1956; Anscombe 1956). Soft outcomes
    make it narrower by the share of a coin's spread that they lack.

    Where lengths hardly overlap (see `Uncontrolled`) there is no figure. Where no lengths differ, or the judge sees
    nothing but ties, length explains nothing and the raw `win_rate` stands. Raises ValueError as `win_rate` does, and
    where the shapes differ or lengths are negative or not finite.
    """
    _check_confidence(confidence)
    y, lengths_ = checked_comparisons(outcomes, lengths, lengths_other)
    if _without_effect(y, lengths_):
        return win_rate(y, confidence=confidence)
    if why := _why_not(lengths_):
        steepest = prior.mean + _STEEPEST * prior.sd
        ends = [_rate(y, lengths_.term, slope, 0.0, confidence) for slope in (min(0.0, steepest), max(0.0, steepest))]
        return Uncontrolled(min(e.low for e in ends), max(e.high for e in ends), len(y), confidence, why)
    slope, weight = own_slope(y, lengths_)
    precision = weight + prior.sd**-2
    held = (weight * slope + prior.mean * prior.sd**-2) / precision
    return _rate(y, lengths_.term, held, 1 / precision, confidence)


def length_controlled_items(
    outcomes: Values, lengths: Values, lengths_other: Values, *, prior: LengthPrior = JUDGE
) -> Array | Uncontrolled:
    """One value an item, shape (n,), whose mean is the length-controlled win rate and whose spread is its error.

    The rate plus what each item's outcome differs by from what its lengths explain, stretched so that the mean of the
    values has the standard error of the rate, the slope's share included: gates and paired tests can take them like any
    others. Where `length_controlled` is the raw win rate, they are the outcomes, and where it is `Uncontrolled` that is
    returned. Raises ValueError as it does.
    """
    y, lengths_ = checked_comparisons(outcomes, lengths, lengths_other)
    found = length_controlled(y, lengths, lengths_other, prior=prior, confidence=_ONE_ERROR)
    if isinstance(found, Uncontrolled) or _without_effect(y, lengths_):
        return found if isinstance(found, Uncontrolled) else y
    slope, weight = own_slope(y, lengths_)
    held = (weight * slope + prior.mean * prior.sd**-2) / (weight + prior.sd**-2)
    rest = y - logistic(level(y, lengths_.term, held) + held * lengths_.term)
    spread = float(rest.std(ddof=1)) if len(y) > 1 else 0.0
    error = (found.high - found.low) / 2
    stretch = error * float(np.sqrt(len(y))) / spread if spread > 0 else 0.0
    values: Array = found.estimate + (rest - rest.mean()) * stretch
    return values


_ONE_ERROR = 0.6826894921370859
"""The confidence at which a normal interval is the estimate with one standard error on either side."""


def _rate(y: Array, x: Array, slope: float, slope_variance: float, confidence: float) -> Interval:
    """The rate at equal lengths for a slope with its variance."""
    from scipy.stats import norm

    estimate = float(logistic(level(y, x, slope)))
    x, y = np.append(x, 0.0), np.append(y, 0.5)
    middle = level(y, x, slope)
    p = logistic(middle + slope * x)
    information = p * (1 - p)
    own = dispersion(y[:-1], p[:-1]) / information.sum()
    error = np.sqrt(own + float((information * x).sum() / information.sum()) ** 2 * slope_variance)
    half = float(norm.ppf(0.5 + confidence / 2)) * float(error)
    low, high = float(logistic(middle - half)), float(logistic(middle + half))
    return Interval(estimate, min(low, estimate), max(high, estimate), len(y) - 1, confidence)


def _without_effect(y: Array, lengths: Lengths) -> bool:
    return not lengths.term.any() or bool((y == 0.5).all())


def _why_not(lengths: Lengths) -> str:
    """Why length cannot be controlled for; empty where it can."""
    if lengths.near < _FEWEST_NEAR:
        return f"in {lengths.near:.1%} of comparisons alone are the two lengths near each other"
    if lengths.common < _FEWEST_COMMON:
        return f"the two sides have {lengths.common:.1%} of their lengths in common"
    return ""
