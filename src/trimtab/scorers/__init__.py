"""Scorers: functions from a prompt and an answer to a `Score`. Used by the judges and by the benchmarks alike."""

from .advice import LABELS as ADVICE_LABELS
from .advice import VERSION as ADVICE_VERSION
from .advice import is_personal, judge_advice
from .metrics import METRICS, POLICY, SHARES, Metric, metric_named
from .offline import GROUPS, OFFLINE
from .policy import broken_rules, declines, judge_policy, unknown_scorers, wanted
from .refusal import CONFUSION as REFUSAL_CONFUSION
from .refusal import LABELS as REFUSAL_LABELS
from .refusal import VERSION as REFUSAL_VERSION
from .refusal import judge_refusal
from .rubric import Criterion, Judged, judge
from .style import STYLE_SCORERS, VERSION, Scorer, ScorerName, style_scorer
from .text import complete_prefixes, content_words, sentences, words
from .toxicity import ATTRIBUTES as TOXICITY_ATTRIBUTES
from .toxicity import VERSION as TOXICITY_VERSION
from .toxicity import judge_toxicity

__all__ = [
    "ADVICE_LABELS",
    "ADVICE_VERSION",
    "GROUPS",
    "METRICS",
    "OFFLINE",
    "POLICY",
    "REFUSAL_CONFUSION",
    "REFUSAL_LABELS",
    "REFUSAL_VERSION",
    "SHARES",
    "STYLE_SCORERS",
    "TOXICITY_ATTRIBUTES",
    "TOXICITY_VERSION",
    "VERSION",
    "Criterion",
    "Judged",
    "Metric",
    "Scorer",
    "ScorerName",
    "broken_rules",
    "complete_prefixes",
    "content_words",
    "declines",
    "is_personal",
    "judge",
    "judge_advice",
    "judge_policy",
    "judge_refusal",
    "judge_toxicity",
    "metric_named",
    "sentences",
    "style_scorer",
    "unknown_scorers",
    "wanted",
    "words",
]
