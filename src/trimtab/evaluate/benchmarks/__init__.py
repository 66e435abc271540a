"""Benchmarks: one a file, and the table of them."""

from .base import Benchmark, Measured, Settings, spread
from .facts import FACTS, facts_right
from .facts_said import FACTS_SAID
from .heldout import HELDOUT, heldout_benchmark
from .help import help_values, measured_help
from .hhh import pairs_to_judge
from .kl import KL
from .overrefusal import OVERREFUSAL
from .policy import POLICY_BENCHMARK, policy_benchmark
from .table import (
    BENCHMARKS,
    SUITES,
    benchmark,
    benchmark_named,
    benchmarks,
    chosen,
    metric_named,
    metrics,
    register,
)
from .truthfulqa import TRUTHFULQA_GENERATION, claims_to_judge, measured_truth
from .winrate import CONTROLLED, WINRATE, outcomes

__all__ = [
    "BENCHMARKS",
    "CONTROLLED",
    "FACTS",
    "FACTS_SAID",
    "HELDOUT",
    "KL",
    "OVERREFUSAL",
    "POLICY_BENCHMARK",
    "SUITES",
    "TRUTHFULQA_GENERATION",
    "WINRATE",
    "Benchmark",
    "Measured",
    "Settings",
    "benchmark",
    "benchmark_named",
    "benchmarks",
    "chosen",
    "claims_to_judge",
    "facts_right",
    "heldout_benchmark",
    "help_values",
    "measured_help",
    "measured_truth",
    "metric_named",
    "metrics",
    "outcomes",
    "pairs_to_judge",
    "policy_benchmark",
    "register",
    "spread",
]
