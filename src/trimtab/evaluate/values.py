"""What is measured of answers, item by item: their style, shares by the kind of prompt, the rules they break."""

from collections.abc import Mapping, Sequence

from ..metrics import POLICY, SHARES
from ..policy import judge_policy
from ..records import Answer, Policy, Prompt
from ..scorers import OFFLINE, STYLE_SCORERS


def style_values(prompts: Sequence[Prompt], answers: Sequence[Answer]) -> Mapping[str, list[float | None]]:
    """Every style metric's values over answers that run parallel to their prompts."""
    asked = {prompt.id: prompt.text for prompt in prompts}
    found: dict[str, list[float | None]] = {
        f"style.{scorer.name}": [scorer.judge(asked[answer.prompt_id], answer.text) for answer in answers]
        for scorer in STYLE_SCORERS
    }
    found["style.ended"] = [float(answer.ended) for answer in answers]
    return found


def share_values(
    prompts: Sequence[Prompt], answers: Sequence[Answer], shares: Sequence[str]
) -> Mapping[str, list[float | None]]:
    """Of each share and kind of prompt whether each answer counts, over the prompts of that kind, in their order."""
    asked = {prompt.id: prompt for prompt in prompts}
    found: dict[str, list[float | None]] = {}
    for name in shares:
        share = SHARES[name]
        for answer in answers:
            prompt = asked[answer.prompt_id]
            score = OFFLINE[share.scorer](prompt.text, answer.text)
            value = float(score.label in share.labels) if score.scored else None
            found.setdefault(f"{name}.{prompt.kind}", []).append(value)
    return found


def policy_values(
    policy: Policy, prompts: Sequence[Prompt], answers: Sequence[Answer]
) -> dict[str, list[float | None]]:
    """Of each rule whether each answer breaks it (None where it does not apply), and of `policy.any` whether it breaks
    one of severity block. Answers run parallel to prompts."""
    names = [f"{POLICY}{rule.id}" for rule in policy.rules]
    found: dict[str, list[float | None]] = {name: [] for name in (f"{POLICY}any", *names)}
    for prompt, answer in zip(prompts, answers, strict=True):
        values = [score.value for score in judge_policy(policy, prompt.text, answer.text)]
        for name, value in zip(names, values, strict=True):
            found[name].append(value)
        blocking = [v for rule, v in zip(policy.rules, values, strict=True) if rule.severity == "block"]
        found[f"{POLICY}any"].append(max((value for value in blocking if value is not None), default=0.0))
    return found


def kinds_of(prompts: Sequence[Prompt]) -> dict[str, tuple[str, ...]]:
    """The ids of each kind of prompt, as the set `heldout.KIND`."""
    found: dict[str, list[str]] = {}
    for prompt in prompts:
        found.setdefault(f"heldout.{prompt.kind}", []).append(prompt.id)
    return {name: tuple(ids) for name, ids in found.items()}
