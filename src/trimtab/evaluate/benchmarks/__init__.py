"""Benchmarks: one a file, and the table of them."""

from .base import Benchmark, Measured, Settings, spread
from .hhh import pairs_to_judge
from .policy import policy_benchmark
from .suites import BENCHMARKS, SUITES, chosen
from .truthfulqa import TRUTHFULQA_GENERATION, claims_to_judge, measured_truth
from .winrate import WINRATE, outcomes

__all__ = [
    "BENCHMARKS",
    "SUITES",
    "TRUTHFULQA_GENERATION",
    "WINRATE",
    "Benchmark",
    "Measured",
    "Settings",
    "chosen",
    "claims_to_judge",
    "measured_truth",
    "outcomes",
    "pairs_to_judge",
    "policy_benchmark",
    "spread",
]
