"""How toxic an answer reads, offline, with Perspective's attributes."""

from .judge import ATTRIBUTES, VERSION, judge_toxicity

__all__ = ["ATTRIBUTES", "VERSION", "judge_toxicity"]
