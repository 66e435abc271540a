"""Measure a model: style of its answers, facts, multiple choice, KL from the start; item by item, with intervals."""

from .compare import Compared, compare_evaluations
from .facts import TEMPLATE, facts_right
from .measure import differences, measure, style_values
from .multiple_choice import (
    SHOTS,
    PairScore,
    TruthfulScore,
    option_logps,
    pairwise,
    preamble_of,
    truthfulqa,
)

__all__ = [
    "SHOTS",
    "TEMPLATE",
    "Compared",
    "PairScore",
    "TruthfulScore",
    "compare_evaluations",
    "differences",
    "facts_right",
    "measure",
    "option_logps",
    "pairwise",
    "preamble_of",
    "style_values",
    "truthfulqa",
]
