"""Statistics as pure functions on arrays: intervals, paired differences and ratios, tests, the n that decides, wins,
the curve of overoptimization; what several people said: agreement, errors, strengths."""

from .bradley_terry import RELIABILITY_SPREAD, Fit, bradley_terry, preferred
from .calibration import CalibrationBin, calibration, calibration_error
from .clustered import (
    FEWEST_REVIEWERS,
    Clustered,
    Needed,
    clustered_exact,
    clustered_mean,
    items_needed,
    judgements_needed,
)
from .clustered_difference import ClusteredDifference, clustered_difference, more_for_difference
from .cohen import Weighting, kappa
from .correlation import correlation, partial_correlation
from .dawid_skene import Errors, dawid_skene
from .held_fixed import Effect, effects
from .intervals import Interval, is_binary, mean_interval, needed_n, paired_difference, paired_effect, paired_ratio
from .krippendorff import ALL_AGREE, Level, alpha, alpha_of_counts
from .length_slope import ANY_JUDGE, JUDGE, LengthPrior, calibrated_prior, implied_slope, length_term, pooled_prior
from .misses import (
    Table,
    corrected_interval,
    corrected_needed_n,
    corrected_preference,
    corrected_rate,
    room_needed_n,
    room_p_value,
    with_room,
)
from .overoptimization import FEWEST_POINTS, fit_overoptimization
from .paired_rates import paired_rate_interval
from .prediction_powered import (
    FEWEST_LABELLED,
    PredictionPowered,
    prediction_powered,
    prediction_powered_width,
)
from .rates import exact_bounds, exact_interval, exact_needed_n, exact_rate
from .resampling import CannotTell, over_items
from .running import evidence_below
from .significance import holm, paired_p_value, pairs_needed, smallest_effect, smallest_shown
from .winrate import Uncontrolled, length_controlled, length_controlled_items, win_rate

__all__ = [
    "ALL_AGREE",
    "ANY_JUDGE",
    "FEWEST_LABELLED",
    "FEWEST_POINTS",
    "FEWEST_REVIEWERS",
    "JUDGE",
    "RELIABILITY_SPREAD",
    "CalibrationBin",
    "CannotTell",
    "Clustered",
    "ClusteredDifference",
    "Effect",
    "Errors",
    "Fit",
    "Interval",
    "LengthPrior",
    "Level",
    "Needed",
    "PredictionPowered",
    "Table",
    "Uncontrolled",
    "Weighting",
    "alpha",
    "alpha_of_counts",
    "bradley_terry",
    "calibrated_prior",
    "calibration",
    "calibration_error",
    "clustered_difference",
    "clustered_exact",
    "clustered_mean",
    "corrected_interval",
    "corrected_needed_n",
    "corrected_preference",
    "corrected_rate",
    "correlation",
    "dawid_skene",
    "effects",
    "evidence_below",
    "exact_bounds",
    "exact_interval",
    "exact_needed_n",
    "exact_rate",
    "fit_overoptimization",
    "holm",
    "implied_slope",
    "is_binary",
    "items_needed",
    "judgements_needed",
    "kappa",
    "length_controlled",
    "length_controlled_items",
    "length_term",
    "mean_interval",
    "more_for_difference",
    "needed_n",
    "over_items",
    "paired_difference",
    "paired_effect",
    "paired_p_value",
    "paired_rate_interval",
    "paired_ratio",
    "pairs_needed",
    "partial_correlation",
    "pooled_prior",
    "prediction_powered",
    "prediction_powered_width",
    "preferred",
    "room_needed_n",
    "room_p_value",
    "smallest_effect",
    "smallest_shown",
    "win_rate",
    "with_room",
]
