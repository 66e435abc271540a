"""Which items a reviewer is given next, and until when they are theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ..records import LEADS_WORD
from .blind import Card, card, drawn, order_of
from .database import Database
from .ordering import put_in_order
from .records import Plan, Reviewer, Task
from .store import modality_of_item, now, read_items, read_task
from .tables import AssignmentRow, ItemRow, PlaceRow

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
    put_in_order(database, task_id)
    try:
        return _hand_out(database, secret, reviewer, task_id, count, holding)
    except (IntegrityError, OperationalError):  # another tab of theirs was given the same item at once, or a deadlock
        return _hand_out(database, secret, reviewer, task_id, count, holding)


def _hand_out(
    database: Database, secret: str, reviewer: Reviewer, task_id: int, count: int, holding: Collection[str]
) -> Handed:
    with database.writing() as session:
        desk = _Desk.of(session, secret, reviewer, task_id)
        begun = desk.begun()
        for row, _ in begun:
            row.reserved_until = desk.until  # it is this reviewer's desk: what lies on it stays
        room = desk.dose_left() - sum(item.severity for _, item in begun)
        given = [(row, item) for row, item in begun if row.ref not in holding]
        wanted = min(count, MOST_AT_ONCE - len(begun) + len(given)) - len(given)
        dosed, fresh = False, []
        for item in desk.fresh(max(wanted, 0)):
            if item.severity > room:
                dosed = True
                continue
            room -= item.severity
            fresh.append(item)
        given += desk.give(fresh)
        given += desk.give_again(desk.due(max(wanted - len(fresh), 0), bool(given or begun)))
    with database.reading() as session:  # what is read and drawn keeps nobody from writing
        desk = _Desk.of(session, secret, reviewer, task_id)
        cards = desk.cards(given[:count])
        judged, left = desk.judged(), desk.left()
    state: State = "more" if given or begun else "dose" if dosed else "waiting" if left else "finished"
    return Handed(cards, state, judged, left)


def card_of(session: Session, secret: str, reviewer: Reviewer, row: AssignmentRow) -> Card:
    """The card of an assignment of this reviewer's."""
    desk = _Desk.of(session, secret, reviewer, row.task_id)
    return desk.cards([(row, session.get_one(ItemRow, row.item_id))])[0]


_Given = tuple[AssignmentRow, ItemRow]


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

    def begun(self) -> list[_Given]:
        """What this reviewer holds; what ran out is given back first, so that somebody else may have it."""
        rows = self.session.execute(
            select(AssignmentRow, ItemRow)
            .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
            .where(*self._mine, AssignmentRow.showing != LEADS_WORD, _open(), ItemRow.held == "")
            .order_by(AssignmentRow.id)
            .with_for_update(of=AssignmentRow)
        )
        kept = []
        for row, item in rows.tuples():
            lapsed = row.reserved_until <= self.at and row.showing == 1
            if not lapsed or not self._full([row.item_id], besides=self.reviewer.id):
                kept.append((row, item))
        return kept

    def fresh(self, count: int) -> list[ItemRow]:
        """Items that this reviewer has not had and that need another one, locked; in the queue's order."""
        if count <= 0:
            return []
        had = select(AssignmentRow.id).where(
            AssignmentRow.item_id == ItemRow.id, AssignmentRow.reviewer_id == self.reviewer.id
        )
        takers = (
            select(func.count())
            .where(AssignmentRow.item_id == ItemRow.id, self._takes())
            .correlate(ItemRow)
            .scalar_subquery()
        )
        wanted = (
            select(ItemRow)
            .join(PlaceRow, PlaceRow.item_id == ItemRow.id)
            .where(
                PlaceRow.task_id == self.task_id,
                ItemRow.held == "",
                not_(had.correlate(ItemRow).exists()),
                or_(ItemRow.gold.is_not(None), takers < self.plan.per_item),
            )
            .order_by(PlaceRow.place)
        )
        for skip in (True, False):  # what others hold locked is theirs, unless there is nothing else
            some = list(self.session.scalars(wanted.limit(count).with_for_update(of=ItemRow, skip_locked=skip)))
            full = self._full(
                [item.id for item in some if item.gold is None]
            )  # whoever held the lock may have filled it
            if kept := [item for item in some if item.id not in full]:
                return kept
        return []

    def due(self, count: int, others: bool) -> list[AssignmentRow]:
        """First showings that are to come again: far enough back, or at the end."""
        if count <= 0 or self.task.kind != "pair":
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

    def give(self, items: Sequence[ItemRow]) -> list[_Given]:
        """Reserves items for this reviewer."""
        pairs, repeat = self.task.kind == "pair", self.plan.repeat
        again = [pairs and drawn(self.secret, "again", self.reviewer.id, item.id) < repeat for item in items]
        return self._add([self._row(item, 1, one) for item, one in zip(items, again, strict=True)], items)

    def give_again(self, firsts: Sequence[AssignmentRow]) -> list[_Given]:
        """Reserves the second showings of items, sides swapped."""
        items = [self.session.get_one(ItemRow, first.item_id) for first in firsts]
        return self._add([self._row(item, 2, False) for item in items], items)

    def _row(self, item: ItemRow, showing: int, again: bool) -> AssignmentRow:
        return AssignmentRow(
            ref=token_urlsafe(_NAME_BYTES),
            task_id=self.task_id,
            item_id=item.id,
            reviewer_id=self.reviewer.id,
            showing=showing,
            order=order_of(self.secret, self.reviewer.id, item.id, len(item.answers), again=showing == 2),
            again=again,
            reserved_until=self.until,
        )

    def _add(self, rows: Sequence[AssignmentRow], items: Sequence[ItemRow]) -> list[_Given]:
        self.session.add_all(rows)
        self.session.flush()
        return list(zip(rows, items, strict=True))

    def cards(self, given: Sequence[_Given]) -> tuple[Card, ...]:
        """What the browser is told."""
        read = read_items(self.session, [item for _, item in given])
        return tuple(
            card(row.ref, self.task, prompt, answers, row.order, self._blurred(item), modality_of_item(item))
            for (row, item), (prompt, answers) in zip(given, read, strict=True)
        )

    def _blurred(self, item: ItemRow) -> bool:
        return item.severity >= self.plan.blur_from

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
        return self._count(*self._mine, AssignmentRow.judged.is_not(None), AssignmentRow.showing != LEADS_WORD)

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
                or_(ItemRow.gold.is_not(None), ItemRow.id.not_in(judged)),
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
            .where(AssignmentRow.task_id == self.task_id, self._takes())
            .group_by(AssignmentRow.item_id)
        )

    def _takes(self) -> ColumnElement[bool]:
        """What counts as a reviewer of its item: a first showing that is judged, or reserved."""
        reserved = and_(_open(), AssignmentRow.reserved_until > self.at)
        return and_(AssignmentRow.showing == 1, or_(AssignmentRow.judged.is_not(None), reserved))

    def _full(self, items: Sequence[int], besides: int | None = None) -> set[int]:
        """Those of the items that have as many reviewers as planned, without counting one of them."""
        if not items:
            return set()
        wanted = self._taken().where(AssignmentRow.item_id.in_(items))
        if besides is not None:
            wanted = wanted.where(AssignmentRow.reviewer_id != besides)
        return {item for item, takers in self.session.execute(wanted).tuples() if takers >= self.plan.per_item}


def _open() -> ColumnElement[bool]:
    """What is neither judged nor skipped."""
    return and_(AssignmentRow.judged.is_(None), AssignmentRow.skipped.is_(None))
