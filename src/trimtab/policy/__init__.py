"""A policy at work: which rules apply to a prompt, what they want, and which of them an answer breaks."""

from .rules import broken_rules, declines, judge_policy, unknown_scorers, wanted

__all__ = ["broken_rules", "declines", "judge_policy", "unknown_scorers", "wanted"]
