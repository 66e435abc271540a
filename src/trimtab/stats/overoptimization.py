"""A curve through a reward's gains over the distance from the start.

How far a model has left its start is measured by d = sqrt(KL); Gao, Schulman and Hilton (2022, "Scaling Laws for Reward
Model Overoptimization", arXiv 2210.10760, section 1) found the gain over the start to follow d (alpha - beta log d) in
reinforcement learning and d (alpha - beta d) in best-of-n sampling.
"""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from ..records import CurveForm, OveroptimizationFit
from .intervals import Values, _checked_pair

FEWEST_POINTS = 3
"""Checkpoints away from the start under which no curve is fitted: two would go through any two."""
_LINE_POINTS = 80
"""Stretches of the line that a report draws."""
_LARGEST_EXPONENT = 700.0
"""Beyond it exp() is not finite: the curve rises as far as numbers go."""


def fit_overoptimization(kl: Values, gains: Values, form: CurveForm) -> OveroptimizationFit | None:
    """The curve of that form through gains over the start, shape (n,), at KLs in nats, shape (n,), by least squares.

    Linear in alpha and beta, so the fit is exact. Points whose KL is not positive say nothing of the curve and are left
    out; None where fewer than FEWEST_POINTS different ones remain. R² is about the mean gain. The peak is where the
    curve's slope is zero: d = alpha / (2 beta) for "bon", log d = alpha / beta - 1 for "rl". Raises ValueError where
    the shapes differ, or values are missing or not finite.
    """
    x, y = _checked_pair(kl, gains)
    d, y = np.sqrt(x[x > 0]), y[x > 0]
    if len(np.unique(d)) < FEWEST_POINTS:
        return None
    columns = np.column_stack((d, -d * _bend(d, form)))
    (alpha, beta), *_ = np.linalg.lstsq(columns, y)
    rest, total = float(((y - columns @ (alpha, beta)) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    fit = OveroptimizationFit(
        alpha=float(alpha),
        beta=float(beta),
        form=form,
        r_squared=1 - rest / total if total > 0 else None,
        peak_kl=_peak(float(alpha), float(beta), form),
    )
    distances = [float(d.max()) * place / _LINE_POINTS for place in range(_LINE_POINTS + 1)]
    return fit.model_copy(update={"line": tuple((at, fitted_gain(fit, at * at)) for at in distances)})


def fitted_gain(fit: OveroptimizationFit, kl: float) -> float:
    """The fitted curve's gain at a KL in nats; 0 at a KL of 0, the limit of both forms."""
    if kl <= 0:
        return 0.0
    d = np.sqrt(kl)
    return float(d * (fit.alpha - fit.beta * _bend(d, fit.form)))


def _bend(d: NDArray[np.float64], form: CurveForm) -> NDArray[np.float64]:
    """What beta is multiplied by, besides d itself."""
    match form:
        case "rl":
            return np.log(d)
        case "bon":
            return d
        case _:
            assert_never(form)


def _peak(alpha: float, beta: float, form: CurveForm) -> float | None:
    if beta <= 0:
        return None
    match form:
        case "rl":
            exponent = 2 * (alpha / beta - 1)
            return float(np.exp(exponent)) if exponent < _LARGEST_EXPONENT else None
        case "bon":
            return (alpha / (2 * beta)) ** 2 if alpha > 0 else None
        case _:
            assert_never(form)
