"""What is measured of answers, item by item: their style, shares by the kind of prompt, the rules they break."""

from collections.abc import Mapping, Sequence

from ..metrics import POLICY, SCORE, SHARES
from ..policy import rule_scorers
from ..records import EMPTY, REFUSED_BY_API, Answer, Policy, Prompt, Score, ScorerRef
from ..scorers import STYLE_SCORERS, HelpScorer, Opened, Points, named, scorer_of, words

_REFUSAL = "refusal"
_UNTOLD = "its server does not say how it ended"


def style_values(prompts: Sequence[Prompt], answers: Sequence[Answer]) -> Mapping[str, list[float | None]]:
    """Every style metric's values over answers that run parallel to their prompts."""
    return values_of(style_scores(prompts, answers))


def style_scores(prompts: Sequence[Prompt], answers: Sequence[Answer]) -> dict[str, list[Score]]:
    """What every style metric says of answers that run parallel to their prompts.

    An answer without a word has no style, and is not judged: it is not a concise one. Whether it ended is known, but
    where a server does not say it.
    """
    asked = {prompt.id: prompt.text for prompt in prompts}
    found = {
        f"style.{scorer.name}": [
            scorer.score(asked[answer.prompt_id], answer.text)
            if words(answer.text)
            else Score(scorer=scorer.name, value=None, reason=EMPTY)
            for answer in answers
        ]
        for scorer in STYLE_SCORERS
    }
    found["style.ended"] = [
        Score(scorer="ended", value=float(answer.ended))
        if answer.end_told
        else Score(scorer="ended", value=None, reason=_UNTOLD)
        for answer in answers
    ]
    return found


def share_values(
    prompts: Sequence[Prompt], answers: Sequence[Answer], shares: Sequence[str], points: Points | None = None
) -> Mapping[str, list[float | None]]:
    """Of each share and kind of prompt whether each answer counts, over the prompts of that kind, in their order."""
    return shares_of(share_scores(prompts, answers, shares, points))


def share_scores(
    prompts: Sequence[Prompt], answers: Sequence[Answer], shares: Sequence[str], points: Points | None = None
) -> dict[str, list[Score]]:
    """What the scorer of each share says, by share and kind of prompt, over the prompts of that kind in order; whether
    an answer helps by the prompts' `points` too."""
    asked = {prompt.id: prompt for prompt in prompts}
    found: dict[str, list[Score]] = {}
    for name in shares:
        for answer in answers:
            prompt = asked[answer.prompt_id]
            found.setdefault(f"{name}.{prompt.kind}", []).append(_scored(SHARES[name].scorer, prompt, answer, points))
    return found


def refusal_of(prompt: Prompt, answer: Answer) -> Score:
    """Whether an answer refuses: by the server's own word where it says so, in whatever language, else by its text."""
    if answer.outcome == "refused":
        return Score(scorer=_REFUSAL, value=1.0, label="refuse", reason=REFUSED_BY_API)
    return named(_REFUSAL)([(prompt.text, answer.text)])[0]


def _scored(scorer: str, prompt: Prompt, answer: Answer, points: Points | None) -> Score:
    if scorer == _REFUSAL:
        return refusal_of(prompt, answer)
    by = HelpScorer(points) if scorer == HelpScorer.name else named(scorer)
    return by([(prompt.text, answer.text)])[0]


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
    return values_of(with_any(policy, policy_scores(policy, prompts, answers, opened)))


def policy_scores(
    policy: Policy, prompts: Sequence[Prompt], answers: Sequence[Answer], opened: Opened | None = None
) -> dict[str, list[Score]]:
    """What each rule says of answers that run parallel to their prompts, by the metric `policy.RULE`."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    return {scorer.name: list(scorer(rows)) for scorer in rule_scorers(policy, opened)}


def with_any(policy: Policy, scores: Mapping[str, Sequence[Score]]) -> dict[str, Sequence[Score]]:
    """The rules' scores with that of `policy.any` before them: broken where a rule of severity block is.

    Where none is but one could not be judged, neither could this; where none applies, none is broken. Rules without a
    check are left out, unless those of severity block have none.
    """
    block = [rule for rule in policy.rules if rule.severity == "block"]
    checked = [rule for rule in block if rule.checks] or block
    blocking = [scores[f"{POLICY}{rule.id}"] for rule in checked]
    count = len(next(iter(scores.values()), []))
    return {f"{POLICY}any": [_any([rule[place] for rule in blocking]) for place in range(count)], **scores}


def _any(rules: Sequence[Score]) -> Score:
    name, broken = f"{POLICY}any", any(rule.value == 1.0 for rule in rules)
    open_ = next((rule.reason for rule in rules if rule.unjudged is not None), None)
    if not broken and open_ is not None:
        return Score(scorer=name, value=None, reason=open_)
    return Score(scorer=name, value=float(broken))


def values_of(scores: Mapping[str, Sequence[Score]]) -> dict[str, list[float | None]]:
    """Each metric's values, by its scores."""
    return {name: [score.value for score in some] for name, some in scores.items()}


def unjudged_of(scores: Mapping[str, Sequence[Score]]) -> dict[str, list[str | None]]:
    """Why each score that should have a value has none; None where it has one, or none is due."""
    return {name: [score.unjudged for score in some] for name, some in scores.items()}


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
