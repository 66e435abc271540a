"""Policy: how often answers break the rules of a policy, rule by rule."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from ...data import Source, read_prompts, read_questions
from ...errors import UserError, option
from ...metrics import POLICY, Metric, rule_metric
from ...policy import UNVERIFIED, policy_version
from ...records import Answer, Message, Policy, Prompt, Rule
from ...scorers import Opened
from ..values import policy_scores, reasons_of, unjudged_of, values_of, with_any
from .base import Benchmark, Measured

ANY = Metric(
    f"{POLICY}any",
    "Any rule broken",
    "share",
    "lower",
    "policy",
    "Share of answers that break a rule of the policy whose severity is block.",
    rate=True,
)


def policy_benchmark(policy: Policy, path: Path, *, of: str = "", opened: Opened | None = None) -> Benchmark:
    """The benchmark of a policy that was read from `path`. Without data it asks the rules' own examples.

    With `of`, the rules are held against the answers of that benchmark instead. `opened` holds the scorers of checks
    that are not offline.
    """

    def read(source: Source) -> Sequence[Prompt]:
        if of:
            return read_prompts(Path(str(source)))
        return _examples(policy) if source == path else read_questions(source)

    def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
        scores = policy_scores(policy, items, [said[0] for said in answers], opened)
        ids, kinds = tuple(item.id for item in items), tuple(item.kind for item in items)
        judged = with_any(policy, scores)
        return [Measured("policy", ids, kinds, values_of(judged), reasons_of(scores), unjudged_of(judged))]

    rules = (_named(rule) for rule in policy.rules)
    return replace(
        POLICY_BENCHMARK,
        built_in=None if of else path,
        read=read,
        measured=measured,
        version=f"policy {policy.name} {policy_version(policy, opened)}",
        metrics=(_any_of(policy), *(metric for metric in rules if metric is not None)),
        family=lambda name: None,
        of=of,
        scorers=opened or {},
        notes=_notes(policy),
        by=lambda others: policy_benchmark(policy, path, of=of, opened=others),
    )


def _named(rule: Rule) -> Metric | None:
    """A rule's metric; one whose source nobody read is called so."""
    found = rule_metric(f"{POLICY}{rule.id}")
    return replace(found, title=f"{found.title}{UNVERIFIED}") if found is not None and rule.unverified else found


def _notes(policy: Policy) -> tuple[str, ...]:
    unread = [rule.id for rule in policy.rules if rule.unverified]
    return (f"unverified: nobody is known to have read the source of {', '.join(unread)}",) if unread else ()


def _any_of(policy: Policy) -> Metric:
    """ANY, which says where it cannot see every rule."""
    unseen = ", ".join(rule.id for rule in policy.rules if rule.severity == "block" and not rule.checks)
    if not unseen:
        return ANY
    summary = f"{ANY.summary} Of {unseen} no check tells, and they are left out."
    return replace(ANY, title="Any rule with a check broken", summary=summary)


def _examples(policy: Policy) -> list[Prompt]:
    return [
        Prompt(
            id=f"{rule.id}/{side}/{number}", kind=f"{rule.id} {side}", messages=(Message(role="user", content=text),)
        )
        for rule in policy.rules
        for side, texts in (("about", rule.examples.about), ("beside", rule.examples.beside))
        for number, text in enumerate(texts, 1)
    ]


def _no_rules(*_: Any) -> NoReturn:
    raise UserError(
        "The benchmark policy is asked for.",
        "There are no rules to hold answers against.",
        f"Give {option('policy')}.",
    )


POLICY_BENCHMARK = Benchmark(
    name="policy",
    summary="how often answers break the rules of a policy of yours",
    read=_no_rules,
    prompts=list,
    measured=_no_rules,
    version="",
    metrics=(ANY,),
    family=rule_metric,
    ours=False,
)
"""What is known of it before there is a policy."""
