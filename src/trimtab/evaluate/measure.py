"""From answers and figures, item by item, to measures with intervals."""

from collections.abc import Mapping, Sequence

from ..metrics import POLICY, SCORE, SHARES, metric_named
from ..policy import rule_scorers
from ..records import Answer, Difference, Evaluation, Measure, Policy, Prompt
from ..scorers import STYLE_SCORERS, Opened, Scorer, named
from ..stats import mean_interval, paired_difference, paired_effect, paired_ratio


def measure(metric: str, values: Sequence[float | None], seed: int, *, over: str | None = None) -> Measure:
    """A metric's values with their mean and 95 % interval; unscored items are counted and left out.

    `over` names the set of items where it is not the metric's usual one.
    """
    about = metric_named(metric)
    known = [value for value in values if value is not None]
    interval = mean_interval(known, rate=about.rate, seed=seed) if known else None
    return Measure(
        metric=metric,
        over=over or about.over,
        better=about.better,
        unit=about.unit,
        title=about.title,
        values=tuple(values),
        mean=interval.estimate if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=len(known),
        unscored=len(values) - len(known),
    )


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
    scorers: Sequence[Scorer], prompts: Sequence[Prompt], answers: Sequence[Answer]
) -> dict[str, list[float | None]]:
    """Of each scorer the metric `score.NAME` over answers that run parallel to their prompts."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    return {f"{SCORE}{scorer.name}": [score.value for score in scorer(rows)] for scorer in scorers}


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


def differences(before: Evaluation, after: Evaluation, *, confidence: float, seed: int) -> list[Difference]:
    """Paired differences of every metric that both hold, over the items that both could judge.

    Raises ValueError where the fingerprints differ: such figures are never compared.
    """
    apart = unlike(before, after)
    if apart:
        raise ValueError(f"they differ in {apart}")
    found = []
    for old in before.measures:
        new = after.measure(old.metric)
        if new is None:
            continue
        pairs = old.paired_with(new)
        if pairs:
            found.append(_difference(old.metric, [b for _, b, _ in pairs], [a for _, _, a in pairs], confidence, seed))
    return found


def unlike(before: Evaluation, after: Evaluation) -> str:
    """What two evaluations were taken differently in, in words; empty where they can be compared."""
    if before.fingerprint == after.fingerprint and before.items == after.items:
        return ""
    keys = before.fingerprint.keys() | after.fingerprint.keys()
    sides = {key: (before.fingerprint.get(key), after.fingerprint.get(key)) for key in sorted(keys)}
    apart = [f"{key} ({one or 'none'} against {two or 'none'})" for key, (one, two) in sides.items() if one != two]
    return ", ".join(apart) or "their items"


def _difference(metric: str, before: list[float], after: list[float], confidence: float, seed: int) -> Difference:
    shift = paired_difference(before, after, rate=metric_named(metric).rate, confidence=confidence, seed=seed)
    mean_before = sum(before) / len(before)
    ratio = paired_ratio(before, after, confidence=confidence, seed=seed) if mean_before > 0 else None
    return Difference(
        metric=metric,
        n=shift.n,
        before=mean_before,
        after=sum(after) / len(after),
        mean=shift.estimate,
        low=shift.low,
        high=shift.high,
        ratio=ratio.estimate if ratio else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        effect=paired_effect(before, after),
    )
