"""A judgement's way into the room: checked, appended once, and safe on the disk before it is acknowledged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Table, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..records import LEADS_WORD, Said, Skip, Withdrawal
from .assign import card_of
from .blind import SPEAKS_OF_PLACES, Card, Refused, Wire, unblinded
from .database import Database
from .odds import SAY_WHY, have_the_word
from .records import Modality, Plan, Reviewer
from .store import modality_of_item, now, read_item, read_task
from .tables import AssignmentRow, ItemRow, JudgementRow

_ASSIGNMENTS, _JUDGEMENTS = cast(Table, AssignmentRow.__table__), cast(Table, JudgementRow.__table__)
State = Literal["kept", "kept before", "nothing to take back"]


@dataclass(frozen=True)
class Sent:
    """What a browser sends: `key` is made there, once for each thing said, and comes again where it is sent again."""

    key: str
    assignment: str
    said: Wire
    shown_ms: int | None = None
    client_when: datetime | None = None


@dataclass(frozen=True)
class Kept:
    """What became of it; `number` is its place among all that was said, None where there was nothing to keep."""

    state: State
    number: int | None


class NotYours(LookupError):
    """This reviewer has no such assignment."""


class KeyTaken(ValueError):
    """The key belongs to something else that was said."""


def keep(database: Database, reviewer: Reviewer, sent: Sent) -> Kept:
    """Appends what was said; sent again, it is the same one. Raises NotYours, KeyTaken and `blind.Refused`."""
    try:
        return _keep(database, reviewer, sent)
    except IntegrityError:  # the same key came twice at once: by now the other one is there
        return _keep(database, reviewer, sent)


def _keep(database: Database, reviewer: Reviewer, sent: Sent) -> Kept:
    """All that can be is read before the transaction, which others wait for; each statement costs all of them."""
    number, showing, said, plan = _checked(database, reviewer, sent)
    wire = said.model_dump(mode="json")
    if showing == LEADS_WORD:
        return _keep_word(database, reviewer, sent, number, said)

    def work(session: Session) -> Kept:
        session.execute(select(_ASSIGNMENTS.c.id).where(_ASSIGNMENTS.c.id == number).with_for_update())
        there = session.execute(
            select(_JUDGEMENTS.c.number, _JUDGEMENTS.c.key, _JUDGEMENTS.c.assignment_id, _JUDGEMENTS.c.said)
            .where(or_(_JUDGEMENTS.c.assignment_id == number, _JUDGEMENTS.c.key == sent.key))
            .order_by(_JUDGEMENTS.c.number)
        ).all()
        before = next((each for each in there if each.key == sent.key), None)
        if before is not None:
            return _again(sent, number, wire, before)
        last = there[-1] if there else None
        if said.kind == "withdrawn" and (last is None or last.said["kind"] == "withdrawn"):
            return Kept("nothing to take back", None)
        at = now()
        kept = session.execute(
            insert(_JUDGEMENTS).values(
                key=sent.key,
                assignment_id=number,
                received=at,
                client_when=sent.client_when,
                shown_ms=sent.shown_ms,
                said=wire,
                supersedes=last.key if last is not None else None,
            )
        )
        session.execute(update(_ASSIGNMENTS).where(_ASSIGNMENTS.c.id == number).values(_settled(said, plan, at)))
        place = cast("CursorResult[Any]", kept).inserted_primary_key
        assert place is not None
        return Kept("kept", place[0])

    return database.kept(work)


def _again(sent: Sent, number: int, wire: dict[str, Any], before: Any) -> Kept:
    """What comes under a key that is there: the same, or something else, which is refused."""
    if before.assignment_id != number or before.said != wire:
        raise KeyTaken(sent.key)
    return Kept("kept before", before.number)


def _keep_word(database: Database, lead: Reviewer, sent: Sent, number: int, said: Said) -> Kept:
    """Appends a lead's word on an item at odds; there is one word on an item, whichever lead had it."""
    if not lead.may("lead"):
        raise NotYours(sent.assignment)
    if isinstance(said, Skip | Withdrawal):
        raise Refused("A lead's word is not skipped or taken back: another one stands over it")
    if not said.why.strip():
        raise Refused(SAY_WHY)
    wire = said.model_dump(mode="json")
    with database.writing() as session:
        row = session.get_one(AssignmentRow, number)
        session.get_one(ItemRow, row.item_id, with_for_update=True)
        before = session.scalar(select(JudgementRow).where(JudgementRow.key == sent.key))
        if before is not None:
            return _again(sent, number, wire, before)
        word = JudgementRow(key=sent.key, said=wire, client_when=sent.client_when, shown_ms=sent.shown_ms)
        have_the_word(session, lead, row, word)
        return Kept("kept", word.number)


def _checked(database: Database, reviewer: Reviewer, sent: Sent) -> tuple[int, int, Said, Plan]:
    """The assignment's number, its showing, and what was said, held against task and item, which do not change."""
    with database.reading() as session:
        row = session.execute(
            select(
                _ASSIGNMENTS.c.id,
                _ASSIGNMENTS.c.task_id,
                _ASSIGNMENTS.c.item_id,
                _ASSIGNMENTS.c.order,
                _ASSIGNMENTS.c.showing,
            ).where(_ASSIGNMENTS.c.ref == sent.assignment, _ASSIGNMENTS.c.reviewer_id == reviewer.id)
        ).first()
        if row is None:
            raise NotYours(sent.assignment)
        found = read_task(session, row.task_id)
        assert found is not None
        task, plan = found
        answers: list[str] = []
        modality: Modality = "text"
        if sent.said.kind in SPEAKS_OF_PLACES:
            item = session.get_one(ItemRow, row.item_id)
            answers, modality = read_item(session, item)[1], modality_of_item(item)
        return row.id, row.showing, unblinded(sent.said, task, row.order, answers, modality), plan


def _settled(said: Said, plan: Plan, at: datetime) -> dict[str, datetime | None]:
    """What becomes of the assignment."""
    if said.kind == "withdrawn":
        return {"judged": None, "skipped": None, "reserved_until": at + timedelta(minutes=plan.reserve_minutes)}
    return {"judged": None, "skipped": at} if said.kind == "skip" else {"judged": at, "skipped": None}


def last_card(database: Database, secret: str, reviewer: Reviewer, task_id: int) -> Card | None:
    """The card that this reviewer judged or skipped last in a task, so that they may think again."""
    with database.reading() as session:
        row = session.scalar(
            select(AssignmentRow)
            .join(JudgementRow, JudgementRow.assignment_id == AssignmentRow.id)
            .where(
                AssignmentRow.task_id == task_id,
                AssignmentRow.reviewer_id == reviewer.id,
                AssignmentRow.showing != LEADS_WORD,
                AssignmentRow.judged.is_not(None) | AssignmentRow.skipped.is_not(None),
            )
            .order_by(JudgementRow.number.desc())
            .limit(1)
        )
        return None if row is None else card_of(session, secret, reviewer, row)
