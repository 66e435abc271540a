"""Items that are held back because an answer says who wrote it, until a lead shows them all the same."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from .database import Database
from .store import log
from .tables import ItemRow


@dataclass(frozen=True)
class Held:
    """An item that is not shown, and why."""

    item_id: int
    why: str


def held_items(session: Session, task_id: int) -> list[Held]:
    """The items of a task that are not shown."""
    rows = session.execute(
        select(ItemRow.id, ItemRow.held).where(ItemRow.task_id == task_id, ItemRow.held != "").order_by(ItemRow.id)
    )
    return [Held(number, why) for number, why in rows.tuples()]


def release(database: Database, item_id: int, actor: str) -> bool:
    """Shows an item from now on that was held back; False where it was not."""
    with database.writing() as session:
        item = session.get(ItemRow, item_id, with_for_update=True)
        if item is None or not item.held:
            return False
        log(session, actor, "item released", f"{item_id}: {item.held}")
        item.held = ""
        return True
