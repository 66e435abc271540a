"""Statistics as pure functions on arrays: intervals, paired differences and ratios, tests, the n that decides, wins,
overoptimization."""

from .calibration import CalibrationBin, calibration, calibration_error
from .correlation import correlation, partial_correlation
from .intervals import Interval, is_binary, mean_interval, needed_n, paired_difference, paired_effect, paired_ratio
from .overoptimization import FEWEST_PROMPTS, fit_overoptimization, fitted_gain, judge_points
from .significance import holm, paired_p_value, pairs_needed, smallest_effect
from .winrate import length_controlled, length_controlled_items, win_rate

__all__ = [
    "FEWEST_PROMPTS",
    "CalibrationBin",
    "Interval",
    "calibration",
    "calibration_error",
    "correlation",
    "fit_overoptimization",
    "fitted_gain",
    "holm",
    "is_binary",
    "judge_points",
    "length_controlled",
    "length_controlled_items",
    "mean_interval",
    "needed_n",
    "paired_difference",
    "paired_effect",
    "paired_p_value",
    "paired_ratio",
    "pairs_needed",
    "partial_correlation",
    "smallest_effect",
    "win_rate",
]
