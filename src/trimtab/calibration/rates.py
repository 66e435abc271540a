"""Rates by a judge as people would have them: by their labels of the very items, or by how the judge errs elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..records import Calibration, Figure, JudgedRate
from ..stats import (
    FEWEST_LABELLED,
    CannotTell,
    Interval,
    corrected_interval,
    corrected_preference,
    is_binary,
    mean_interval,
    prediction_powered,
)
from .figures import figure
from .measure import AT, answer_key, pair_key

Item = tuple[str, tuple[str, ...], float | None]
"""A prompt, an answer or two, and the judge's figure: of two how far it prefers the first, from 0 to 1."""


@dataclass(frozen=True)
class ByJudge:
    """A metric by a judge. A label's `rule` is the metric's own, where there is one. `turned`: the metric says 1 where
    the judge says no, as a rule that is broken by what a judge does not grade well. The judge says yes from `at` on
    (turned: above it), where the metric draws the line elsewhere than the calibration."""

    metric: str
    title: str
    judge: str
    items: Sequence[Item]
    rule: str | None = None
    turned: bool = False
    at: float | None = None


def judged_rate(by: ByJudge, found: Sequence[Calibration]) -> JudgedRate:
    """The rate raw, and corrected by the calibration, of those `found` of this judge, that has the most labels."""
    known = [(prompt, answers, value) for prompt, answers, value in by.items if value is not None]
    values = [value for _, _, value in known]
    raw = figure(mean_interval(values) if values else CannotTell("nothing was judged", 0))
    told = JudgedRate(metric=by.metric, title=by.title, judge=by.judge, raw=raw, items=len(known))
    if not known:
        return told.model_copy(update={"why": raw.why})
    if not found:
        return told
    tried = [_corrected(by, known, each) for each in found]
    best = max((each for each in tried if each.corrected), key=lambda each: (each.how, each.labelled), default=tried[0])
    return told.model_copy(update=best.model_dump(include={"how", "labelled", "why"}) | {"corrected": best.corrected})


def _corrected(by: ByJudge, known: Sequence[tuple[str, tuple[str, ...], float]], found: Calibration) -> JudgedRate:
    """The corrected part alone: by labels of these items where there are enough, by the judge's errors elsewhere."""
    labels = _labels(by, found)
    both = [
        (label, value) for prompt, answers, value in known if (label := _label_of(prompt, answers, labels)) is not None
    ]
    made = JudgedRate(
        metric=by.metric, title=by.title, judge=by.judge, raw=Figure(estimate=None, low=None, high=None, n=0)
    )
    if len(both) >= FEWEST_LABELLED:
        rest = [value for prompt, answers, value in known if _label_of(prompt, answers, labels) is None]
        told = [1 - label if by.turned else label for label, _ in both]
        powered = prediction_powered(told, [value for _, value in both], rest).corrected
        return made.model_copy(update={"corrected": figure(powered), "how": "labels", "labelled": len(both)})
    try:
        interval, count = _by_errors(by, [value for _, _, value in known], found)
    except ValueError as error:
        few = f"{len(both)} of its labels are of these items, {FEWEST_LABELLED} are needed"
        return made.model_copy(update={"why": f"{few}; by its errors elsewhere: {error}"})
    return made.model_copy(update={"corrected": figure(interval), "how": "errors", "labelled": count})


def _by_errors(by: ByJudge, values: Sequence[float], found: Calibration) -> tuple[Interval, int]:
    """Corrected by how often the judge is right where people decided. Raises ValueError with what keeps from it."""
    rules = {each.rule for each in found.items}
    rule = by.rule if by.rule in rules or len(rules) > 1 else next(iter(rules), None)
    some = [(e.label, e.value) for e in found.items if e.rule == rule and e.value is not None and e.label != 0.5]
    if len(some) < FEWEST_LABELLED:
        raise ValueError(f"{len(some)} labels, {FEWEST_LABELLED} are needed")
    if found.asked == "pairs":
        right = sum(0.5 if value == 0.5 else float((value > 0.5) == (label > 0.5)) for label, value in some)
        return corrected_preference(values, right, len(some)), len(some)
    if not is_binary(np.asarray(values, dtype=np.float64)):
        raise ValueError("its figures are no yes and no")
    at = next((each for each in (by.at, found.at) if each is not None), AT)
    yes = [value > at if by.turned and by.at is not None else value >= at for _, value in some]
    said = [(label > 0.5, judged) for (label, _), judged in zip(some, yes, strict=True)]
    cells = [[said.count((one, two)) for two in (True, False)] for one in (True, False)]
    heard = sum(1 - value if by.turned else value for value in values)
    table = ((cells[0][0], cells[0][1]), (cells[1][0], cells[1][1]))
    made = corrected_interval(heard, len(values), table, 0.95)
    if by.turned:
        made = Interval(1 - made.estimate, 1 - made.high, 1 - made.low, made.n, made.confidence)
    return made, len(some)


def _labels(by: ByJudge, found: Calibration) -> dict[str, float]:
    """People's labels by the items' keys: of the metric's rule, or of all where all are of one."""
    rules = {each.rule for each in found.items}
    some = [each for each in found.items if each.rule == by.rule or (by.rule is None and len(rules) == 1)]
    return {key: each.label for each in some if (key := each.pair or each.answer) is not None}


def _label_of(prompt: str, answers: tuple[str, ...], labels: dict[str, float]) -> float | None:
    if len(answers) == 1:
        return labels.get(answer_key(prompt, answers[0]))
    turned = labels.get(pair_key(prompt, answers[1], answers[0]))
    return labels.get(pair_key(prompt, *answers), None if turned is None else 1 - turned)
