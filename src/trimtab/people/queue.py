"""Which items to bring first: those of which one more judgement is expected to tell the most.

An item's answer is believed by Bayes' rule from what is there: reviewers' answers, a judge's verdict and a policy
rule's own chance, each with how often it is right. The worth is the expected information of one more judgement about
the true answer, in bits (Lindley 1956), doubled in full where an undecided gate stands on its line and counts the item.
The reason is for a lead: reviewers are not shown it before they judge, because it tells them what others said.

Items chosen so are no fair sample: a rate over them is not the rate over all. So a share of the queue follows
an order drawn by chance, and `fair_sample` says how far that is judged: rates before all items are judged, and the
calibration of a judge, take those alone.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from .said import counted, refuse_twice

Array = NDArray[np.float64]

RIGHT = 0.8
"""How often a reviewer of whom nothing is known is taken to be right."""
_UNSURE = 0.2
"""A chance within so much of a half is told as unsure."""


@dataclass(frozen=True)
class Waiting:
    """An item with its possible `answers`, and what is known of it.

    `said` are people's answers, those that could not tell left out; `judge` a judge's verdict and how often the judge
    is right; `rule` the chance of each answer by a policy rule's own check, `rule_called` that rule, and `rule_unsure`
    why its check could not judge. `gate` names an undecided gate that counts the item, and `gate_gap` how many standard
    errors its figure lies from its line.
    """

    item: str
    answers: tuple[Hashable, ...]
    said: tuple[Hashable, ...] = ()
    judge: tuple[Hashable, float] | None = None
    rule: Mapping[Hashable, float] = field(default_factory=dict)
    rule_called: str = ""
    rule_unsure: str = ""
    gate: str | None = None
    gate_gap: float = 0.0


@dataclass(frozen=True)
class Queued:
    """An item's place: `worth` in bits, `why` in a sentence for a lead, and whether chance brought it."""

    item: str
    worth: float
    why: str
    by_chance: bool


def worth(waiting: Waiting, right: float = RIGHT) -> float:
    """Bits that one more judgement, right so often, is expected to tell. Raises ValueError where an answer is not among
    the item's, there are fewer than two, or a chance lies outside 0 and 1."""
    size = len(waiting.answers)
    judged = () if waiting.judge is None else (waiting.judge[0],)
    if size < 2 or not {*waiting.said, *judged, *waiting.rule} <= set(waiting.answers):
        raise ValueError(f"item {waiting.item!r} has answers that are not among its {size} possible ones")
    accuracy = waiting.judge[1] if waiting.judge is not None else right
    if not (0 < right < 1 and 0 < accuracy < 1 and all(0 <= chance <= 1 for chance in waiting.rule.values())):
        raise ValueError(f"item {waiting.item!r}: a chance lies between 0 and 1")
    place = {answer: number for number, answer in enumerate(waiting.answers)}
    belief = np.zeros(size)
    for answer in waiting.said:
        belief += np.log(_heard(place[answer], size, right))
    if waiting.judge is not None:
        belief += np.log(_heard(place[waiting.judge[0]], size, accuracy))
    if waiting.rule:
        rest = max(0.0, 1 - sum(waiting.rule.values())) / max(1, size - len(waiting.rule))
        chances = np.array([waiting.rule.get(answer, rest) for answer in waiting.answers])
        belief += np.log(np.clip(chances, 1e-3, 1.0))
    truth = np.exp(belief - belief.max())
    truth /= truth.sum()
    says = np.full((size, size), (1 - right) / (size - 1)) + np.eye(size) * (right - (1 - right) / (size - 1))
    told = _entropy(truth @ says) - _entropy(says[0])
    near = float(np.exp(-(waiting.gate_gap**2) / 2)) if waiting.gate is not None else 0.0
    return max(0.0, told) * (1 + near)


def queue(items: Sequence[Waiting], *, at_random: float = 0.2, right: float = RIGHT, seed: int = 0) -> list[Queued]:
    """The items in the order in which they are worth most, a share of places filled from the order that the seed draws.

    An item's place in that order is its own, so that it stays as items leave and come; equal worths follow it too,
    never the file. Raises ValueError as `worth` does, where an item is there twice, and for a share outside 0 and 1.
    """
    if not 0 <= at_random <= 1:
        raise ValueError(f"a share lies between 0 and 1, got {at_random}")
    refuse_twice([each.item for each in items])
    by_name = {each.item: each for each in items}
    known: dict[Hashable, float] = {}  # items of which the same is known are worth the same
    worths: dict[str, float] = {}
    for each in items:
        rule = tuple(each.rule.items())
        what = each.answers, each.said, each.judge, rule, each.gate, each.gate_gap
        if what not in known:
            known[what] = round(worth(each, right), 9)
        worths[each.item] = known[what]
    drawn = _drawn(list(by_name), seed)
    lists = {True: iter(drawn), False: iter(sorted(drawn, key=lambda item: -worths[item]))}
    taken: set[str] = set()
    found: list[Queued] = []
    for place in range(1, len(items) + 1):
        by_chance = int(place * at_random) > int((place - 1) * at_random)
        item = next(one for one in lists[by_chance] if one not in taken)
        taken.add(item)
        why = "Drawn by chance, so that rates have a fair sample." if by_chance else why_first(by_name[item])
        found.append(Queued(item, worths[item], why, by_chance))
    return found


def fair_sample(items: Sequence[str], judged: Collection[str], *, seed: int = 0) -> list[str]:
    """Those judged items that a rate over all `items` may be taken from while some are still waiting: the drawn order's
    first ones, up to the first that is not judged. Whether an item is among them does not depend on its answers."""
    found: list[str] = []
    for item in _drawn(items, seed):
        if item not in judged:
            break
        found.append(item)
    return found


def _drawn(items: Sequence[str], seed: int) -> list[str]:
    return sorted(items, key=lambda item: sha256(f"{seed}:{item}".encode()).digest())


def why_first(waiting: Waiting) -> str:
    """What makes an item worth a judgement, in a sentence: the strongest reason first."""
    reasons = []
    counts = {answer: waiting.said.count(answer) for answer in waiting.answers if answer in waiting.said}
    most = max(counts.values(), default=0)
    majority = [answer for answer, count in counts.items() if count == most]
    if len(counts) > 1:
        split = ", ".join(f"{answer} {count}" for answer, count in sorted(counts.items(), key=lambda each: -each[1]))
        reasons.append(f"reviewers are at odds ({split})")
    if waiting.judge is not None and len(majority) == 1 and waiting.judge[0] != majority[0]:
        reasons.append(f"the judge says {waiting.judge[0]} and reviewers {majority[0]}")
    top = max(waiting.rule.values(), default=1.0)
    if waiting.rule and top <= 0.5 + _UNSURE:
        why = waiting.rule_unsure or f"{top:.0%} for {max(waiting.rule, key=lambda a: waiting.rule[a])}"
        reasons.append(f"the policy rule{f' {waiting.rule_called}' if waiting.rule_called else ''} is unsure ({why})")
    if waiting.gate is not None:
        reasons.append(
            f"the gate {waiting.gate} is undecided, {abs(waiting.gate_gap):.1f} standard errors from its line"
        )
    if not waiting.said and len(reasons) < 2:
        reasons.append("nobody has judged it yet")
    if not reasons:
        reasons.append(f"it has {counted(len(waiting.said), 'judgement')}, all alike")
    sentence = "; ".join(reasons)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _heard(place: int, size: int, right: float) -> Array:
    """The chance of this answer under each truth; wrong answers share what is left."""
    chances = np.full(size, (1 - right) / (size - 1))
    chances[place] = right
    return chances


def _entropy(chances: Array) -> float:
    """In bits."""
    some = chances[chances > 0]
    return float(-(some * np.log2(some)).sum())
