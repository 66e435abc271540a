"""What is measured of answers, item by item: their style, shares by the kind of prompt, the rules they break."""

from collections.abc import Mapping, Sequence

from ..metrics import POLICY, SCORE, SHARES
from ..policy import rule_scorers
from ..records import Answer, Policy, Prompt, ScorerRef
from ..scorers import STYLE_SCORERS, Opened, named, scorer_of


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
            (score,) = named(share.scorer)([(prompt.text, answer.text)])
            value = float(score.label in share.labels) if score.scored else None
            found.setdefault(f"{name}.{prompt.kind}", []).append(value)
    return found


def scorer_values(
    refs: Sequence[ScorerRef], prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[float | None]]:
    """Of each scorer the metric `score.NAME` over answers that run parallel to their prompts.

    `opened` holds the scorers that are not offline.
    """
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    return {f"{SCORE}{ref.name}": [score.value for score in scorer_of(ref, opened or {})(rows)] for ref in refs}


def policy_values(
    policy: Policy, prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[float | None]]:
    """Of each rule whether each answer breaks it (None where it does not apply), and of `policy.any` whether it breaks
    one of severity block. Answers run parallel to prompts; `opened` holds the checks' scorers that are not offline."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    scorers = rule_scorers(policy, opened)
    rules = {scorer.name: [score.value for score in scorer(rows)] for scorer in scorers}
    blocking = [rules[scorer.name] for scorer in scorers if scorer.rule.severity == "block"]
    anything = [max((value for value in row if value is not None), default=0.0) for row in zip(*blocking, strict=True)]
    return {f"{POLICY}any": anything if blocking else [0.0] * len(rows), **rules}


def kinds_of(prompts: Sequence[Prompt]) -> dict[str, tuple[str, ...]]:
    """The ids of each kind of prompt, as the set `heldout.KIND`."""
    found: dict[str, list[str]] = {}
    for prompt in prompts:
        found.setdefault(f"heldout.{prompt.kind}", []).append(prompt.id)
    return {name: tuple(ids) for name, ids in found.items()}
