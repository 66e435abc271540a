"""Judges and labels made for tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from trimtab.calibration import Question, ask_all, calibration_of, questions
from trimtab.data import LabelledItem, PeopleLabels
from trimtab.records import Calibration, JudgeVerdict


@dataclass
class Scripted:
    """A judge that says what a function says of a question: the share of the answer shown first, or a figure."""

    says: Callable[[Question], float | None]
    name: str = "scripted"
    own: str | None = "scripted"
    ordered: bool = True
    at_once: bool = False
    fingerprint: dict[str, str] = field(default_factory=lambda: {"judge": "scripted"})
    asked: int = 0

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        self.asked += len(asked)
        return [self._verdict(q, self.says(q)) for q in asked]

    def _verdict(self, q: Question, said: float | None) -> JudgeVerdict:
        turned = said is not None and q.order[0] == 1
        value = 1 - said if said is not None and turned else said
        return JudgeVerdict(item=q.item.key, value=value, order=q.order, showing=q.showing, reason="why")


def pairs(n: int, seed: int = 0, *, rule: Callable[[int], str | None] = lambda at: None) -> PeopleLabels:
    """Pairs of a shorter and a longer answer in any order, of which people prefer either; one is the judge's own."""
    rng = np.random.default_rng(seed)
    items = []
    for at in range(n):
        short, long = f"tea {at}", "rain " * 6 + str(at)
        turned = bool(rng.random() < 0.5)
        answers = (long, short) if turned else (short, long)
        sources = ("scripted", "other") if rng.random() < 0.5 else ("other", "scripted")
        said = {"eva": float(rng.random() < 0.5)}
        items.append(LabelledItem(f"k{at}", f"q {at}", answers, sources, said, rule(at), None, ((f"i{at}", False),)))
    return PeopleLabels("people", tuple(items), (), n)


def singles(
    n: int, seed: int = 0, *, people: int = 1, rule: Callable[[int], str | None] = lambda at: None
) -> PeopleLabels:
    """Answers that people say yes to or no."""
    rng = np.random.default_rng(seed)
    items = []
    for at in range(n):
        said = dict.fromkeys((f"person {p}" for p in range(people)), float(rng.random() < 0.5))
        text = "word " * int(rng.integers(3, 40)) + str(at)
        items.append(LabelledItem(f"k{at}", f"q {at}", (text,), ("model",), said, rule(at), None, ((f"i{at}", False),)))
    return PeopleLabels("people", tuple(items), (), n)


def of(labels: PeopleLabels, judge: Scripted) -> Calibration:
    """The judge's calibration."""
    return calibration_of(labels, judge, ask_all(judge, questions(labels.items, ordered=judge.ordered)))


def as_people(q: Question) -> float:
    """What people say, of the answer shown first."""
    return q.item.label if q.order[0] == 0 else 1 - q.item.label
