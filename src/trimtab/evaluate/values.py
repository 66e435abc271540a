"""What is measured of answers, item by item: their style, shares by the kind of prompt, the rules they break."""

from collections.abc import Mapping, Sequence

from ..metrics import POLICY, SCORE, SHARES
from ..policy import rule_scorers
from ..records import Answer, Policy, Prompt, Score, ScorerRef
from ..scorers import STYLE_SCORERS, Opened, named, scorer_of

_REFUSAL = "refusal"


def style_values(prompts: Sequence[Prompt], answers: Sequence[Answer]) -> Mapping[str, list[float | None]]:
    """Every style metric's values over answers that run parallel to their prompts; an empty one has no style."""
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
    return shares_of(share_scores(prompts, answers, shares))


def share_scores(prompts: Sequence[Prompt], answers: Sequence[Answer], shares: Sequence[str]) -> dict[str, list[Score]]:
    """What the scorer of each share says, by share and kind of prompt, over the prompts of that kind in order."""
    asked = {prompt.id: prompt for prompt in prompts}
    found: dict[str, list[Score]] = {}
    for name in shares:
        for answer in answers:
            prompt = asked[answer.prompt_id]
            found.setdefault(f"{name}.{prompt.kind}", []).append(_scored(SHARES[name].scorer, prompt, answer))
    return found


def refusal_of(prompt: Prompt, answer: Answer) -> Score:
    """Whether an answer refuses: by the server's own word where it says so, in whatever language, else by its text."""
    if answer.outcome == "refused":
        return Score(scorer=_REFUSAL, value=1.0, label="refuse", reason="refused by the API")
    return named(_REFUSAL)([(prompt.text, answer.text)])[0]


def _scored(scorer: str, prompt: Prompt, answer: Answer) -> Score:
    return refusal_of(prompt, answer) if scorer == _REFUSAL else named(scorer)([(prompt.text, answer.text)])[0]


def shares_of(scores: Mapping[str, Sequence[Score]]) -> dict[str, list[float | None]]:
    """Whether each answer counts, by what its scorer says."""
    return {
        name: [float(each.label in SHARES[name.partition(".")[0]].labels) if each.scored else None for each in some]
        for name, some in scores.items()
    }


def scorer_scores(
    refs: Sequence[ScorerRef], prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[Score]]:
    """What each scorer says of answers that run parallel to their prompts, by the metric `score.NAME`.

    `opened` holds the scorers that are not offline.
    """
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    found = {f"{SCORE}{ref.name}": list(scorer_of(ref, opened or {})(rows)) for ref in refs}
    if (own := found.get(f"{SCORE}{_REFUSAL}")) is not None:
        found[f"{SCORE}{_REFUSAL}"] = [
            refusal_of(prompt, answer) if answer.outcome == "refused" else score
            for prompt, answer, score in zip(prompts, answers, own, strict=True)
        ]
    return found


def policy_values(
    policy: Policy, prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[float | None]]:
    """Of each rule whether each answer breaks it (None where it does not apply), and of `policy.any` whether it breaks
    one of severity block. Answers run parallel to prompts; `opened` holds the checks' scorers that are not offline."""
    return rules_of(policy, policy_scores(policy, prompts, answers, opened))


def policy_scores(
    policy: Policy, prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[Score]]:
    """What each rule says of answers that run parallel to their prompts, by the metric `policy.RULE`."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    return {scorer.name: list(scorer(rows)) for scorer in rule_scorers(policy, opened)}


def rules_of(policy: Policy, scores: Mapping[str, Sequence[Score]]) -> dict[str, list[float | None]]:
    """The values of the rules' metrics and of `policy.any`, by what the rules say."""
    rules = values_of(scores)
    blocking = [rules[f"{POLICY}{rule.id}"] for rule in policy.rules if rule.severity == "block"]
    anything = [max((value for value in row if value is not None), default=0.0) for row in zip(*blocking, strict=True)]
    count = len(next(iter(rules.values()), []))
    return {f"{POLICY}any": anything if blocking else [0.0] * count, **rules}


def values_of(scores: Mapping[str, Sequence[Score]]) -> dict[str, list[float | None]]:
    """Each metric's values, by its scores."""
    return {name: [score.value for score in some] for name, some in scores.items()}


def reasons_of(scores: Mapping[str, Sequence[Score]]) -> dict[str, list[str]]:
    """Why each score is as it is: its class, what it was found in, and the figures beside it."""
    return {name: [_reason(score) for score in some] for name, some in scores.items()}


def _reason(score: Score) -> str:
    if not score.scored:
        return score.reason
    figures = (f"{name} {value:.2g}" for name, value in score.details.items())
    return ", ".join(part for part in (score.label or "", score.reason, *figures) if part)


def kinds_of(prompts: Sequence[Prompt]) -> dict[str, tuple[str, ...]]:
    """The ids of each kind of prompt, as the set `heldout.KIND`."""
    found: dict[str, list[str]] = {}
    for prompt in prompts:
        found.setdefault(f"heldout.{prompt.kind}", []).append(prompt.id)
    return {name: tuple(ids) for name, ids in found.items()}
