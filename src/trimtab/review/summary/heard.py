"""A task's items and judgements as a report counts them, and the items from which its rates are taken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...records import LEADS_WORD, Judgement, ReviewCounts, ReviewSampling, Said, standing
from ..records import Plan, Task
from ..sampled import sampled
from ..store import judgements, read_task
from ..tables import AuditRow, ItemRow
from .hiding import Window

_SAID: TypeAdapter[Said] = TypeAdapter(Said)


@dataclass(frozen=True)
class HeardTask:
    """`items` are the task's by their digests. Of the judgements that stand and are told, `firsts` are those of items
    that are neither gold nor held back, when a reviewer first saw them; `stands` has second showings, gold items and
    leads' words too. `sample` are the items from which rates are taken."""

    number: int
    task: Task
    items: dict[str, ItemRow]
    stands: tuple[Judgement, ...]
    firsts: tuple[Judgement, ...]
    sample: frozenset[str]
    counts: ReviewCounts
    sampling: ReviewSampling

    @property
    def sampled(self) -> tuple[Judgement, ...]:
        """The first judgements of the items from which rates are taken."""
        return tuple(each for each in self.firsts if each.item in self.sample)

    @property
    def gold(self) -> dict[str, Said]:
        """What is right to say, by item, where that is known."""
        rows = self.items.values()
        return {row.digest: _SAID.validate_python(row.gold) for row in rows if row.gold is not None and not row.held}


def hear(session: Session, number: int, window: Window) -> HeardTask:
    """Reads a task. What stands is what stands now, whatever the window; the sample does not depend on it either."""
    found = read_task(session, number)
    assert found is not None, f"there is no task {number}"
    task, plan = found
    rows = session.scalars(select(ItemRow).where(ItemRow.task_id == number).order_by(ItemRow.id))
    items = {row.digest: row for row in rows}
    entries = list(judgements(session, number))
    stand = standing(entries)
    plain = {name for name, row in items.items() if not row.held and row.gold is None}
    sampling, sample = _sampling(session, number, plan, items, plain, entries)
    told = [each for each in stand if window.holds(each.when)]
    firsts = tuple(each for each in told if each.showing == 1 and each.item in plain)
    return HeardTask(number, task, items, tuple(told), firsts, sample, _counts(entries, told, items), sampling)


def _sampling(
    session: Session, number: int, plan: Plan, items: dict[str, ItemRow], plain: set[str], entries: Sequence[Judgement]
) -> tuple[ReviewSampling, frozenset[str]]:
    found = sampled(plain, entries, plan.per_item, number)
    waiting = plain - found.full - found.skipped - found.begun
    changes = select(func.count()).where(AuditRow.action == "plan changed", AuditRow.subject.like(f"{number}: %"))
    return (
        ReviewSampling(
            items=len(items),
            held=dict(Counter(row.held for row in items.values() if row.held)),
            gold=sum(row.gold is not None and not row.held for row in items.values()),
            full=len(found.full),
            begun=len(found.begun),
            skipped=len(found.skipped),
            waiting=len(waiting),
            sampled=len(found.sample),
            complete=not found.begun and not waiting,
            per_item=plan.per_item,
            repeat=plan.repeat if task_has_pairs(items) else 0,
            replans=session.scalar(changes) or 0,
        ),
        found.sample,
    )


def task_has_pairs(items: dict[str, ItemRow]) -> bool:
    """Whether items have two answers, which alone come again with sides swapped."""
    return any(len(row.answers) == 2 for row in items.values())


def _counts(entries: Sequence[Judgement], told: Sequence[Judgement], items: dict[str, ItemRow]) -> ReviewCounts:
    """Each entry once, by what became of it."""
    stand, inside = {each.id for each in standing(entries)}, {each.id for each in told}
    replaced = {each.supersedes for each in entries}
    kinds: Counter[str] = Counter()
    for each in entries:
        row = items[each.item]
        match each.said.kind:
            case "withdrawn":
                kind = "withdrawn"
            case _ if each.id in replaced:
                kind = "superseded"
            case "skip":
                kind = "skips"
            case _ if each.id not in inside:
                assert each.id in stand
                kind = "outside"
            case _ if each.showing == LEADS_WORD:
                kind = "leads"
            case _ if row.held:
                kind = "of_held"
            case _ if row.gold is not None:
                kind = "of_gold"
            case _:
                kind = "first" if each.showing == 1 else "again"
        kinds[kind] += 1
    names = ("first", "again", "leads", "skips", "withdrawn", "superseded", "outside", "of_gold", "of_held")
    return ReviewCounts(entries=len(entries), **{name: kinds[name] for name in names})
