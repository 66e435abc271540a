"""How good the judgements of a task are, for its leads: the figures of `trimtab.people` on what stands.

Gold items are left out of agreement and of the share, because all reviewers judge them. Both are taken from the
items that came by chance and are judged in full (`sampled`), until all are: the others came first for what
was said of them. So are the report's, which tells the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..people import (
    Agreement,
    Gold,
    Ranked,
    RankingAgreement,
    Said,
    Shown,
    agreement,
    agreement_needed,
    consistency,
    gold,
    people_share,
    ranking_agreement,
    share_needed,
    side_bias,
)
from ..records import (
    ClaimJudgement,
    FlagJudgement,
    Judgement,
    PairJudgement,
    RubricJudgement,
    standing,
)
from ..records import Said as Words
from ..stats import Level
from .alike import alike
from .records import Task
from .sampled import Sampled, sampled
from .store import judgements, read_task
from .tables import AssignmentRow, AuditRow, ItemRow, JudgementRow
from .values import value_of

RELIABLE = 0.667
"""The least alpha from which tentative conclusions are drawn (Krippendorff, Content Analysis, 2004, page 241)."""
EVEN = 0.5
_SAID: TypeAdapter[Words] = TypeAdapter(Words)
_Answer = str | float | bool | None


@dataclass(frozen=True)
class Quality:
    """Sentences for a lead: agreement by what is asked, each reviewer's own figures (name, sentences), the share that
    the task asks for, what would decide, and the names of those whom gold items warn of."""

    agreement: tuple[str, ...]
    reviewers: tuple[tuple[str, tuple[str, ...]], ...]
    share: tuple[str, ...]
    more: tuple[str, ...]
    warned: tuple[str, ...]
    gold_items: int


@dataclass(frozen=True)
class _Measure:
    name: str
    level: Level
    answer: Callable[[Words], _Answer]


def quality(session: Session, task_id: int) -> Quality:
    """The figures of a task, from its standing judgements. Raises ValueError as `trimtab.people` does."""
    found = read_task(session, task_id)
    assert found is not None, f"there is no task {task_id}"
    task, plan = found
    rows = list(session.scalars(select(ItemRow).where(ItemRow.task_id == task_id, ItemRow.held == "")))
    known = {row.digest: _SAID.validate_python(row.gold) for row in rows if row.gold is not None}
    entries = list(judgements(session, task_id))
    stands = [each for each in standing(entries) if each.showing > 0]
    firsts = [each for each in stands if each.showing == 1]
    plain = [each for each in firsts if each.item not in known]
    wanted = [row for row in rows if row.digest not in known]
    of = sampled([row.digest for row in wanted], entries, plan.per_item, task_id)
    fair, over = [each for each in plain if each.item in of.sample], _over(of, len(wanted))
    told, more = _agreement(task, fair, over) if plain else ((), ())
    share, decides = _share(task, wanted, fair, over)
    right = gold([(each.reviewer, alike(known[each.item], each.said)) for each in firsts if each.item in known])
    return Quality(
        agreement=told,
        reviewers=_reviewers(stands, right),
        share=share,
        more=more + decides,
        warned=tuple(each.reviewer for each in right if each.warned),
        gold_items=len(known),
    )


def changes(session: Session, task_id: int) -> tuple[int, ...]:
    """What changes with a task's figures: judgements, items that are shown, gold items, and the room's changes."""
    said = (
        select(func.count())
        .select_from(JudgementRow)
        .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
        .where(AssignmentRow.task_id == task_id)
    )
    shown = select(func.count(), func.count(ItemRow.gold)).where(ItemRow.task_id == task_id, ItemRow.held == "")
    log = session.scalar(select(func.max(AuditRow.number)))
    return session.scalar(said) or 0, *session.execute(shown).one(), log or 0


def _over(of: Sampled, items: int) -> str:
    """What is missing from the figures of a sample of so many items, "" where nothing is."""
    over = ""
    if len(of.sample) + len(of.skipped) < items:
        over = f" Of the {len(of.full):,} judged in full, {len(of.sample):,} came by chance."
    if of.skipped:
        over += f" {len(of.skipped):,} that somebody skipped {'is' if len(of.skipped) == 1 else 'are'} missing from it."
    return over


def _agreement(task: Task, firsts: Sequence[Judgement], over: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Alpha of each measure, and how many more items would put each beside the line."""
    told: list[str] = []
    more: list[str] = []
    if task.kind == "rank":
        found = ranking_agreement([Ranked(e.reviewer, e.item, getattr(e.said, "ranks", None)) for e in firsts])
        return (f"Rankings: {found.says}{over}",), _more("Rankings", found)
    for measure in _measures(task):
        choices = agreement([Said(e.reviewer, e.item, measure.answer(e.said)) for e in firsts], measure.level)
        told.append(f"{measure.name}: {choices.says}{over}")
        more += _more(measure.name, choices)
    return tuple(told), tuple(more)


def _more(name: str, found: Agreement | RankingAgreement) -> tuple[str, ...]:
    """How many more items would put alpha beside the line."""
    needed = agreement_needed(found, RELIABLE)
    if not needed:
        return ()
    return (
        f"{name}: about {needed:,} more items that two judge would tell whether alpha is above {RELIABLE}, "
        "four times in five.",
    )


def _measures(task: Task) -> list[_Measure]:
    match task.kind:
        case "pair":
            return [_Measure("Choices", "nominal", _choice)]
        case "thumb":
            return [_Measure("Will it do", "nominal", lambda said: getattr(said, "liked", None))]
        case "rating":
            return [_Measure("Ratings", "ordinal", lambda said: getattr(said, "rating", None))]
        case "rubric":
            assert task.rubric is not None
            return [_Measure(axis.title, "ordinal", _mark(axis.id)) for axis in task.rubric.axes]
        case "flag":
            assert task.policy is not None
            return [_Measure(f"Rule {rule.id}", "nominal", _flags(rule.id)) for rule in task.policy.rules]
        case "claims":
            return [_Measure("Makes a false claim", "nominal", _false)]
        case "edit" | "critique" | "rank":
            return []


def _choice(said: Words) -> _Answer:
    assert isinstance(said, PairJudgement)
    return None if said.choice == "cannot tell" else said.choice


def _mark(axis: str) -> Callable[[Words], _Answer]:
    def mark(said: Words) -> _Answer:
        assert isinstance(said, RubricJudgement)
        return said.marks[axis]

    return mark


def _flags(rule: str) -> Callable[[Words], _Answer]:
    def flags(said: Words) -> _Answer:
        assert isinstance(said, FlagJudgement)
        return any(flag.rule == rule for flag in said.flags)

    return flags


def _false(said: Words) -> _Answer:
    assert isinstance(said, ClaimJudgement)
    return any(claim.verdict == "false" for claim in said.claims)


def _share(
    task: Task, rows: Sequence[ItemRow], firsts: Sequence[Judgement], over: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The share that a pair or a thumb asks for, over items that came by chance, and what would decide it."""
    sources = {tuple(row.sources) for row in rows}
    if task.kind == "pair" and len(sources) == 1 and len({*next(iter(sources))}) == 2:
        first, second = next(iter(sources))
        asked = f"“{second}” preferred to “{first}”"
    elif task.kind == "thumb":
        asked = "It will do"
    else:
        return (), ()
    found = people_share([(e.reviewer, e.item, value_of(task, e.said)) for e in firsts])
    decides = share_needed(found, EVEN)
    return (f"{asked}: {found.says}{over}",), (f"{asked}: {decides}",) if decides else ()


def shown_pairs(stands: Sequence[Judgement]) -> list[Shown]:
    """What was said of pairs, with the sides. Of what was imported nobody knows how it was shown: it is left out."""
    return [
        Shown(each.reviewer, each.item, each.said.choice, each.order[0] == 0, each.showing)
        for each in stands
        if isinstance(each.said, PairJudgement) and each.order
    ]


def _reviewers(stands: Sequence[Judgement], right: Sequence[Gold]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is known of each reviewer, in order of names, and of all together last."""
    shown = shown_pairs(stands)
    told: dict[str, list[str]] = {name: [] for name in sorted({each.reviewer for each in stands})}
    told[_ALL] = []
    for figure in [*(consistency(shown) + side_bias(shown) if shown else []), *right]:
        says = figure.says.removeprefix(f"{figure.reviewer or 'All reviewers together'}, ")  # the name stands above
        told[figure.reviewer or _ALL].append(f"{says[0].upper()}{says[1:]}")
    return tuple((name, tuple(sentences)) for name, sentences in told.items() if sentences)


_ALL = "All together"
