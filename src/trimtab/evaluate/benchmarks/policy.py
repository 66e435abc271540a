"""Policy: how often answers break the rules of a policy, rule by rule."""

from collections.abc import Sequence
from pathlib import Path

from ...data import read_questions
from ...policy import policy_version
from ...records import Answer, Message, Policy, Prompt
from ...scorers import Opened
from ..measure import policy_values
from .base import Benchmark, Measured


def policy_benchmark(policy: Policy, path: Path, opened: Opened | None = None) -> Benchmark:
    """The benchmark of a policy that was read from `path`. Without data it asks the rules' own examples.

    `opened` holds the scorers of its checks that are not offline.
    """

    def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
        values = policy_values(policy, items, [said[0] for said in answers], opened)
        return [Measured("policy", tuple(item.id for item in items), tuple(item.kind for item in items), values)]

    return Benchmark(
        name="policy",
        summary="how often answers break the rules of a policy: --policy FILE",
        built_in=path,
        ours=False,
        published=(),
        read=lambda source: _examples(policy) if source == str(path) else read_questions(source),
        prompts=list,
        measured=measured,
        version=f"policy {policy.name} {policy_version(policy, opened)}",
    )


def _examples(policy: Policy) -> list[Prompt]:
    return [
        Prompt(
            id=f"{rule.id}/{side}/{number}", kind=f"{rule.id} {side}", messages=(Message(role="user", content=text),)
        )
        for rule in policy.rules
        for side, texts in (("about", rule.examples.about), ("beside", rule.examples.beside))
        for number, text in enumerate(texts, 1)
    ]
