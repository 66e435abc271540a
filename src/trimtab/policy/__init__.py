"""A policy at work: which rules apply to a prompt, what they want, which of them an answer breaks; and what is wrong
with the policy itself."""

from .applies import applies, in_force, may_apply, wanted
from .checking import check_policy
from .margins import Margin, margins
from .patterns import RanOver, every, search
from .rules import (
    UNCHECKED,
    UNVERIFIED,
    RuleScorer,
    breaks_checks,
    broken_rules,
    check_scorers,
    declines,
    judge_policy,
    not_found,
    policy_version,
    rule_scorers,
    slow_patterns,
    speaks_of,
    unasked,
    unchecked,
    unknown_scorers,
)

__all__ = [
    "UNCHECKED",
    "UNVERIFIED",
    "Margin",
    "RanOver",
    "RuleScorer",
    "applies",
    "breaks_checks",
    "broken_rules",
    "check_policy",
    "check_scorers",
    "declines",
    "every",
    "in_force",
    "judge_policy",
    "margins",
    "may_apply",
    "not_found",
    "policy_version",
    "rule_scorers",
    "search",
    "slow_patterns",
    "speaks_of",
    "unasked",
    "unchecked",
    "unknown_scorers",
    "wanted",
]
