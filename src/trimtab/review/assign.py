"""Which items a reviewer is given next, and until when they are theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .blind import Card, card, drawn, order_of
from .database import Database
from .records import Plan, Reviewer, Task
from .store import modality_of_item, now, read_item, read_task
from .tables import AssignmentRow, ItemRow

MOST_AT_ONCE = 20
"""Cards that a browser may hold."""
APART = 10
"""Items between a pair and its second showing, while there are others."""
_NAME_BYTES = 16

State = Literal["more", "dose", "waiting", "finished"]
"""Whether there are cards; the day's dose is had; what is left is with others just now; or all is done."""


@dataclass(frozen=True)
class Handed:
    """Cards for a reviewer, how many they have judged, and how many they still can."""

    cards: tuple[Card, ...]
    state: State
    judged: int
    left: int


class NoSuchTask(LookupError):
    """There is no task of that number."""


def hand_out(
    database: Database, secret: str, reviewer: Reviewer, task_id: int, count: int, holding: Collection[str] = ()
) -> Handed:
    """Up to `count` cards beside those that the browser is `holding`, whose reservations are renewed.

    What this reviewer has begun comes first, then items that need another reviewer, then second showings. Raises
    NoSuchTask.
    """
    try:
        return _hand_out(database, secret, reviewer, task_id, count, holding)
    except IntegrityError:  # another tab of theirs was given the same item at once: by now it is on their desk
        return _hand_out(database, secret, reviewer, task_id, count, holding)


def _hand_out(
    database: Database, secret: str, reviewer: Reviewer, task_id: int, count: int, holding: Collection[str]
) -> Handed:
    with database.writing() as session:
        desk = _Desk.of(session, secret, reviewer, task_id)
        begun = desk.begun()
        for row in begun:
            row.reserved_until = desk.until  # it is this reviewer's desk: what lies on it stays
        room = desk.dose_left() - sum(desk.severity(row) for row in begun)
        rows = [row for row in begun if row.ref not in holding]
        wanted = min(count, MOST_AT_ONCE - len(begun) + len(rows)) - len(rows)
        dosed = False
        for item in desk.fresh(max(wanted, 0)):
            if item.severity > room:
                dosed = True
                continue
            room -= item.severity
            rows.append(desk.give(item))
            wanted -= 1
        for first in desk.due(max(wanted, 0), bool(rows or begun)):
            rows.append(desk.give_again(first))
        cards = tuple(desk.card(row) for row in rows[:count])
        judged, left = desk.judged(), desk.left()
        state: State = "more" if rows or begun else "dose" if dosed else "waiting" if left else "finished"
        return Handed(cards, state, judged, left)


def card_of(session: Session, secret: str, reviewer: Reviewer, row: AssignmentRow) -> Card:
    """The card of an assignment of this reviewer's."""
    return _Desk.of(session, secret, reviewer, row.task_id).card(row)


@dataclass(frozen=True)
class _Desk:
    """A reviewer at a task, in a transaction."""

    session: Session
    secret: str
    reviewer: Reviewer
    task_id: int
    task: Task
    plan: Plan
    at: datetime

    @classmethod
    def of(cls, session: Session, secret: str, reviewer: Reviewer, task_id: int) -> "_Desk":
        found = read_task(session, task_id)
        if found is None:
            raise NoSuchTask(task_id)
        return cls(session, secret, reviewer, task_id, *found, now())

    @property
    def until(self) -> datetime:
        return self.at + timedelta(minutes=self.plan.reserve_minutes)

    @property
    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return AssignmentRow.task_id == self.task_id, AssignmentRow.reviewer_id == self.reviewer.id

    def begun(self) -> list[AssignmentRow]:
        """What this reviewer holds; what ran out is given back first, so that somebody else may have it."""
        rows = self.session.scalars(
            select(AssignmentRow)
            .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
            .where(*self._mine, _open(), ItemRow.held == "")
            .order_by(AssignmentRow.id)
            .with_for_update(of=AssignmentRow)
        )
        kept = []
        for row in rows:
            lapsed = row.reserved_until <= self.at and row.showing == 1
            if not lapsed or not self._full([row.item_id], besides=self.reviewer.id):
                kept.append(row)
        return kept

    def fresh(self, count: int) -> list[ItemRow]:
        """Items that this reviewer has not had and that need another one, locked; in the order of their digests, which
        is nobody's order."""
        if count <= 0:
            return []
        mine = select(AssignmentRow.item_id).where(*self._mine)
        taken = self._taken().subquery()
        wanted = (
            select(ItemRow)
            .outerjoin(taken, taken.c.item_id == ItemRow.id)
            .where(
                ItemRow.task_id == self.task_id,
                ItemRow.held == "",
                ItemRow.id.not_in(mine),
                func.coalesce(taken.c.takers, 0) < self.plan.per_item,
            )
            .order_by(ItemRow.digest)
        )
        for skip in (True, False):  # what others hold locked is theirs, unless there is nothing else
            some = list(
                self.session.scalars(wanted.limit(count).with_for_update(of=ItemRow, skip_locked=skip)).unique()
            )
            full = self._full([item.id for item in some])  # whoever held the lock before may have filled it
            if kept := [item for item in some if item.id not in full]:
                return kept
        return []

    def due(self, count: int, others: bool) -> list[AssignmentRow]:
        """First showings that are to come again: far enough back, or at the end."""
        if count <= 0 or self.task.sides < 2:
            return []
        again = select(AssignmentRow.item_id).where(*self._mine, AssignmentRow.showing == 2)
        rows = list(
            self.session.scalars(
                select(AssignmentRow)
                .where(*self._mine, AssignmentRow.judged.is_not(None), AssignmentRow.showing == 1)
                .order_by(AssignmentRow.judged, AssignmentRow.id)
            )
        )
        had = set(self.session.scalars(again))
        far = rows[:-APART] if others or self.left() > self._to_come_again() else rows
        return [row for row in far if row.again and row.item_id not in had][:count]

    def give(self, item: ItemRow) -> AssignmentRow:
        """Reserves an item for this reviewer."""
        again = self.task.sides > 1 and drawn(self.secret, "again", self.reviewer.id, item.id) < self.plan.repeat
        return self._add(item.id, len(item.answers), showing=1, again=again)

    def give_again(self, first: AssignmentRow) -> AssignmentRow:
        """Reserves the second showing of an item, sides swapped."""
        return self._add(first.item_id, len(first.order), showing=2, again=False)

    def _add(self, item: int, answers: int, *, showing: int, again: bool) -> AssignmentRow:
        row = AssignmentRow(
            ref=token_urlsafe(_NAME_BYTES),
            task_id=self.task_id,
            item_id=item,
            reviewer_id=self.reviewer.id,
            showing=showing,
            order=order_of(self.secret, self.reviewer.id, item, answers, again=showing == 2),
            again=again,
            reserved_until=self.until,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def card(self, row: AssignmentRow) -> Card:
        """What the browser is told."""
        item = self.session.get_one(ItemRow, row.item_id)
        prompt, answers = read_item(self.session, item)
        blur = item.severity >= self.plan.blur_from
        return card(row.ref, self.task, prompt, answers, row.order, blur, modality_of_item(item))

    def severity(self, row: AssignmentRow) -> int:
        """How severe an assignment's item is."""
        return self.session.get_one(ItemRow, row.item_id).severity

    def dose_left(self) -> int:
        """How much severity this reviewer may still see today, by the server's calendar."""
        if self.plan.dose is None:
            return 2**31
        day = self.at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        had = self.session.scalar(
            select(func.sum(ItemRow.severity))
            .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
            .where(*self._mine, or_(AssignmentRow.judged >= day, AssignmentRow.skipped >= day))
        )
        return self.plan.dose - (had or 0)

    def judged(self) -> int:
        """How many cards this reviewer has judged."""
        return self._count(*self._mine, AssignmentRow.judged.is_not(None))

    def left(self) -> int:
        """How many cards still want a judgement that this reviewer could give: items, those with others among them,
        and second showings."""
        judged = (
            select(AssignmentRow.item_id)
            .where(AssignmentRow.task_id == self.task_id, AssignmentRow.judged.is_not(None), AssignmentRow.showing == 1)
            .group_by(AssignmentRow.item_id)
            .having(func.count() >= self.plan.per_item)
        )
        done = select(AssignmentRow.item_id).where(
            *self._mine,
            or_(AssignmentRow.judged.is_not(None), AssignmentRow.skipped.is_not(None)),
        )
        found = self.session.scalar(
            select(func.count())
            .select_from(ItemRow)
            .where(
                ItemRow.task_id == self.task_id,
                ItemRow.held == "",
                ItemRow.id.not_in(judged),
                ItemRow.id.not_in(done),
            )
        )
        return (found or 0) + self._to_come_again()

    def _to_come_again(self) -> int:
        firsts = self._count(
            *self._mine, AssignmentRow.judged.is_not(None), AssignmentRow.showing == 1, AssignmentRow.again.is_(True)
        )
        return firsts - self._count(*self._mine, AssignmentRow.showing == 2, not_(_open()))

    def _count(self, *where: ColumnElement[bool]) -> int:
        wanted = select(func.count()).select_from(AssignmentRow).where(*where)
        return self.session.scalar(wanted) or 0

    def _taken(self) -> Select[int, int]:
        """Reviewers by item who have judged it or have it reserved."""
        return (
            select(AssignmentRow.item_id, func.count().label("takers"))
            .where(
                AssignmentRow.task_id == self.task_id,
                AssignmentRow.showing == 1,
                or_(AssignmentRow.judged.is_not(None), and_(_open(), AssignmentRow.reserved_until > self.at)),
            )
            .group_by(AssignmentRow.item_id)
        )

    def _full(self, items: Sequence[int], besides: int | None = None) -> set[int]:
        """Those of the items that have as many reviewers as planned, without counting one of them."""
        wanted = self._taken().where(AssignmentRow.item_id.in_(items))
        if besides is not None:
            wanted = wanted.where(AssignmentRow.reviewer_id != besides)
        return {item for item, takers in self.session.execute(wanted).tuples() if takers >= self.plan.per_item}


def _open() -> ColumnElement[bool]:
    """What is neither judged nor skipped."""
    return and_(AssignmentRow.judged.is_(None), AssignmentRow.skipped.is_(None))
