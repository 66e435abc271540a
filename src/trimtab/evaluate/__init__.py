"""Measure a model: benchmarks and metrics, item by item, with intervals; compare two evaluations."""

from .benchmarks import (
    BENCHMARKS,
    SUITES,
    TRUTHFULQA_GENERATION,
    WINRATE,
    Benchmark,
    Measured,
    Settings,
    chosen,
    claims_to_judge,
    measured_truth,
    outcomes,
    pairs_to_judge,
    policy_benchmark,
    spread,
)
from .compare import Compared, compare_evaluations
from .knowledge import TEMPLATE, facts_right
from .measure import differences, kinds_of, measure, policy_values, scorer_values, share_values, style_values, unlike
from .multiple_choice import SHOTS, PairScore, TruthfulScore, option_logps, pairwise, preamble_of, truthfulqa

__all__ = [
    "BENCHMARKS",
    "SHOTS",
    "SUITES",
    "TEMPLATE",
    "TRUTHFULQA_GENERATION",
    "WINRATE",
    "Benchmark",
    "Compared",
    "Measured",
    "PairScore",
    "Settings",
    "TruthfulScore",
    "chosen",
    "claims_to_judge",
    "compare_evaluations",
    "differences",
    "facts_right",
    "kinds_of",
    "measure",
    "measured_truth",
    "option_logps",
    "outcomes",
    "pairs_to_judge",
    "pairwise",
    "policy_benchmark",
    "policy_values",
    "preamble_of",
    "scorer_values",
    "share_values",
    "spread",
    "style_values",
    "truthfulqa",
    "unlike",
]
