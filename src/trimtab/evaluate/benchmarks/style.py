"""Style: how answers to everyday prompts are written, measured by every style scorer."""

from collections.abc import Sequence

from ...data import SETS, read_questions
from ...records import Answer, Prompt
from ...scorers import VERSION
from ..values import style_scores, unjudged_of, values_of
from .base import Benchmark, Measured
from .heldout import STYLE_METRICS


def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
    """Every style metric of the first answer to each prompt."""
    scores = style_scores(items, [said[0] for said in answers])
    ids, kinds = tuple(item.id for item in items), tuple(item.kind for item in items)
    return [Measured("style", ids, kinds, values_of(scores), unjudged=unjudged_of(scores))]


STYLE = Benchmark(
    name="style",
    summary="how answers to everyday prompts are written: words, friendliness, repetition, whether they end",
    built_in=SETS / "everyday.jsonl",
    published=("prompts_heldout.jsonl",),
    read=read_questions,
    prompts=list,
    measured=measured,
    version=f"style {VERSION}",
    metrics=STYLE_METRICS,
)
