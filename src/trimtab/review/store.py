"""Putting tasks and items into a room and reading back what was said of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..records import LEADS_WORD, Imported, Judgement, Message, Said
from ..store import digest
from .database import Database
from .files import why_told
from .hints import Known, learn
from .identity import Names, why_held
from .records import MediaFile, Modality, NewItem, Plan, Side, Task
from .tables import (
    AssignmentRow,
    AuditRow,
    ContentRow,
    ItemRow,
    JudgementRow,
    PlaceRow,
    ReviewerRow,
    SettingRow,
    TaskRow,
)

_SAID: TypeAdapter[Said] = TypeAdapter(Said)
_MODALITY: TypeAdapter[Modality] = TypeAdapter(Modality)
_PROMPT = TypeAdapter(tuple[Message, ...])
_TEXT, _MESSAGES = "text/plain", "application/json"
_AT_ONCE = 500
"""Rows that are looked up in one statement."""
SECRET = "secret"
_TASKS: dict[str, Task] = {}
"""Tasks by the digest of their wording, which never changes: each request needs one."""


@dataclass(frozen=True)
class Added:
    """What putting items into a task came to: those that were new, those there before, and those held back."""

    task_id: int
    new: int
    there: int
    held: int


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def secret_of(database: Database) -> str:
    """The room's secret, drawn when it is first asked for: cookies are signed and sides are drawn by it."""
    with database.writing() as session:
        row = session.get(SettingRow, SECRET)
        if row is None:
            row = SettingRow(name=SECRET, value=token_urlsafe(32))
            session.add(row)
        return row.value


def log(session: Session, actor: str, action: str, subject: object = "") -> None:
    """Notes a change in the audit log, in the change's own transaction."""
    session.add(AuditRow(at=now(), actor=actor, action=action, subject=str(subject)))


def add_task(database: Database, task: Task, plan: Plan, actor: str) -> int:
    """The task's number, made if need be; its plan is from now on the one that is given."""
    asks, name = task.model_dump(mode="json"), digest(task.model_dump(mode="json"))
    with database.writing() as session:
        row = session.scalar(select(TaskRow).where(TaskRow.digest == name).with_for_update())
        planned = plan.model_dump(mode="json")
        if row is None:
            row = TaskRow(digest=name, asks=asks, plan=planned, made=now())
            session.add(row)
            session.flush()
            log(session, actor, "task made", f"{row.id}: {task.title}")
        elif row.plan != planned:
            log(session, actor, "plan changed", f"{row.id}: {row.plan} to {planned}")
            row.plan = planned
        return row.id


def add_items(database: Database, task_id: int, items: Sequence[NewItem], names: Names, actor: str) -> Added:
    """Puts items into a task, each once; what would give a source away is held back."""
    with database.writing() as session:
        contents: dict[str, tuple[str, str]] = {}
        rows: dict[str, ItemRow] = {}
        hints: dict[str, Known] = {}
        for item in items:
            row = item_row(task_id, item, names, contents)
            rows.setdefault(row.digest, row)
            if item.hint is not None:
                hints[row.digest] = item.hint.model_dump(mode="json")
        known = _there(session, contents)
        session.add_all(
            ContentRow(digest=name, media_type=kind, text=text)
            for name, (kind, text) in contents.items()
            if name not in known
        )
        for content in _moved(session, contents, known):
            content.text = contents[content.digest][1]
        session.flush()
        there = {row.digest: row for row in session.scalars(select(ItemRow).where(ItemRow.task_id == task_id))}
        for name, row in there.items():
            if row.gold is None and name in rows and rows[name].gold is not None:
                row.gold = rows[name].gold
                log(session, actor, "item made gold", row.id)
        new = [row for name, row in rows.items() if name not in there]
        session.add_all(new)
        session.flush()
        session.add_all(PlaceRow(item_id=row.id, task_id=task_id, hint=hints.get(row.digest)) for row in new)
        learn(session, {there[name].id: hint for name, hint in hints.items() if name in there})
        if new:
            log(session, actor, "items added", f"task {task_id}: {len(new)}")
        return Added(task_id, len(new), len(rows) - len(new), sum(bool(row.held) for row in new))


def item_row(task_id: int, item: NewItem, names: Names, contents: dict[str, tuple[str, str]]) -> ItemRow:
    """An item as it is kept, known by its digest; what it holds is put into `contents`."""
    prompt = _kept(_PROMPT.dump_json(item.prompt).decode(), _MESSAGES, contents)
    answers = [_kept_side(side, contents) for side in item.sides]
    sources = [side.source for side in item.sides]
    asked = "\n".join(message.content for message in item.prompt)
    return ItemRow(
        task_id=task_id,
        digest=digest([item.modality, prompt, answers, sources]),
        modality=item.modality,
        prompt=prompt,
        answers=answers,
        sources=sources,
        severity=item.severity,
        gold=None if item.gold is None else item.gold.model_dump(mode="json"),
        held=why_held(asked, [side.text for side in item.sides], names) or why_told(item.sides),
    )


def _kept_side(side: Side, contents: dict[str, tuple[str, str]]) -> str:
    """A file is known by its own bytes; what is kept of it is where it lies."""
    if side.media is None:
        return _kept(side.text, _TEXT, contents)
    contents.setdefault(side.media.digest, (side.media.kind, side.media.to_json()))
    return side.media.digest


def _moved(session: Session, contents: dict[str, tuple[str, str]], known: set[str]) -> list[ContentRow]:
    """Files that were in the room before and are read from another place now."""
    files = [name for name in known if contents[name][0] not in (_TEXT, _MESSAGES)]
    found: list[ContentRow] = []
    for first in range(0, len(files), _AT_ONCE):
        some = files[first : first + _AT_ONCE]
        found += session.scalars(select(ContentRow).where(ContentRow.digest.in_(some)))
    return found


def _kept(text: str, media_type: str, contents: dict[str, tuple[str, str]]) -> str:
    name = _named(text, media_type)
    contents[name] = (media_type, text)
    return name


def _named(text: str, media_type: str) -> str:
    return sha256(media_type.encode() + b"\0" + text.encode()).hexdigest()


def content_of(prompt: tuple[Message, ...], answers: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The digests by which a prompt and texts that answer it are kept, the answers' in their order."""
    asked = _named(_PROMPT.dump_json(prompt).decode(), _MESSAGES)
    return asked, tuple(_named(text, _TEXT) for text in answers)


def _there(session: Session, contents: dict[str, tuple[str, str]]) -> set[str]:
    names = list(contents)
    found: set[str] = set()
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        found |= set(session.scalars(select(ContentRow.digest).where(ContentRow.digest.in_(some))))
    return found


def read_task(session: Session, task_id: int) -> tuple[Task, Plan] | None:
    """A task and its plan, or None where there is none of that number."""
    row = session.execute(select(TaskRow.digest, TaskRow.plan).where(TaskRow.id == task_id)).first()
    if row is None:
        return None
    task = _TASKS.get(row.digest)
    if task is None:
        asks = session.scalar(select(TaskRow.asks).where(TaskRow.id == task_id))
        if len(_TASKS) >= _AT_ONCE:
            _TASKS.clear()
        task = _TASKS[row.digest] = Task.model_validate(asks)
    return task, Plan.model_validate(row.plan)


def task_made(session: Session, task_id: int) -> datetime:
    """When a task was made, in UTC."""
    return session.execute(select(TaskRow.made).where(TaskRow.id == task_id)).scalar_one()


def read_item(session: Session, item: ItemRow) -> tuple[tuple[Message, ...], list[str]]:
    """An item's prompt and its answers, in the item's own order; of a file, its `MediaFile` as JSON."""
    return read_items(session, [item])[0]


def read_items(session: Session, items: Sequence[ItemRow]) -> list[tuple[tuple[Message, ...], list[str]]]:
    """Prompts and answers of at most a desk's items, in one statement."""
    wanted = {name for item in items for name in (item.prompt, *item.answers)}
    found = session.execute(select(ContentRow.digest, ContentRow.text).where(ContentRow.digest.in_(wanted)))
    texts = dict(found.tuples().all())
    return [(_PROMPT.validate_json(texts[item.prompt]), [texts[name] for name in item.answers]) for item in items]


def modality_of_item(item: ItemRow) -> Modality:
    """What an item's answers are."""
    known: Modality = _MODALITY.validate_python(item.modality)
    return known


def files_of(session: Session, task_id: int) -> list[tuple[str, MediaFile]]:
    """The files of a task, each once, with the first source that it was given as; in the order of their coming."""
    found: dict[str, str] = {}
    wanted = select(ItemRow).where(ItemRow.task_id == task_id, ItemRow.modality != "text").order_by(ItemRow.id)
    for item in session.scalars(wanted):
        for name, source in zip(item.answers, item.sources, strict=True):
            found.setdefault(name, source)
    names = list(found)
    texts: dict[str, str] = {}
    for first in range(0, len(names), _AT_ONCE):
        rows = select(ContentRow.digest, ContentRow.text).where(ContentRow.digest.in_(names[first : first + _AT_ONCE]))
        texts |= dict(session.execute(rows).tuples().all())
    return [(source, MediaFile.from_json(texts[name])) for name, source in found.items()]


def progress(session: Session, task_id: int) -> tuple[int, int, Counter[str]]:
    """Items that can be judged, those judged by as many as planned, and judged items by reviewer."""
    found = read_task(session, task_id)
    assert found is not None, f"there is no task {task_id}"
    shown = select(ItemRow.id).where(ItemRow.task_id == task_id, ItemRow.held == "").subquery()
    judged = (
        select(AssignmentRow.item_id)
        .join(shown, shown.c.id == AssignmentRow.item_id)
        .where(AssignmentRow.judged.is_not(None), AssignmentRow.showing == 1)
        .group_by(AssignmentRow.item_id)
        .having(func.count() >= found[1].per_item)
        .subquery()
    )
    people = session.execute(
        select(ReviewerRow.name, func.count())
        .join(AssignmentRow, AssignmentRow.reviewer_id == ReviewerRow.id)
        .where(AssignmentRow.task_id == task_id, AssignmentRow.judged.is_not(None), AssignmentRow.showing != LEADS_WORD)
        .group_by(ReviewerRow.name)
    )
    count = session.scalar(select(func.count()).select_from(shown)) or 0
    return count, session.scalar(select(func.count()).select_from(judged)) or 0, Counter(dict(people.tuples().all()))


def judgements(session: Session, task_id: int | None = None) -> Iterator[Judgement]:
    """Everything that was said, in the order of arrival; of one task, or of all."""
    wanted = (
        select(JudgementRow, AssignmentRow, ItemRow.digest, ReviewerRow.name)
        .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .join(ReviewerRow, ReviewerRow.id == AssignmentRow.reviewer_id)
        .order_by(JudgementRow.number)
    )
    if task_id is not None:
        wanted = wanted.where(AssignmentRow.task_id == task_id)
    for row, assignment, item, name in session.execute(wanted).tuples():
        yield Judgement(
            id=row.key,
            item=item,
            reviewer=name,
            when=row.received,
            said=_SAID.validate_python(row.said),
            order=() if row.imported else tuple(assignment.order),
            showing=assignment.showing,
            shown_ms=row.shown_ms,
            client_when=row.client_when,
            supersedes=row.supersedes,
            imported=Imported.model_validate(row.imported) if row.imported else None,
        )


def task_numbers(session: Session) -> list[int]:
    """The tasks of the room, in the order in which they were made."""
    return list(session.scalars(select(TaskRow.id).order_by(TaskRow.id)))
