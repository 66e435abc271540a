"""Rooms whose report tests work out by hand: who said what of which answer is given item by item."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from rooms import people
from sqlalchemy import select

from trimtab.records import CutFigure, Message, Policy, ReviewFigures, TaskFigures
from trimtab.review import (
    Gathered,
    Hiding,
    NewItem,
    Plan,
    Side,
    Task,
    Window,
    judgements,
    make_task,
    open_room,
    open_task,
    pseudonyms,
    reading_room,
    review_figures,
)
from trimtab.review.assign import hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import Sent, keep
from trimtab.review.store import read_item
from trimtab.review.tables import AssignmentRow, ItemRow
from trimtab.stats import Clustered, clustered_mean

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)
POLICY = Policy.model_validate(
    {
        "name": "house",
        "rules": [
            {"id": "no-dose", "severity": "block", "text": "Name no dose.", "checks": [{"contains": "mg"}]},
            {"id": "no-praise", "severity": "warn", "text": "No flattery.", "checks": [{"contains": "Great"}]},
        ],
    }
)
Says = Callable[[str], dict[str, Any] | None]


def texts(said: Mapping[str, str], prompt: str = "What helps?") -> Gathered:
    """Single answers with their sources."""
    asked = (Message(role="user", content=prompt),)
    return Gathered("a file", tuple(NewItem(asked, (Side(text, source),)) for text, source in said.items()), {})


def couples(said: Mapping[tuple[str, str], tuple[str, str]]) -> Gathered:
    """Pairs of answers with their two sources."""
    asked = (Message(role="user", content="What helps?"),)
    items = tuple(NewItem(asked, (Side(one, a), Side(other, b))) for (one, other), (a, b) in said.items())
    return Gathered("a file", items, {})


def fill(place: Path, task: Task, found: Gathered, per_item: int = 1) -> int:
    """Puts items into a room; the task's number."""
    room = open_room(str(place))
    try:
        return open_task(room, task, Plan(per_item=per_item, repeat=0), found, "sam").added.task_id
    finally:
        room.database.close()


def say(place: Path, name: str, task: int, says: Says) -> list[str]:
    """A reviewer is given all that is there for them and says of each first answer what `says` gives, nothing for None;
    pairs by "first" and "second", ranks by the source. The digests of the items in the order in which they came."""
    room = open_room(str(place))
    try:
        (who,) = people(room, name)
        order = []
        for card in hand_out(room.database, room.secret, who, task, 50).cards:
            with room.database.reading() as session:
                row = session.scalars(select(AssignmentRow).where(AssignmentRow.ref == card.id)).one()
                item = session.get_one(ItemRow, row.item_id)
                text = read_item(session, item)[1][0]
            order.append(item.digest)
            sent = says(text)
            if sent is None:
                continue
            if "choice" in sent:
                sides = {"first": "AB"[row.order.index(0)], "second": "AB"[1 - row.order.index(0)]}
                sent = {**sent, "choice": sides.get(sent["choice"], sent["choice"])}
            if "ranks" in sent:  # by the source
                sent = {**sent, "ranks": [sent["ranks"][item.sources[place]] for place in row.order]}
            keep(room.database, who, Sent(f"{name}-{card.id}", card.id, _WIRE.validate_python(sent), shown_ms=4200))
        return order
    finally:
        room.database.close()


def flag(text: str, quote: str, rule: str, note: str = "") -> dict[str, Any]:
    """A flag of what stands there."""
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "quote": quote, "rule": rule, "note": note}


def flags(*given: dict[str, Any], why: str = "") -> dict[str, Any]:
    """What is said of a text in which these break a rule."""
    return {"kind": "flag", "flags": list(given), "why": why}


Flagged = tuple[Path, list[tuple[str, str, str]]]
"""A room, and what was said in it as (reviewer, text, rules)."""
DOSE, PRAISE = "Take 400 mg.", "Great question."


def figures_of(place: Path, **window: Any) -> ReviewFigures:
    with reading_room(str(place)) as session:
        hiding = Hiding(pseudonyms(judgements(session)))
        return review_figures(session, hiding, Window(**window))


def task_of(place: Path) -> TaskFigures:
    (task,) = figures_of(place).tasks
    return task


def cut_of(task: TaskFigures, title: str, cut: str = "all", of: str = "") -> CutFigure:
    (measured,) = [each for each in task.measured if each.title == title]
    (found,) = [each for each in measured.cuts if (each.cut, each.of) == (cut, of)]
    return found


def check(found: CutFigure, rows: list[tuple[str, str, float]], low: float = 0, high: float = 1) -> None:
    """The figure is the mean of (reviewer, item, value), with the interval that the arithmetic alone gives."""
    codes = [np.unique([row[place] for row in rows], return_inverse=True)[1] for place in (1, 0)]
    wanted = clustered_mean([row[2] for row in rows], *codes)
    assert isinstance(wanted, Clustered)
    bounds = [
        low + part * (high - low) for part in (wanted.interval.estimate, wanted.interval.low, wanted.interval.high)
    ]
    told = found.figure
    assert [told.estimate, told.low, told.high] == pytest.approx(bounds)
    assert told.estimate == pytest.approx(low + (high - low) * sum(row[2] for row in rows) / len(rows))
    assert (told.n, told.over) == (len(rows), wanted.over)
    assert (told.items, told.reviewers) == tuple(len({row[place] for row in rows}) for place in (1, 0))


def flagged_room(place: Path) -> Flagged:
    """Sixteen answers of two models, three reviewers; bo sees a dose in the first answer alone."""
    said = {f"{(DOSE, PRAISE, DOSE + ' ' + PRAISE, 'Rest.')[n % 4]} {n:x}": ("one", "two")[n // 8] for n in range(16)}
    task = fill(place, make_task("flag", "answers", policy=POLICY), texts(said), per_item=3)
    rows = []
    for name in ("ann", "bo", "cy"):

        def says(text: str, name: str = name) -> dict[str, Any]:
            seen = DOSE in text and (name != "bo" or text[-1] == "0")
            found = [flag(text, DOSE, "no-dose", "too much")] if seen else []
            found += [flag(text, PRAISE, "no-praise")] if PRAISE in text else []
            rows.append((name, text, "+".join(each["rule"] for each in found)))
            return flags(*found, why=f"{name} thinks so")

        assert len(say(place, name, task, says)) == 16
    return place, rows
