"""AI feedback by a constitution without a judge: the rules' own checks tell two answers apart, or they do not."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..judges import EQUAL, RulePair, RuleVerdict
from ..policy import in_force, rule_scorers
from ..records import Answer, Policy, Prompt, Rule
from ..scorers import Opened
from .ruled import ALIKE, Paired, paired


def decided_by_checks(
    prompts: Sequence[Prompt],
    answers: Mapping[str, Sequence[Answer]],
    policy: Policy,
    names: Sequence[str],
    opened: Opened,
    source: str,
    seed: int,
) -> tuple[Paired, list[RuleVerdict]]:
    """Pairs as of `paired`, and a verdict on each: the answer that keeps a rule is preferred to one that breaks it.

    Of the rules that are about the prompt (of those `names`, if any) and whose checks tell the two answers apart, one
    of the highest priority is drawn as `paired` draws. Where a check could not judge one of the answers, its rule tells
    nothing. Without such a rule the verdict is a tie. Answers are looked at one by one, so that no order
    counts. Raises UserError where a scorer of a check is not there.
    """
    found = paired(prompts, answers, policy, names, source, seed)
    asked = {prompt.id: prompt.text for prompt in prompts}
    rows = [(asked[pair.id], text) for pair in found.pairs for text in (pair.first, pair.second)]
    values = {scorer.rule.id: [score.value for score in scorer(rows)] for scorer in rule_scorers(policy, opened)}
    pairs, verdicts = [], []
    for place, pair in enumerate(found.pairs):
        sides = {name: (column[2 * place], column[2 * place + 1]) for name, column in values.items()}
        told, verdict = _decided(pair, in_force(policy, asked[pair.id]), names, sides, seed)
        pairs.append(told)
        verdicts.append(verdict)
    return Paired(tuple(pairs), found.rejected), verdicts


def _decided(
    pair: RulePair,
    about: Sequence[Rule],
    names: Sequence[str],
    sides: Mapping[str, tuple[float | None, float | None]],
    seed: int,
) -> tuple[RulePair, RuleVerdict]:
    if pair.first.strip() == pair.second.strip():
        return pair, RuleVerdict("tie", 0.5, reason=EQUAL)
    apart = [
        rule
        for rule in about
        if (not names or rule.id in names) and None not in sides[rule.id] and len(set(sides[rule.id])) == 2
    ]
    if not apart:
        return pair, RuleVerdict("tie", 0.5, reason=ALIKE)
    highest = max(rule.priority for rule in apart)
    rule = random.Random(f"{seed} rule {pair.id} 0").choice([each for each in apart if each.priority == highest])
    first = sides[rule.id][0] == 0.0
    verdict = RuleVerdict("first" if first else "second", 1.0 if first else 0.0, reason="the other answer breaks it")
    return replace(pair, rule=rule), verdict
