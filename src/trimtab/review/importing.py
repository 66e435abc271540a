"""Judgements that people made elsewhere, taken into a room: as reviewers by name, once each, with where they are from.

A row is matched to an item by the prompt and the answers themselves, or makes one. What somebody said in the room is
never superseded by a file, nor what they said later by what they said before. What is not taken in is told, with the
reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe

from sqlalchemy import select

from ..errors import UserError, option
from ..records import Imported, PairJudgement, RankJudgement, Reject, Said, Supervision
from ..store import digest
from .accounts import NotAllowed
from .blind import order_of
from .elsewhere import Given, NotTaken, given_of
from .identity import Names, telling
from .records import NewItem, Reviewer, Side
from .room import Room
from .store import add_items, content_of, log, now, read_task
from .tables import AssignmentRow, ItemRow, JudgementRow


@dataclass(frozen=True)
class TakenIn:
    """What became of a file's judgements: those kept now, those there before, items made for them, whose they are."""

    task_id: int
    kept: int
    there: int
    new_items: int
    reviewers: tuple[str, ...]
    rejected: tuple[Reject, ...]


def take_in(
    room: Room,
    task_id: int,
    rows: Sequence[Supervision],
    form: str,
    title: str,
    actor: str,
    reviewer: str | None = None,
) -> TakenIn:
    """Appends what rows say to a task, by `reviewer` where a row names nobody. The same again is the same judgement.

    Raises UserError of a task on media.
    """
    with room.database.reading() as session:
        found = read_task(session, task_id)
    assert found is not None, f"there is no task {task_id}"
    rejected: list[Reject] = []
    given: list[Given] = []
    for row in rows:
        try:
            given.append(given_of(row, found[0], form, reviewer))
        except NotTaken as error:
            rejected.append(_reject(row, title, str(error)))
    given.sort(key=lambda each: each.when or datetime.min.replace(tzinfo=UTC))
    people: dict[str, Reviewer] = {}
    nameless: dict[str, str] = {}
    for name in dict.fromkeys(each.who for each in given):
        try:
            people[name] = room.accounts.named(name)
        except NotAllowed as error:
            nameless[name] = f"its annotator is {name[:80]!r}: {error}"
    rejected += [_reject(each.row, title, nameless[each.who]) for each in given if each.who in nameless]
    given = [each for each in given if each.who in people]
    new = _make_items(room, task_id, given, title, actor)
    kept, there = _append(room, task_id, given, people, form, title, rejected, actor)
    return TakenIn(task_id, kept, there, new, tuple(sorted(people)), tuple(rejected))


def _make_items(room: Room, task_id: int, given: Sequence[Given], title: str, actor: str) -> int:
    """Makes items of what the task has not; how many."""
    there = _Items(room, task_id)
    items = [
        NewItem(
            each.prompt,
            tuple(Side(text, source or title) for text, source in zip(each.answers, each.sources, strict=True)),
        )
        for each in given
        if not there.of(each)
    ]
    if not items:
        return 0
    names = {side.source for item in items for side in item.sides}
    return add_items(room.database, task_id, items, Names(telling(sorted(names))), actor).new


class _Items:
    """The items of a task by what they hold."""

    def __init__(self, room: Room, task_id: int) -> None:
        self._by: dict[tuple[str, tuple[str, ...]], list[ItemRow]] = {}
        with room.database.reading() as session:
            for row in session.scalars(select(ItemRow).where(ItemRow.task_id == task_id)):
                if row.modality != "text":
                    raise UserError(
                        f"The task is {task_id}.",
                        "It is on images, video or audio, and a file of judgements holds texts.",
                        f"Name another by {option('task')}.",
                    )
                self._by.setdefault((row.prompt, tuple(sorted(row.answers))), []).append(row)

    def of(self, given: Given) -> list[ItemRow]:
        """Those with this prompt and these answers; those whose sources are the file's, where there are such."""
        prompt, answers = content_of(given.prompt, given.answers)
        found = self._by.get((prompt, tuple(sorted(answers))), [])
        known = dict(zip(answers, given.sources, strict=True))
        named = [row for row in found if [known[name] for name in row.answers] == row.sources]
        return named or found


def _append(
    room: Room, task_id: int, given: Sequence[Given], people: dict[str, Reviewer], form: str, title: str,
    rejected: list[Reject], actor: str,
) -> tuple[int, int]:  # fmt: skip
    """Appends judgements in one transaction: those kept, and those there before."""
    items, kept, there = _Items(room, task_id), 0, 0
    with room.database.writing() as session:
        of_task = select(JudgementRow, AssignmentRow).join(
            AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id
        ).where(AssignmentRow.task_id == task_id)  # fmt: skip
        said = session.execute(of_task.order_by(JudgementRow.number)).tuples().all()
        keys = {row.key for row, _ in said}
        last = {assignment.id: row for row, assignment in said}
        mine = select(AssignmentRow).where(AssignmentRow.task_id == task_id, AssignmentRow.showing == 1)
        assigned = {(row.item_id, row.reviewer_id): row for row in session.scalars(mine)}
        for each in given:
            found = items.of(each)
            if len(found) != 1:
                rejected.append(
                    _reject(each.row, title, f"{len(found)} items of the task have its prompt and its answers")
                )
                continue
            [item] = found
            who, own = people[each.who], _in_own_order(each, item)
            key = _key(item, who, own, each.when)
            if key in keys or each.row.id in keys:  # the room's own, come back
                there += 1
                continue
            row = assigned.get((item.id, who.id))
            before = last.get(row.id) if row is not None else None
            if before is not None and (why := _why_not_over(before, each)):
                rejected.append(_reject(each.row, title, why))
                continue
            if row is None:
                row = AssignmentRow(
                    ref=token_urlsafe(16), task_id=task_id, item_id=item.id, reviewer_id=who.id, showing=1,
                    order=order_of(room.secret, who.id, item.id, len(item.answers), again=False), again=False,
                    reserved_until=now(),
                )  # fmt: skip
                session.add(row)
                session.flush()
                assigned[item.id, who.id] = row
            row.judged, row.skipped = now(), None
            from_where = Imported(form=form, row=each.row.id, when=each.row.provenance.when)
            last[row.id] = JudgementRow(
                key=key, assignment_id=row.id, received=now(), client_when=each.when,
                said=own.model_dump(mode="json"), supersedes=before.key if before is not None else None,
                imported=from_where.model_dump(mode="json"),
            )  # fmt: skip
            session.add(last[row.id])
            keys.add(key)
            kept += 1
        if kept:
            log(session, actor, "judgements imported", f"task {task_id}: {kept} from {title}")
    return kept, there


def _in_own_order(given: Given, item: ItemRow) -> Said:
    """What was said, in the item's own order."""
    _, names = content_of(given.prompt, given.answers)
    places = [names.index(name) for name in item.answers]
    match given.said:
        case PairJudgement(choice="first" | "second") if places != [0, 1]:
            return given.said.model_copy(update={"choice": "second" if given.said.choice == "first" else "first"})
        case RankJudgement(ranks=tuple(ranks)):
            return given.said.model_copy(update={"ranks": tuple(ranks[place] for place in places)})
        case _:
            return given.said


def _why_not_over(before: JudgementRow, given: Given) -> str:
    """Why what is there stays; "" where it may be superseded."""
    if before.imported is None:
        return f"{given.who} said something of it in the room, which stands"
    if given.when is not None and before.client_when is not None and given.when < before.client_when:
        return f"{given.who} judged it again later, by what was imported before"
    return ""


def _key(item: ItemRow, who: Reviewer, said: Said, when: datetime | None) -> str:
    """The same for the same thing said by the same person of the same item at the same time."""
    return "imported-" + digest([item.digest, who.id, said.model_dump(mode="json"), when and when.isoformat()])[:40]


def _reject(row: Supervision, title: str, why: str) -> Reject:
    first = next(iter(_texts(row)), "")
    return Reject(source=title, row=row.id, reason=why, excerpt=first[:120])


def _texts(row: Supervision) -> Iterator[str]:
    for message in row.prompt:
        yield message.content
