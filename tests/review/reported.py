"""Rooms whose report tests work out by hand: who said what of which answer is given item by item."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rooms import people
from sqlalchemy import select

from trimtab.records import Message, Policy
from trimtab.review import Gathered, NewItem, Plan, Side, Task, open_room, open_task
from trimtab.review.assign import hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import Sent, keep
from trimtab.review.store import read_item
from trimtab.review.tables import AssignmentRow, ItemRow

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
    pairs by "first" and "second". The digests of the items in the order in which they came."""
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
            sides = {"first": "AB"[row.order.index(0)], "second": "AB"[1 - row.order.index(0)]}
            sent = {**sent, **({"choice": sides.get(sent["choice"], sent["choice"])} if "choice" in sent else {})}
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
