"""Whether an answer helps, offline: the points it makes, what it adds to the question, what it says that is false."""

from .judge import (
    CONFUSION,
    ECHO_CONFUSION,
    LABELS,
    PLAIN_CONFUSION,
    VERSION,
    Confusion,
    HelpScorer,
    help_confusion,
    judge_echo,
    judge_empty,
    judge_help,
)
from .options import VERSION as SAID_VERSION
from .options import said_right, says_wrong
from .points import Points, PointsScorer, spaced
from .stock import StockScorer
from .ways import found_in, heard

__all__ = [
    "CONFUSION",
    "ECHO_CONFUSION",
    "LABELS",
    "PLAIN_CONFUSION",
    "SAID_VERSION",
    "VERSION",
    "Confusion",
    "HelpScorer",
    "Points",
    "PointsScorer",
    "StockScorer",
    "found_in",
    "heard",
    "help_confusion",
    "judge_echo",
    "judge_empty",
    "judge_help",
    "said_right",
    "says_wrong",
    "spaced",
]
