"""The order in which a task's items are handed out: what one more judgement tells most of comes first.

`trimtab.people.queue` ranks the items that still want a reviewer, a fifth of the places by chance. It is done anew once
enough was said, before a reviewer is given cards, and written only where the order changed.
"""

import threading
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import cast

from pydantic import TypeAdapter
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from ..people import Queued, queue
from ..records import (
    FlagJudgement,
    PairJudgement,
    RankJudgement,
    RatingJudgement,
    RubricJudgement,
    Said,
    ThumbJudgement,
)
from .database import Database
from .hints import FLAGGED, NOT_FLAGGED, judge_right, waiting
from .records import Hint, Task
from .store import read_task
from .tables import AssignmentRow, ItemRow, JudgementRow, PlaceRow, TaskRow

EVERY = 25
"""Judgements after which the order is found anew; more where a task is large, so that it costs a judgement little."""
_OF_ITEMS = 20
_LIKED = {True: "it will do", False: "it will not do"}
_SAID: TypeAdapter[Said] = TypeAdapter(Said)
_PLACES = cast(Table, PlaceRow.__table__)
_TURN = threading.Lock()


def put_in_order(database: Database, task_id: int) -> bool:
    """Ranks a task's items anew where enough was said since, or never; whether the order changed."""
    if not _TURN.acquire(blocking=False):  # another request is at it
        return False
    try:
        return _put_in_order(database, task_id)
    finally:
        _TURN.release()


def _put_in_order(database: Database, task_id: int) -> bool:
    with database.reading() as session:
        queued = session.scalar(select(TaskRow.queued).where(TaskRow.id == task_id))
        if queued is None:
            return False
        last = session.scalar(select(func.max(JudgementRow.number))) or 0  # of the room: found without a search
        unranked = session.scalar(
            select(PlaceRow.item_id)
            .join(ItemRow, ItemRow.id == PlaceRow.item_id)
            .where(PlaceRow.task_id == task_id, PlaceRow.place == 0, ItemRow.held == "")
            .limit(1)
        )
        if unranked is None and last - queued < EVERY:
            return False
        new = session.scalar(
            select(func.count())
            .select_from(JudgementRow)
            .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
            .where(JudgementRow.number > queued, AssignmentRow.task_id == task_id)
        )
        items = session.scalar(select(func.count()).where(PlaceRow.task_id == task_id)) or 0
        if unranked is None and (new or 0) < max(EVERY, items // _OF_ITEMS):
            return False
        now, ranked = _ranked(session, task_id)
        wanted = [number for number, _ in ranked]
    with database.writing() as session:
        locked = session.scalar(select(TaskRow).where(TaskRow.id == task_id).with_for_update(skip_locked=True))
        if locked is None:  # another process is at it
            return False
        locked.queued = last
        if now == wanted:
            return False
        moved = update(_PLACES).where(_PLACES.c.item_id == bindparam("item")).values(place=bindparam("at"))
        session.connection().execute(moved, [{"item": item, "at": place} for place, item in enumerate(wanted, 1)])
    return True


def _ranked(session: Session, task_id: int) -> tuple[list[int], list[tuple[int, Queued]]]:
    """The items that want a reviewer, in the order in which they stand and in that in which they should."""
    found = read_task(session, task_id)
    assert found is not None
    task, plan = found
    said = _first_showings(session, task_id)
    rows = session.execute(
        select(ItemRow.id, ItemRow.digest, ItemRow.gold, PlaceRow.place, ItemRow.answers, PlaceRow.hint)
        .join(PlaceRow, PlaceRow.item_id == ItemRow.id)
        .where(ItemRow.task_id == task_id, ItemRow.held == "")
        .order_by(PlaceRow.place, ItemRow.digest)
    )
    given = rows.tuples().all()
    answers = _possible(task)
    possible = {name: answers or tuple(range(len(shown))) for _, name, _, _, shown, _ in given}
    told = {name: _answers(said[name], possible[name]) for _, name, *_ in given}
    hints = {name: Hint.model_validate(hint) for _, name, _, _, _, hint in given if hint is not None}
    right = judge_right([(hint.judge, told[name]) for name, hint in hints.items() if hint.judge is not None])
    wanting = {
        name: (number, place)
        for number, name, gold, place, *_ in given
        if gold is not None or len(said[name]) < plan.per_item or not place
    }
    items = [waiting(name, possible[name], told[name], hints.get(name), right) for name in wanting]
    order = queue(items, at_random=plan.by_chance, seed=task_id)
    now = [number for number, place in wanting.values() if place]
    return now, [(wanting[each.item][0], each) for each in order]


def what_comes_next(session: Session, task_id: int, most: int) -> tuple[list[tuple[int, Queued]], int]:
    """The first items of the queue as it would be put in order now, by number, each with its worth and the reason, for
    leads; and how many there are."""
    order = _ranked(session, task_id)[1]
    return order[:most], len(order)


def _first_showings(session: Session, task_id: int) -> defaultdict[str, list[Said]]:
    """What stands of first showings, by the item's digest; no more is read of it than that, because every reviewer
    waits where it is slow."""
    rows = session.execute(
        select(ItemRow.digest, JudgementRow.key, JudgementRow.supersedes, JudgementRow.said)
        .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .where(AssignmentRow.task_id == task_id, AssignmentRow.showing == 1)
        .order_by(JudgementRow.number)
    ).all()
    replaced = {row.supersedes for row in rows}
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for row in rows:
        if row.key not in replaced and row.said["kind"] not in ("skip", "withdrawn"):
            found[row.digest].append(_SAID.validate_python(row.said))
    return found


def _possible(task: Task) -> tuple[Hashable, ...]:
    """The answers that an item can have, as far as a queue tells them apart; none where they are its places."""
    match task.kind:
        case "pair":
            return ("first", "second", "tie", "both bad")
        case "rating":
            return tuple(range(task.scale[0], task.scale[1] + 1))
        case "rubric":
            assert task.rubric is not None
            return tuple(range(1, 1 + max(len(axis.anchors) for axis in task.rubric.axes)))
        case "rank":
            return ()
        case "thumb":
            return tuple(_LIKED.values())
        case "flag":
            return FLAGGED, NOT_FLAGGED
        case "claims" | "edit" | "critique":  # what is said there is not told apart: all items are worth the same
            return (True, False)


def _answers(said: Sequence[Said], possible: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    found = (_answer(each) for each in said)
    return tuple(each for each in found if each in possible)


def _answer(said: Said) -> Hashable:
    """What tells the item's answers apart: of a ranking which alone is the best, of a rubric the axis on which it is
    worst, of flags whether there are any; None where there is no such answer."""
    match said:
        case PairJudgement():
            return said.choice
        case RankJudgement():
            ranks = said.ranks or ()
            return ranks.index(1) if ranks.count(1) == 1 else None
        case RatingJudgement():
            return said.rating
        case ThumbJudgement():
            return None if said.liked is None else _LIKED[said.liked]
        case RubricJudgement():
            return min((mark for mark in said.marks.values() if mark is not None), default=None)
        case FlagJudgement():
            return FLAGGED if said.flags else NOT_FLAGGED
        case _:
            return None
