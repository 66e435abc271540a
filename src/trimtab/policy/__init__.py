"""A policy at work: which rules apply to a prompt, what they want, and which of them an answer breaks."""

from .rules import (
    RuleScorer,
    broken_rules,
    check_scorers,
    declines,
    judge_policy,
    policy_version,
    rule_scorers,
    rules_about,
    slow_patterns,
    unasked,
    unknown_scorers,
    wanted,
)

__all__ = [
    "RuleScorer",
    "broken_rules",
    "check_scorers",
    "declines",
    "judge_policy",
    "policy_version",
    "rule_scorers",
    "rules_about",
    "slow_patterns",
    "unasked",
    "unknown_scorers",
    "wanted",
]
