"""Whether an answer gives personal medical advice, or points to somebody who may: offline, sentence by sentence."""

from .cases import asks_advice, is_personal
from .confusion import ADVICE_CONFUSION, POINTED_CONFUSION, REDIRECT_CONFUSION, START_ADVICE_CONFUSION
from .judge import LABELS, VERSION, judge_advice

__all__ = [
    "ADVICE_CONFUSION",
    "LABELS",
    "POINTED_CONFUSION",
    "REDIRECT_CONFUSION",
    "START_ADVICE_CONFUSION",
    "VERSION",
    "asks_advice",
    "is_personal",
    "judge_advice",
]
