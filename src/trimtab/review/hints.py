"""What is known of items beside what people said, on its way to the queue: kept with an item's place, read by nothing
that a reviewer's browser is told."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..people import RIGHT, Waiting
from .records import Hint
from .tables import PlaceRow

Known = dict[str, Any]
"""A hint in its wire form."""
Answers = tuple[Hashable, ...]
FLAGGED, NOT_FLAGGED = "flagged", "not flagged"
_AT_ONCE = 500
_PRIOR = 10
"""Items that a judge is taken to have judged before, with RIGHT of them right: a few items tell little of it."""
_LEAST, _MOST = 0.05, 0.95


def learn(session: Session, hints: Mapping[int, Known]) -> None:
    """Notes what is known by now of items that were there, by their number; they get their place in the queue anew."""
    numbers = list(hints)
    for first in range(0, len(numbers), _AT_ONCE):
        some = select(PlaceRow).where(PlaceRow.item_id.in_(numbers[first : first + _AT_ONCE]))
        for row in session.scalars(some):
            if row.hint != hints[row.item_id]:
                row.hint, row.place = hints[row.item_id], 0


def judge_right(said: Sequence[tuple[Hashable, Answers]]) -> float:
    """How often a judge is right, by the verdicts and what people said of the same items: the share of items whose
    commonest answer is the judge's, drawn towards that of a reviewer of whom nothing is known."""
    agrees = counted = 0
    for verdict, answers in said:
        most = max((answers.count(each) for each in answers), default=0)
        commonest = {each for each in answers if answers.count(each) == most}
        if len(commonest) == 1:
            counted += 1
            agrees += verdict in commonest
    return min(_MOST, max(_LEAST, (agrees + RIGHT * _PRIOR) / (counted + _PRIOR)))


def waiting(item: str, possible: Answers, said: Answers, hint: Hint | None, right: float) -> Waiting:
    """An item as the queue weighs it; `right` is how often the judge is right."""
    if hint is None:
        return Waiting(item, possible, said)
    rule: dict[Hashable, float] = {}
    if hint.broken is not None and FLAGGED in possible:
        rule = {FLAGGED: hint.broken, NOT_FLAGGED: 1 - hint.broken}
    return Waiting(
        item,
        possible,
        said,
        judge=(hint.judge, right) if hint.judge in possible else None,
        rule=rule,
        rule_called=hint.rule,
        rule_unsure=hint.unsure,
        gate=hint.gate or None,
        gate_gap=hint.gap,
    )
