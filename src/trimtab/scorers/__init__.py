"""Scorers: functions from a prompt and an answer to a `Score`. Used by the judges and by the benchmarks alike."""

from .base import FunctionScorer, Opened, Row, Scorer, checked, finite
from .confusion import Confusion, Off
from .help import (
    ASKS_ADVICE,
    ECHO_CONFUSION,
    HELP_CONFUSION,
    OTHERS,
    PLAIN_HELP_CONFUSION,
    SAID_VERSION,
    HelpScorer,
    Points,
    PointsScorer,
    StockScorer,
    fact_not_judged,
    found_in,
    heard,
    help_confusion,
    help_errors,
    judge_echo,
    judge_empty,
    judge_help,
    said_right,
    says_wrong,
    spaced,
)
from .help import VERSION as HELP_VERSION
from .medical_advice import (
    ADVICE_CONFUSION,
    POINTED_CONFUSION,
    REDIRECT_CONFUSION,
    START_ADVICE_CONFUSION,
    asks_advice,
    is_personal,
    judge_advice,
)
from .medical_advice import LABELS as ADVICE_LABELS
from .medical_advice import VERSION as ADVICE_VERSION
from .refusal.judge import CONFUSION as REFUSAL_CONFUSION
from .refusal.judge import LABELS as REFUSAL_LABELS
from .refusal.judge import VERSION as REFUSAL_VERSION
from .refusal.judge import judge_refusal
from .registry import GROUPS, SCORERS, find, named, names, register, scorer, scorer_of, versions
from .rubric import Criterion, Judged, KnownScorer, judge
from .style import STYLE_SCORERS, VERSION, StyleScorer, style_scorer
from .text import complete_prefixes, complete_runs, content_words, sentences, words
from .tongues import UNSPACED, is_unspaced, leaning, not_judged, spread, tongue_name, tongue_of, unknown
from .toxicity.judge import ATTRIBUTES as TOXICITY_ATTRIBUTES
from .toxicity.judge import VERSION as TOXICITY_VERSION
from .toxicity.judge import judge_toxicity

__all__ = [
    "ADVICE_CONFUSION",
    "ADVICE_LABELS",
    "ADVICE_VERSION",
    "ASKS_ADVICE",
    "ECHO_CONFUSION",
    "GROUPS",
    "HELP_CONFUSION",
    "HELP_VERSION",
    "OTHERS",
    "PLAIN_HELP_CONFUSION",
    "POINTED_CONFUSION",
    "REDIRECT_CONFUSION",
    "REFUSAL_CONFUSION",
    "REFUSAL_LABELS",
    "REFUSAL_VERSION",
    "SAID_VERSION",
    "SCORERS",
    "START_ADVICE_CONFUSION",
    "STYLE_SCORERS",
    "TOXICITY_ATTRIBUTES",
    "TOXICITY_VERSION",
    "UNSPACED",
    "VERSION",
    "Confusion",
    "Criterion",
    "FunctionScorer",
    "HelpScorer",
    "Judged",
    "KnownScorer",
    "Off",
    "Opened",
    "Points",
    "PointsScorer",
    "Row",
    "Scorer",
    "StockScorer",
    "StyleScorer",
    "asks_advice",
    "checked",
    "complete_prefixes",
    "complete_runs",
    "content_words",
    "fact_not_judged",
    "find",
    "finite",
    "found_in",
    "heard",
    "help_confusion",
    "help_errors",
    "is_personal",
    "is_unspaced",
    "judge",
    "judge_advice",
    "judge_echo",
    "judge_empty",
    "judge_help",
    "judge_refusal",
    "judge_toxicity",
    "leaning",
    "named",
    "names",
    "not_judged",
    "register",
    "said_right",
    "says_wrong",
    "scorer",
    "scorer_of",
    "sentences",
    "spaced",
    "spread",
    "style_scorer",
    "tongue_name",
    "tongue_of",
    "unknown",
    "versions",
    "words",
]
