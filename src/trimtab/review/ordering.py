"""The order in which a task's items are handed out: what one more judgement tells most of comes first.

`trimtab.people.queue` ranks the items that still want a reviewer, a fifth of the places by chance. It is done anew once
enough was said, before a reviewer is given cards, and written only where the order changed.
"""

import threading
from collections import defaultdict
from collections.abc import Hashable, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..people import Waiting, queue
from ..records import FlagJudgement, Judgement, PairJudgement, RatingJudgement, RubricJudgement, Said, ThumbJudgement
from ..records import standing as what_stands
from .database import Database
from .records import Plan, Task
from .store import judgements, read_task
from .tables import AssignmentRow, ItemRow, JudgementRow, TaskRow

EVERY = 25
"""Judgements after which the order is found anew; more where a task is large, so that it costs a judgement little."""
_OF_ITEMS = 20
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
        row = session.get(TaskRow, task_id)
        if row is None:
            return False
        last = session.scalar(
            select(func.max(JudgementRow.number))
            .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
            .where(AssignmentRow.task_id == task_id)
        )
        items = session.scalar(select(func.count()).where(ItemRow.task_id == task_id)) or 0
        unranked = session.scalar(
            select(ItemRow.id).where(ItemRow.task_id == task_id, ItemRow.priority == 0, ItemRow.held == "").limit(1)
        )
        if unranked is None and (last or 0) - row.queued < max(EVERY, items // _OF_ITEMS):
            return False
        now, wanted = _ranked(session, task_id)
    with database.writing() as session:
        session.execute(update(TaskRow).where(TaskRow.id == task_id).values(queued=last or 0))
        if now == wanted:
            return False
        session.execute(update(ItemRow), [{"id": item, "priority": place} for place, item in enumerate(wanted, 1)])
    return True


def _ranked(session: Session, task_id: int) -> tuple[list[int], list[int]]:
    """The items that want a reviewer, in the order in which they stand and in that in which they should."""
    found = read_task(session, task_id)
    assert found is not None
    task, plan = found
    said: defaultdict[str, list[Judgement]] = defaultdict(list)
    for each in what_stands(judgements(session, task_id)):
        if each.showing == 1:
            said[each.item].append(each)
    rows = session.scalars(
        select(ItemRow).where(ItemRow.task_id == task_id, ItemRow.held == "").order_by(ItemRow.priority, ItemRow.digest)
    )
    wanting = [row for row in rows if _wants(row, said[row.digest], plan)]
    numbers = {row.digest: row.id for row in wanting}
    answers = _possible(task)
    waiting = [Waiting(row.digest, answers, _answers(said[row.digest], answers)) for row in wanting]
    order = [numbers[each.item] for each in queue(waiting, seed=task_id)]
    ranked = all(row.priority for row in wanting)
    return [row.id for row in wanting] if ranked else [], order


def _wants(row: ItemRow, said: Sequence[Judgement], plan: Plan) -> bool:
    return row.gold is not None or len(said) < plan.per_item or row.priority == 0


def _possible(task: Task) -> tuple[Hashable, ...]:
    """The answers that an item can have, as far as a queue tells them apart."""
    match task.kind:
        case "pair":
            return ("first", "second", "tie", "both bad")
        case "rating":
            return tuple(range(task.scale[0], task.scale[1] + 1))
        case "rubric":
            assert task.rubric is not None
            return tuple(range(1, 1 + max(len(axis.anchors) for axis in task.rubric.axes)))
        case "thumb" | "flag" | "claims" | "edit" | "critique":
            return (True, False)


def _answers(said: Sequence[Judgement], possible: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    found = (_answer(each.said) for each in said)
    return tuple(each for each in found if each in possible)


def _answer(said: Said) -> Hashable:
    """What tells the item's answers apart: of a rubric the axis on which it is worst, of flags whether there are any;
    None where there is no such answer."""
    match said:
        case PairJudgement():
            return said.choice
        case RatingJudgement():
            return said.rating
        case ThumbJudgement():
            return said.liked
        case RubricJudgement():
            return min((mark for mark in said.marks.values() if mark is not None), default=None)
        case FlagJudgement():
            return bool(said.flags)
        case _:
            return None
