"""Which rules are about a prompt, and what they want of its answer where they want what cannot both be had."""

from typing import Literal

from ..records import Policy, Requires, Rule
from .patterns import RanOver, search

DECLINE: frozenset[Requires] = frozenset({"refuse", "redirect"})
"""What a rule that wants a prompt declined requires."""


def applies(policy: Policy, rule: Rule, prompt: str) -> bool:
    """Whether a rule's patterns say that it is about a prompt. Raises RanOver where that cannot be told."""
    return (
        all(search(policy.spelled(pattern), prompt) is not None for pattern in rule.when)
        and not any(search(policy.spelled(pattern), prompt) is not None for pattern in rule.unless)
        and not any(applies(policy, policy.rule(name), prompt) for name in rule.except_rules)
    )


def may_apply(policy: Policy, rule: Rule, prompt: str) -> bool:
    """The same, where what cannot be told counts as applying."""
    try:
        return applies(policy, rule, prompt)
    except RanOver:
        return True


def wanted(policy: Policy, prompt: str) -> Literal["decline", "answer"] | None:
    """What the rules that apply to a prompt want: that of the highest priority among those that require an answer, a
    refusal or a redirect; at equal priority, to decline it. Rules of which it cannot be told whether they apply count
    as applying; those that no pattern and no check tells of are left to whoever reads them."""
    asked = [
        rule
        for rule in policy.rules
        if rule.told_by_words and _side(rule) is not None and may_apply(policy, rule, prompt)
    ]
    highest = max((rule.priority for rule in asked), default=0)
    sides = {_side(rule) for rule in asked if rule.priority == highest}
    if "decline" in sides:
        return "decline"
    return "answer" if "answer" in sides else None


def in_force(policy: Policy, prompt: str) -> list[Rule]:
    """The rules that a prompt's answer can be held against, in their order: those that may apply, without those that
    want an answer where a rule that goes before them wants none, or the reverse. What no pattern tells is left in."""
    want = wanted(policy, prompt)
    return [
        rule
        for rule in policy.rules
        if may_apply(policy, rule, prompt) and (want is None or not rule.told_by_words or _side(rule) in (None, want))
    ]


def _side(rule: Rule) -> Literal["decline", "answer"] | None:
    if rule.requires in DECLINE:
        return "decline"
    return "answer" if rule.requires == "answer" else None
