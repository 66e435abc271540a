"""Benchmarks: one a file, and the table of them."""

from .base import Benchmark, Measured, Settings, spread
from .hhh import pairs_to_judge
from .policy import policy_benchmark
from .suites import BENCHMARKS, SUITES, chosen
from .winrate import WINRATE, outcomes

__all__ = [
    "BENCHMARKS",
    "SUITES",
    "WINRATE",
    "Benchmark",
    "Measured",
    "Settings",
    "chosen",
    "outcomes",
    "pairs_to_judge",
    "policy_benchmark",
    "spread",
]
