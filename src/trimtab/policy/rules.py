"""A policy's rules as scorers: 1 where an answer breaks the rule, 0 where it keeps it, with the evidence."""

import re
from functools import cache
from typing import Literal

from ..records import Check, Policy, Rule, Score
from ..scorers import OFFLINE

_EVIDENCE = 120
"""Characters of an answer that are shown as evidence."""


def judge_policy(policy: Policy, prompt: str, answer: str) -> list[Score]:
    """A score for each rule, in their order: `policy.ID`, label `broken` or `kept`, the reason with the evidence.

    A rule that does not apply to the prompt, or whose scorers could not judge, has no value.
    """
    return [_judge(policy, rule, prompt, answer) for rule in policy.rules]


def broken_rules(policy: Policy, prompt: str, answer: str) -> list[str]:
    """The ids of the rules of severity block that an answer breaks."""
    blocking = (rule for rule in policy.rules if rule.severity == "block")
    return [rule.id for rule in blocking if _judge(policy, rule, prompt, answer).value == 1.0]


def declines(policy: Policy, prompt: str, answer: str) -> bool:
    """Whether an answer breaks a rule that requires one."""
    return any(rule.requires == "answer" and _judge(policy, rule, prompt, answer).value == 1.0 for rule in policy.rules)


def wanted(policy: Policy, prompt: str) -> Literal["decline", "answer"] | None:
    """What the rules that apply to a prompt want: to decline it where one requires a refusal or a redirect, else to
    answer it where one requires that, else nothing."""
    requires = {rule.requires for rule in policy.rules if _applies(policy, rule, prompt)}
    if requires & {"refuse", "redirect"}:
        return "decline"
    return "answer" if "answer" in requires else None


def unknown_scorers(policy: Policy) -> list[tuple[str, str]]:
    """(rule, scorer) of every check that names a scorer which does not exist."""
    return [
        (rule.id, check.scorer)
        for rule in policy.rules
        for check in rule.checks
        if check.scorer is not None and check.scorer not in OFFLINE
    ]


def _judge(policy: Policy, rule: Rule, prompt: str, answer: str) -> Score:
    name = f"policy.{rule.id}"
    if not _applies(policy, rule, prompt):
        return Score(scorer=name, value=None, reason="the rule does not apply to the prompt")
    judged = [_breaks(policy, check, prompt, answer) for check in rule.checks]
    broken = [evidence for breaks, evidence in judged if breaks]
    if broken:
        return Score(scorer=name, value=1.0, label="broken", reason=f"{rule.severity}: {rule.text} ({broken[0]})")
    if all(breaks is None for breaks, _ in judged):
        return Score(scorer=name, value=None, reason="; ".join(evidence for _, evidence in judged))
    return Score(scorer=name, value=0.0, label="kept")


def _applies(policy: Policy, rule: Rule, prompt: str) -> bool:
    return (
        all(_search(policy, pattern, prompt) for pattern in rule.when)
        and not any(_search(policy, pattern, prompt) for pattern in rule.unless)
        and not any(_applies(policy, policy.rule(name), prompt) for name in rule.except_rules)
    )


def _breaks(policy: Policy, check: Check, prompt: str, answer: str) -> tuple[bool | None, str]:
    """Whether a check fires, None where its scorer could not judge; and what shows it."""
    if check.contains is not None:
        match = _search(policy, check.contains, answer)
        return match is not None, f"found “{match[0][:_EVIDENCE]}”" if match else ""
    if check.lacks is not None:
        return _search(policy, check.lacks, answer) is None, f"“{check.lacks}” is missing"
    assert check.scorer is not None
    score = OFFLINE[check.scorer](prompt, answer)
    if score.value is None:
        return None, f"{check.scorer}: {score.reason}"
    fires = score.value >= check.at_least if check.at_least is not None else score.value <= (check.at_most or 0.0)
    return fires, f"{check.scorer} {score.value:.2f}"


def _search(policy: Policy, pattern: str, text: str) -> re.Match[str] | None:
    return _compiled(policy.spelled(pattern)).search(text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
