"""Rooms that tests share: a few pairs in a file, people with accounts, and what a browser would send."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from trimtab.records import Message
from trimtab.review import Gathered, NewItem, Plan, Room, Side, Task, make_task, open_room, open_task, task_numbers
from trimtab.review.assign import hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import Sent, keep
from trimtab.review.records import Reviewer
from trimtab.review.tables import AssignmentRow

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)
PASSWORD = "a long enough one"


def pairs(count: int, severity: int = 1) -> Gathered:
    """So many pairs; the first side says "old", the second "new"."""
    items = tuple(
        NewItem(
            (Message(role="user", content=f"Question {n}?"),),
            (Side(f"old answer {n}", "before"), Side(f"new answer {n}", "after")),
            severity,
        )
        for n in range(count)
    )
    return Gathered("secret-run-7b", items, {}, ("secret-run-7b",))


def answers(*texts: str, severity: int = 1) -> Gathered:
    """Single answers to one question."""
    prompt = (Message(role="user", content="What is green tea?"),)
    return Gathered("a file", tuple(NewItem(prompt, (Side(text, "a file"),), severity) for text in texts), {})


ONCE = Plan(repeat=0)
"""A plan without second showings."""


def room_with(
    place: str | Path, found: Gathered | None = None, task: Task | None = None, plan: Plan = ONCE
) -> tuple[Room, int]:
    """A room and its task's number."""
    room = open_room(str(place), local="sam")
    asked = task or make_task("pair", "secret-run-7b")
    return room, open_task(room, asked, plan, found or pairs(6), "sam").added.task_id


def people(room: Room, *names: str) -> list[Reviewer]:
    """Reviewers without passwords."""
    return [room.accounts.local(name) for name in names]


def pair_said(choice: str = "A", **more: Any) -> dict[str, Any]:
    """What a browser says of a pair."""
    return {"kind": "pair", "choice": choice, **more}


def judge(place: str | Path, name: str, said: Sequence[dict[str, Any]], task: int | None = None) -> None:
    """A reviewer says these of the items that they are given, in their order; pairs by "first" and "second"."""
    room = open_room(str(place))
    try:
        (who,) = people(room, name)
        with room.database.reading() as session:
            number = task or task_numbers(session)[0]
        given = hand_out(room.database, room.secret, who, number, len(said)).cards
        for place_, (card, each) in enumerate(zip(given, said, strict=True)):
            with room.database.reading() as session:
                row = session.query(AssignmentRow).filter_by(ref=card.id).one()
            sides = {}
            if len(row.order) == 2:
                sides = {name: "AB"[row.order.index(place)] for place, name in enumerate(("first", "second"))}
            sent = {**each, **({"choice": sides.get(each["choice"], each["choice"])} if "choice" in each else {})}
            key = f"{name}-{number}-{card.id}-{place_}"
            keep(room.database, who, Sent(key, card.id, _WIRE.validate_python(sent), shown_ms=4200))
    finally:
        room.database.close()
