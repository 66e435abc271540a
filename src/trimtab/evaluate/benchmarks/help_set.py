"""Help, asked of any model: everyday requests that come with what a good answer would say.

The metrics are those of the held-out answers under names of their own, so that a run can measure both.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...data import SETS, read_points
from ...records import Answer, Message, Prompt, PromptPoints
from ...scorers import Points, PointsScorer
from ..values import reasons_of, unjudged_of, values_of
from .base import Benchmark, Measured
from .help import HELP_METRICS, POINT_METRICS, help_version, measured_help

_NAME = "help"


def _own(metric: str) -> str:
    """A metric's name over this set: `help.helps` is `help.set.helps` here."""
    return metric.replace("help.", "help.set.", 1)


def prompts(items: Sequence[PromptPoints]) -> list[Prompt]:
    """The requests, each as the user's only message."""
    return [Prompt(id=item.id, kind=item.kind, messages=(Message(role="user", content=item.prompt),)) for item in items]


def measured(items: Sequence[PromptPoints], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
    """Every metric of help of the first answer to each prompt, by the prompt's own points."""
    found = measured_help(prompts(items), [said[0] for said in answers], Points(items))
    return [
        Measured(
            _NAME,
            tuple(item.id for item in items),
            tuple(item.kind for item in items),
            {_own(name): some for name, some in values_of(found.counted).items()},
            {_own(name): some for name, some in reasons_of(found.scores).items()},
            {_own(name): some for name, some in unjudged_of(found.counted).items()},
        )
    ]


HELP = Benchmark(
    name=_NAME,
    summary="everyday requests with points: does the answer help, echo, say nothing, make what it must",
    built_in=SETS / "help.jsonl",
    published=("points_heldout.jsonl",),
    read=lambda source: read_points(Path(str(source))).rows,
    prompts=prompts,
    measured=measured,
    version=f"{help_version(None)}, points {PointsScorer().version}",
    metrics=tuple(
        replace(metric, name=_own(metric.name), over=_NAME, confusion=metric.by_points or metric.confusion)
        for metric in (*HELP_METRICS, *POINT_METRICS)
    ),
)
