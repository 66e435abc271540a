"""Items that a run puts before people, and what they said of these, as far as a rate may be taken from it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..records import Judgement, standing
from .identity import Names
from .open import TaskFile, open_task
from .records import Gathered, NewItem, Plan, Task
from .room import open_room
from .sampled import sampled
from .store import item_row, judgements
from .tables import ItemRow

ACTOR = "trimtab run"
"""Who put items into a room, in its audit log, where a run did."""
HELPS = TaskFile(
    kind="thumb",
    title="Helps",
    question="Does this answer help at all?",
    guidelines="It helps if whoever asked is better off with it than without. It need not be complete, or well put.",
)
"""How people are asked whether an answer helps."""
_AT_ONCE = 500
_HELD, _GOLD, _SKIPPED = "held back, because it says who wrote it", "gold", "skipped"


@dataclass(frozen=True)
class SaidOfItems:
    """What stands of a task's items of a run, in the order of arrival; `taken` are the items judged by enough people
    from which a rate may be taken, `shown` those that it would be over, and `open` the reasons, by item, why others
    cannot be judged. `waiting` is whether an item may still be."""

    judgements: tuple[Judgement, ...]
    taken: frozenset[str]
    shown: frozenset[str]
    open: dict[str, str]
    waiting: bool


def put_in(place: str, task: Task, plan: Plan, found: Gathered) -> int:
    """The number of a room's task with these items in it; what is there already stays. Raises UserError where the room
    cannot be opened or there is no item."""
    room = open_room(place)
    try:
        return open_task(room, task, plan, found, ACTOR).added.task_id
    finally:
        room.database.close()


def digests_of(items: Sequence[NewItem]) -> list[str]:
    """What a room knows each item by."""
    return [item_row(0, item, Names(()), {}).digest for item in items]


def known_as(session: Session, task_id: int, items: Sequence[NewItem]) -> list[str | None]:
    """The digest of each item's prompt and answers in a room's task, whatever their sources were called there; None
    where they are not there."""
    rows = session.scalars(select(ItemRow).where(ItemRow.task_id == task_id).order_by(ItemRow.id))
    there = {(row.prompt, *row.answers): row.digest for row in rows}
    asked = (item_row(task_id, item, Names(()), {}) for item in items)
    return [there.get((row.prompt, *row.answers)) for row in asked]


def said_of(session: Session, task_id: int, items: Collection[str], per_item: int) -> SaidOfItems:
    """What people said of these items when they first saw them, gold ones apart, which everybody judges.

    While some are waiting a rate may be taken from those alone that came by chance; an item that somebody would rather
    not judge is passed over there, and has no value.
    """
    wanted = set(items)
    rows: list[ItemRow] = []
    names = sorted(wanted)
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        rows += session.scalars(select(ItemRow).where(ItemRow.task_id == task_id, ItemRow.digest.in_(some)))
    said = [each for each in judgements(session, task_id) if each.item in wanted]
    first_seen = [each for each in standing(said) if each.showing == 1]
    why = {row.digest: _HELD if row.held else _GOLD for row in rows if row.held or row.gold is not None}
    found = sampled([row.digest for row in rows if row.digest not in why], said, per_item, task_id)
    why |= {row.digest: _SKIPPED for row in rows if row.digest in found.skipped}
    shown = [row.digest for row in rows if row.digest not in why]
    return SaidOfItems(
        tuple(each for each in first_seen if each.item not in why),
        found.sample,
        frozenset(shown),
        why,
        len(found.sample) < len(shown),
    )
