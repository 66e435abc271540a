"""Whether an answer gives personal medical advice, or points to somebody who may: offline, sentence by sentence."""

from .judge import LABELS, VERSION, asks_advice, is_personal, judge_advice

__all__ = ["LABELS", "VERSION", "asks_advice", "is_personal", "judge_advice"]
