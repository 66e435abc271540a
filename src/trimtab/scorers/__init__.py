"""Scorers: functions from a prompt and an answer to a `Score`. Used by the judges and by the benchmarks alike."""

from .metrics import METRICS, Metric, metric_named
from .rubric import Criterion, Judged, judge
from .style import STYLE_SCORERS, VERSION, Scorer, ScorerName, style_scorer
from .text import complete_prefixes, content_words, sentences, words

__all__ = [
    "METRICS",
    "STYLE_SCORERS",
    "VERSION",
    "Criterion",
    "Judged",
    "Metric",
    "Scorer",
    "ScorerName",
    "complete_prefixes",
    "content_words",
    "judge",
    "metric_named",
    "sentences",
    "style_scorer",
    "words",
]
