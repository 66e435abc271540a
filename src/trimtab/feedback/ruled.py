"""AI feedback by a constitution: which two answers a judge is shown, by which rule, and what its verdicts teach.

Every prompt becomes a comparison, or a reject with the reason; what the judge could not decide is for people.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..judges import EQUAL, RulePair, RuleVerdict
from ..policy import in_force
from ..records import (
    Answer,
    Comparison,
    JudgeFingerprint,
    Message,
    Policy,
    Prompt,
    Provenance,
    Ranking,
    Reject,
    Rule,
    RuleCounts,
)
from ..scorers import complete_runs

FLIPPED = "a tie: the judge said otherwise when the answers changed places"
TIED = "a tie: the judge prefers neither"
ALIKE = "a tie: no check of a rule that is about the prompt tells the two answers apart"
NARROW = "a tie: the judge prefers one by less than the margin"
_MOST_SENTENCES = 1000
"""Sentences of an answer that was cut which are looked at: all of any answer that a cap allows."""


@dataclass(frozen=True)
class Paired:
    """Pairs to be judged, and the prompts that have none."""

    pairs: tuple[RulePair, ...]
    rejected: tuple[Reject, ...]


@dataclass(frozen=True)
class Decided:
    """What verdicts make: comparisons, rejects of every other pair, pairs for people, and what each rule decided."""

    comparisons: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    for_people: tuple[Ranking, ...]
    rules: dict[str, RuleCounts]
    equal: int


def paired(
    prompts: Sequence[Prompt],
    answers: Mapping[str, Sequence[Answer]],
    policy: Policy,
    names: Sequence[str],
    source: str,
    seed: int,
    index: int = 0,
) -> Paired:
    """Of each prompt its first two answers, and one of the rules that are about it (of those `names`, if any).

    The rule is drawn by `seed`, the prompt's id and `index`, so that other prompts or another order change nothing.
    """
    pairs: list[RulePair] = []
    rejected: list[Reject] = []
    for prompt in prompts:
        texts = [whole(answer) for answer in answers[prompt.id][:2]]
        rules = [rule for rule in in_force(policy, prompt.text) if not names or rule.id in names]
        why = _why_not(answers[prompt.id], texts, rules)
        if why:
            rejected.append(Reject(source=source, row=prompt.id, reason=why, excerpt=prompt.text[:120]))
            continue
        rule = random.Random(f"{seed} rule {prompt.id} {index}").choice(rules)
        pairs.append(RulePair(prompt.id, prompt.messages, texts[0], texts[1], rule))
    return Paired(tuple(pairs), tuple(rejected))


def whole(answer: Answer) -> str:
    """An answer up to its last whole sentence where it was cut; "" where it has none, or nothing to be judged."""
    if answer.withheld:
        return ""
    if answer.ended:
        return answer.text.strip()
    runs = [run.text for run in complete_runs(answer.text, _MOST_SENTENCES) if run.first == 1]
    return runs[-1].strip() if runs else ""


def decided(
    pairs: Sequence[RulePair],
    verdicts: Sequence[RuleVerdict],
    *,
    source: str,
    judge: str,
    fingerprint: JudgeFingerprint,
    margin: float,
) -> Decided:
    """What the verdicts on pairs make; one by less than `margin` is a tie. `source` is whose the answers are."""
    made: list[Comparison] = []
    rejected: list[Reject] = []
    people: list[Ranking] = []
    counts: dict[str, Counter[str]] = {}
    equal = 0
    for pair, verdict in zip(pairs, verdicts, strict=True):
        far = 0.0 if verdict.probability is None else round(abs(2 * verdict.probability - 1), 4)
        why, kind = _outcome(verdict, far, margin)
        tally = counts.setdefault(pair.rule.id, Counter())
        told = Provenance(
            source=source,
            judge=judge,
            why=_told(verdict),
            rule=pair.rule.id,
            margin=far if not why else None,
            ended=(True, True),
            probability=_of_the_chosen(verdict),
            fingerprint=fingerprint,
        )
        if not why:
            tally["decided"] += 1
            made.append(_comparison(pair, verdict.outcome == "first", told))
            continue
        rejected.append(Reject(source=source, row=pair.id, reason=why, excerpt=pair.first[:120]))
        if why == EQUAL:
            equal += 1
        else:
            tally[kind] += 1
            people.append(_tie(pair, told.model_copy(update={"why": why, "probability": verdict.probability})))
    rules = {rule: RuleCounts(**tally) for rule, tally in sorted(counts.items())}
    return Decided(tuple(made), tuple(rejected), tuple(people), rules, equal)


def _why_not(answers: Sequence[Answer], texts: Sequence[str], rules: Sequence[Rule]) -> str:
    if len(texts) < 2:
        return "fewer than two answers"
    if not all(texts):
        some = next(answer for answer, text in zip(answers, texts, strict=False) if not text)
        return some.withheld or ("an answer is empty" if not some.text.strip() else "an answer has no whole sentence")
    return "" if rules else "no rule of the constitution is about the prompt"


def _outcome(verdict: RuleVerdict, far: float, margin: float) -> tuple[str, str]:
    """Why a verdict makes no comparison, "" where it does; and what it counts as."""
    if verdict.outcome is None:
        return verdict.reason, "not_judged"
    if verdict.flipped:
        return FLIPPED, "flips"
    if verdict.outcome == "tie":
        return (verdict.reason if verdict.reason in (EQUAL, ALIKE) else TIED), "ties"
    return (NARROW, "ties") if far < margin else ("", "")


def _of_the_chosen(verdict: RuleVerdict) -> float | None:
    if verdict.probability is None or verdict.outcome != "second":
        return verdict.probability
    return round(1 - verdict.probability, 4)


def _told(verdict: RuleVerdict) -> str:
    if not verdict.shown_first:
        return verdict.reason
    first, swapped = verdict.shown_first
    sure = (first, 1 - swapped) if verdict.outcome != "second" else (1 - first, swapped)
    shares = f"{sure[0]:.2f} and {sure[1]:.2f} for it in the two orders"
    return f"{verdict.reason} ({shares})" if verdict.reason else shares


def _comparison(pair: RulePair, first: bool, told: Provenance) -> Comparison:
    chosen, rejected = (pair.first, pair.second) if first else (pair.second, pair.first)
    return Comparison(
        id=pair.id,
        prompt=pair.prompt,
        chosen=(Message(role="assistant", content=chosen),),
        rejected=(Message(role="assistant", content=rejected),),
        chosen_model=told.source,
        rejected_model=told.source,
        provenance=told,
    )


def _tie(pair: RulePair, told: Provenance) -> Ranking:
    """Two answers of equal rank, which a review room shows as a pair and no method trains on."""
    sides = tuple((Message(role="assistant", content=text),) for text in (pair.first, pair.second))
    return Ranking(id=pair.id, prompt=pair.prompt, completions=sides, ranks=(1, 1), provenance=told)
