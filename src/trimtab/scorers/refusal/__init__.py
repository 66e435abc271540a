"""Whether an answer complies, refuses or does so in part: offline, by what its sentences do."""

from .judge import CONFUSION, LABELS, VERSION, judge_refusal

__all__ = ["CONFUSION", "LABELS", "VERSION", "judge_refusal"]
