"""The source `constitution`: two answers of the model's own to each prompt, compared by a judge and a rule drawn.

What the judge has said is kept reply by reply, so that a killed run, or one whose budget was spent, asks nothing twice.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ...feedback import decided, paired
from ...judges import Asks, Budget, PairsAsked, RuleJudge
from ...records import (
    AiFeedback,
    Answer,
    Comparison,
    FeedbackSource,
    JudgeReply,
    Policy,
    Reject,
    thought_version,
    to_jsonl,
)
from ...spec import ConstitutionSpec
from ...store import FileName, Journal, Stage, StageName, digest, round_name
from ..gather import Part
from ..parts import said_in
from ..progress import Progress
from .base import Source, SourceKind
from .drawing import answered_by, distilled, drawn, numbered
from .who_judges import WhoJudges, prices_of, rule_judge, who_judges

if TYPE_CHECKING:
    from ...models import Decoding, Reply
    from ...records import Message
    from ..stages.session import Session

VERSION = "1"
"""Raised whenever the same replies make other rows."""
_ASKED = "asked.jsonl"
"""In the stage's work: every reply, from the moment that it came."""


def _opened(session: "Session", settings: Sequence[ConstitutionSpec]) -> list[Source]:
    stages = [
        _judged(session, each, place, drawn(session, each, settings, StageName.DRAWN))
        for place, each in enumerate(settings)
    ]
    return [
        Source(
            {"constitution": stage.name, "weight": each.weight},
            {stage.name: stage.outputs_under("")},
            partial(_read, session, stage, each),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


CONSTITUTION = SourceKind("constitution", _opened, each_round=True)


class _Lazy:
    """A judge's chat that is opened when something is asked: a finished stage loads no model."""

    def __init__(self, who: WhoJudges) -> None:
        self._who = who

    @cached_property
    def _chat(self) -> Asks:
        return self._who.open()

    def __getattr__(self, name: str) -> object:
        return getattr(self._chat, name)
