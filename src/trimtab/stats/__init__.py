"""Statistics as pure functions on arrays: intervals, paired differences and ratios, the n that would decide."""

from .intervals import (
    Interval,
    is_binary,
    mean_interval,
    needed_n,
    paired_difference,
    paired_effect,
    paired_ratio,
)

__all__ = [
    "Interval",
    "is_binary",
    "mean_interval",
    "needed_n",
    "paired_difference",
    "paired_effect",
    "paired_ratio",
]
