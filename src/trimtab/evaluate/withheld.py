"""Items whose answer is not there: they have no value in any metric of the answer's text, and say why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..records import EMPTY, REFUSED_BY_API, THOUGHT_ONLY, UNTOLD, Answer
from .benchmarks import Measured
from .benchmarks.heldout import COST, ENDED

OF_THE_TURN = frozenset({ENDED.name, COST.name})
"""Metrics of how a turn went and not of its text: a thought without an answer has them."""


def judgeable(answers: Sequence[Answer]) -> list[Answer]:
    """The answers that are there; where none is, all of them, and the item has no value."""
    return [each for each in answers if not each.withheld] or list(answers)


def with_reasons(part: Measured, answers: Mapping[str, Sequence[Answer]]) -> Measured:
    """The values without those of items whose answers, by the items' ids, are not there; why each has none is kept.

    The reasons are kinds that can be counted: `filtered`, `not answered`, `thought only`, `empty`, `no text in the
    answer` with what it held instead, and for a refusal that holds no word, `refused by the API`.
    """
    whole = {item: _missing(answers.get(item, ())) for item in part.ids}
    blank = {item: _blank(answers.get(item, ())) for item in part.ids}
    if not any(whole.values()) and not any(blank.values()):
        return part
    values: dict[str, Sequence[float | None]] = {}
    reasons, unjudged = dict(part.reasons), dict(part.unjudged)
    for metric, some in part.values.items():
        told = list(reasons.get(metric, [""] * len(part.ids)))
        kept = list(some)
        open_ = list(part.unjudged.get(metric) or (UNTOLD if value is None else None for value in some))
        for place, item in enumerate(part.ids):
            if whole[item] and not (metric in OF_THE_TURN and whole[item] == THOUGHT_ONLY):
                kept[place], told[place], open_[place] = None, whole[item], whole[item]
            elif kept[place] is None and blank[item]:
                told[place] = told[place] or blank[item]
                open_[place] = open_[place] and blank[item]
        values[metric] = kept
        reasons[metric] = told
        unjudged[metric] = open_
    return replace(part, values=values, reasons=reasons, unjudged=unjudged)


def _missing(answers: Sequence[Answer]) -> str:
    return answers[0].withheld if answers and all(each.withheld for each in answers) else ""


def _blank(answers: Sequence[Answer]) -> str:
    if not answers or any(each.text.strip() or each.withheld for each in answers):
        return ""
    return REFUSED_BY_API if answers[0].outcome == "refused" else EMPTY
