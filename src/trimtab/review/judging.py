"""A judgement's way into the room: checked, appended once, and safe on the disk before it is acknowledged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from ..records import LEADS_WORD, Said
from .assign import card_of
from .blind import Card, Wire, unblinded
from .database import Database
from .records import Plan, Reviewer
from .store import latest, modality_of_item, now, read_item, read_task
from .tables import AssignmentRow, ItemRow, JudgementRow

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
    said, plan = _checked(database, reviewer, sent)
    with database.writing() as session:
        row = session.scalar(_assignment(reviewer, sent).with_for_update())
        if row is None:
            raise NotYours(sent.assignment)
        before = session.scalar(select(JudgementRow).where(JudgementRow.key == sent.key))
        if before is not None:
            if before.assignment_id != row.id or before.said != said.model_dump(mode="json"):
                raise KeyTaken(sent.key)
            return Kept("kept before", before.number)
        last = latest(session, row.id)
        if said.kind == "withdrawn" and (last is None or last.said["kind"] == "withdrawn"):
            return Kept("nothing to take back", None)
        judgement = JudgementRow(
            key=sent.key,
            assignment_id=row.id,
            received=now(),
            client_when=sent.client_when,
            shown_ms=sent.shown_ms,
            said=said.model_dump(mode="json"),
            supersedes=last.key if last is not None else None,
        )
        session.add(judgement)
        _settle(row, said, plan)
        session.flush()
        return Kept("kept", judgement.number)


def _checked(database: Database, reviewer: Reviewer, sent: Sent) -> tuple[Said, Plan]:
    """What was said, held against task and item, which do not change; while it is read others may write."""
    with database.reading() as session:
        row = session.scalar(_assignment(reviewer, sent))
        if row is None:
            raise NotYours(sent.assignment)
        found = read_task(session, row.task_id)
        assert found is not None
        task, plan = found
        item = session.get_one(ItemRow, row.item_id)
        _, answers = read_item(session, item)
        return unblinded(sent.said, task, row.order, answers, modality_of_item(item)), plan


def _assignment(reviewer: Reviewer, sent: Sent) -> Select[AssignmentRow]:
    return select(AssignmentRow).where(AssignmentRow.ref == sent.assignment, AssignmentRow.reviewer_id == reviewer.id)


def _settle(row: AssignmentRow, said: Said, plan: Plan) -> None:
    at = now()
    row.judged = at if said.kind not in ("skip", "withdrawn") else None
    row.skipped = at if said.kind == "skip" else None
    if said.kind == "withdrawn":
        row.reserved_until = at + timedelta(minutes=plan.reserve_minutes)


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
