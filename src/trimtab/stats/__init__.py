"""Statistics as pure functions on arrays: intervals, paired differences and ratios, tests, the n that decides, wins,
the curve of overoptimization."""

from .calibration import CalibrationBin, calibration, calibration_error
from .correlation import correlation, partial_correlation
from .intervals import Interval, is_binary, mean_interval, needed_n, paired_difference, paired_effect, paired_ratio
from .length_slope import ANY_JUDGE, JUDGE, LengthPrior, calibrated_prior, implied_slope, length_term, pooled_prior
from .misses import (
    Table,
    corrected_interval,
    corrected_needed_n,
    corrected_rate,
    room_needed_n,
    room_p_value,
    with_room,
)
from .overoptimization import FEWEST_POINTS, fit_overoptimization
from .paired_rates import paired_rate_interval
from .rates import exact_bounds, exact_interval, exact_needed_n, exact_rate
from .significance import holm, paired_p_value, pairs_needed, smallest_effect, smallest_shown
from .winrate import Uncontrolled, length_controlled, length_controlled_items, win_rate

__all__ = [
    "ANY_JUDGE",
    "FEWEST_POINTS",
    "JUDGE",
    "CalibrationBin",
    "Interval",
    "LengthPrior",
    "Table",
    "Uncontrolled",
    "calibrated_prior",
    "calibration",
    "calibration_error",
    "corrected_interval",
    "corrected_needed_n",
    "corrected_rate",
    "correlation",
    "exact_bounds",
    "exact_interval",
    "exact_needed_n",
    "exact_rate",
    "fit_overoptimization",
    "holm",
    "implied_slope",
    "is_binary",
    "length_controlled",
    "length_controlled_items",
    "length_term",
    "mean_interval",
    "needed_n",
    "paired_difference",
    "paired_effect",
    "paired_p_value",
    "paired_rate_interval",
    "paired_ratio",
    "pairs_needed",
    "partial_correlation",
    "pooled_prior",
    "room_needed_n",
    "room_p_value",
    "smallest_effect",
    "smallest_shown",
    "win_rate",
    "with_room",
]
