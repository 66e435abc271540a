"""Whether an answer helps, offline: the points it makes, what it adds to the question, what it says that is false."""

from .errors import (
    ASKS_ADVICE,
    ECHO_CONFUSION,
    HELP_CONFUSION,
    OTHERS,
    PLAIN_HELP_CONFUSION,
    help_confusion,
    help_errors,
)
from .judge import LABELS, VERSION, HelpScorer, judge_echo, judge_empty, judge_help
from .options import VERSION as SAID_VERSION
from .options import fact_not_judged, said_right, says_wrong
from .points import Points, PointsScorer, spaced
from .stock import StockScorer
from .ways import found_in, heard

__all__ = [
    "ASKS_ADVICE",
    "ECHO_CONFUSION",
    "HELP_CONFUSION",
    "LABELS",
    "OTHERS",
    "PLAIN_HELP_CONFUSION",
    "SAID_VERSION",
    "VERSION",
    "HelpScorer",
    "Points",
    "PointsScorer",
    "StockScorer",
    "fact_not_judged",
    "found_in",
    "heard",
    "help_confusion",
    "help_errors",
    "judge_echo",
    "judge_empty",
    "judge_help",
    "said_right",
    "says_wrong",
    "spaced",
]
