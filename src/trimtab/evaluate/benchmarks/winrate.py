"""Win rate: how often a judge prefers a model's answers to another's on the same prompts, with length apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...data import SETS, read_questions
from ...metrics import Metric
from ...records import Answer, Prompt, Score
from ...scorers import VERSION
from ...stats import LengthPrior, Uncontrolled, length_controlled_items
from ..values import style_scores, unjudged_of, values_of
from .base import Benchmark, Measured
from .heldout import STYLE_METRICS

CONTROLLED = "winrate.length_controlled"

METRICS = (
    Metric(
        "winrate.raw",
        "Win rate",
        "share",
        "higher",
        "winrate",
        "How often a judge, asked in both orders, prefers the answer to the other model's; each order counts half.",
        judged=True,
    ),
    Metric(
        CONTROLLED,
        "Win rate, length apart",
        "share",
        "higher",
        "winrate",
        "The win rate at equal lengths (Dubois et al. 2024); bounds alone where the lengths hardly overlap.",
        judged=True,
    ),
)
OF_ANSWERS = tuple(each for each in STYLE_METRICS if each.name in ("style.words", "style.ended"))
"""What is measured of the answers by themselves, so that a model can be evaluated before there is another."""


def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
    """Words and ends of the answers."""
    scores = style_scores(items, [said[0] for said in answers])
    own = {metric.name: scores[metric.name] for metric in OF_ANSWERS}
    return [_measured(items, values_of(own), unjudged_of(own))]


def outcomes(items: Sequence[Prompt], scores: Sequence[Score], prior: LengthPrior) -> Measured:
    """The outcomes of a judge, from 0 a loss to 1 a win, raw and with what the lengths explain taken out.

    `details` of each score hold both answers' characters, `own` and `other`; `prior` is the judge's slope on length.
    For the values at equal lengths see `stats.length_controlled_items`; where length cannot be controlled for, there
    are none, but bounds.
    """
    raw = [score.value for score in scores]
    known = [place for place, value in enumerate(raw) if value is not None]
    apart: list[float | None] = [None] * len(raw)
    bounds: dict[str, tuple[float, float, int]] = {}
    if known:
        lengths = ([scores[place].details[side] for place in known] for side in ("own", "other"))
        found = length_controlled_items([value for value in raw if value is not None], *lengths, prior=prior)
        if isinstance(found, Uncontrolled):
            bounds[CONTROLLED] = (found.low, found.high, found.n)
        else:
            for place, value in zip(known, found, strict=True):
                apart[place] = float(value)
    values, why = {"winrate.raw": raw, CONTROLLED: apart}, [score.unjudged for score in scores]
    return replace(_measured(items, values, dict.fromkeys(values, why)), bounds=bounds)


def _measured(items: Sequence[Prompt], values: dict[str, Any], unjudged: dict[str, Any]) -> Measured:
    ids, kinds = tuple(item.id for item in items), tuple(item.kind for item in items)
    return Measured("winrate", ids, kinds, values, unjudged=unjudged)


WINRATE = Benchmark(
    name="winrate",
    summary="how often a judge prefers the answers to another model's, whose scores are given",
    built_in=SETS / "everyday.jsonl",
    published=("alpaca_eval.json",),
    read=read_questions,
    prompts=list,
    measured=measured,
    version=f"style {VERSION}, length 2",
    metrics=(*METRICS, *OF_ANSWERS),
)
