"""Does a predicted probability come true as often as it says? Pure functions on arrays."""

from dataclasses import dataclass

import numpy as np

from .intervals import Interval, Values, _checked_pair, mean_interval

BINS = 10


@dataclass(frozen=True)
class CalibrationBin:
    """Predictions in [low, high): how many, their mean, and the rate at which they came true, with its interval."""

    low: float
    high: float
    predicted: float
    observed: Interval


def calibration(predicted: Values, came_true: Values, *, low: float = 0.0, bins: int = BINS) -> list[CalibrationBin]:
    """The reliability diagram of n predictions, both of shape (n,): equal bins over [`low`, 1], empty ones left out.

    `came_true` holds zeros and ones. Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2. Raises
    ValueError where a prediction lies outside of [`low`, 1], or an outcome is neither.
    """
    p, y = _checked_pair(predicted, came_true)
    if p.min() < low or p.max() > 1 or not np.isin(y, (0.0, 1.0)).all():
        raise ValueError(f"predictions lie in [{low}, 1] and outcomes are 0 or 1")
    edges = np.linspace(low, 1.0, bins + 1)
    places = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    return [
        CalibrationBin(
            float(edges[place]),
            float(edges[place + 1]),
            float(p[places == place].mean()),
            mean_interval(y[places == place], rate=True),
        )
        for place in range(bins)
        if (places == place).any()
    ]


def calibration_error(curve: list[CalibrationBin]) -> float:
    """The expected calibration error: the bins' distances from the diagonal, by their size (Guo et al. 2017, eq. 3)."""
    total = sum(each.observed.n for each in curve)
    return sum(each.observed.n / total * abs(each.observed.estimate - each.predicted) for each in curve)
