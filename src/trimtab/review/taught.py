"""From what people said in a room to rows of supervision, each with who, when, by which question, in which order shown.

Whatever makes no row is in the reject log with the reason, so that rows and rejects add up to what stands.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import UserError, option
from ..records import (
    LEADS_WORD,
    Claim,
    Comparison,
    Completion,
    Critique,
    Demonstration,
    Edit,
    Flag,
    Judgement,
    Message,
    Provenance,
    Ranking,
    RankJudgement,
    Rating,
    Reject,
    RubricJudgement,
    Supervision,
    Thumb,
    settled,
)
from .records import Task
from .store import judgements, read_item, read_task, task_numbers
from .strength import with_strength
from .tables import ItemRow

JUDGE = "people"
"""Who judged, for whatever tells people from models; `annotator` is the person."""
_OPEN = "the reviewer could not tell"
_AGAIN = "the item's second showing, which tells how steady a reviewer is and would count them twice"
_FEW = "fewer than {} reviewers have judged its item"


SETTLED = 1_000_000
"""How many reviewers a lead's word counts for."""


@dataclass(frozen=True)
class Reviewed:
    """A judgement that stands, with what was judged; `sources` are whose the answers are, in the item's own order."""

    prompt: tuple[Message, ...]
    answers: tuple[str, ...]
    sources: tuple[str, ...]
    judgement: Judgement


@dataclass(frozen=True)
class Heard:
    """What a task's reviewers said: what stands, how many items are `judged` by enough of them, of how many `shown`."""

    task: Task
    reviewed: tuple[Reviewed, ...]
    judged: int
    shown: int


@dataclass(frozen=True)
class Taught:
    """Rows of supervision, and the judgements that make none."""

    rows: tuple[Supervision, ...]
    rejected: tuple[Reject, ...]


def only_task(session: Session, place: str, task: int | None = None) -> int:
    """The task of that number, or the room's only one. Raises UserError where there is no such, or several."""
    there = task_numbers(session)
    if task in there or (task is None and len(there) == 1):
        return task or there[0]
    told = ", ".join(f"{number} ({found[0].title})" for number in there if (found := read_task(session, number)))
    raise UserError(
        f"The room is {place}" + (f", and its task {task}." if task is not None else "."),
        f"It holds {'the tasks ' + told if there else 'no task yet'}.",
        f"Say which by {option('task')}, or `task:` in a spec." if there else "Fill it: `trimtab review RUN|FILE`.",
    )


def heard(session: Session, task_id: int, per_item: int = 1, items: Collection[str] | None = None) -> Heard:
    """What stands of a task, in the order of arrival, of an item that a lead settled the lead's word alone; items count
    as judged from `per_item` reviewers on, and settled ones. With `items`, digests, of these alone.

    Raises UserError of a task on files of media.
    """
    found = read_task(session, task_id)
    assert found is not None, f"there is no task {task_id}"
    every = session.scalars(select(ItemRow).where(ItemRow.task_id == task_id))
    wanted = None if items is None else set(items)
    rows = {row.digest: row for row in every if wanted is None or row.digest in wanted}
    said = [each for each in settled(judgements(session, task_id)) if each.item in rows]
    if any(row.modality != "text" for row in rows.values()):
        raise UserError(
            f"The task {found[0].title!r} is on images, video or audio.",
            "Its answers are files, and what is trained here is text.",
            f"Name a task on text by {option('task')}; what was said of files is exported as a journal.",
        )
    reviewed: list[Reviewed] = []
    texts = {name: read_item(session, rows[name]) for name in dict.fromkeys(each.item for each in said)}
    for each in said:
        prompt, answers = texts[each.item]
        reviewed.append(Reviewed(prompt, tuple(answers), tuple(rows[each.item].sources), each))
    shown = sum(not row.held for row in rows.values())
    counts = reviewers_of(said)
    return Heard(found[0], tuple(reviewed), sum(count >= per_item for count in counts.values()), shown)


def reviewers_of(said: Sequence[Judgement]) -> Counter[str]:
    """How many people have judged each item when they first saw it; a lead's word is as good as any number."""
    counts = Counter(item for item, _ in {(each.item, each.reviewer) for each in said if each.showing == 1})
    return counts | Counter({each.item: SETTLED for each in said if each.showing == LEADS_WORD})


def check_axis(task: Task, axis: str | None) -> None:
    """Raises UserError where the task has no such axis."""
    rubric = task.rubric
    if axis is not None and axis not in [each.id for each in (rubric.axes if rubric else ())]:
        why = (
            f"The task's axes are {', '.join(each.id for each in rubric.axes)}." if rubric else "It asks for no rubric."
        )
        raise UserError(
            f"The axis is {axis!r}, and the task is of the kind {task.kind}.",
            why,
            f"Correct {option('axis')} or leave it out.",
        )


def taught(found: Heard, source: str, *, per_item: int = 1, axis: str | None = None) -> Taught:
    """The rows that judgements make; of a rubric's, the marks of one `axis`, or their mean. `source` is the room.

    Raises UserError where the task has no such axis.
    """
    check_axis(found.task, axis)
    counts = reviewers_of([each.judgement for each in found.reviewed])
    rows: list[Supervision] = []
    rejected: list[Reject] = []
    for each in found.reviewed:
        said = each.judgement
        if said.showing > 1:
            made: list[Supervision] | str = _AGAIN
        elif counts[said.item] < per_item:
            made = _FEW.format(per_item)
        else:
            made = list(_made(each, found.task, source, axis)) or _why_none(each)
        if isinstance(made, str):
            rejected.append(Reject(source=source, row=said.id, reason=made, excerpt=each.answers[0][:120]))
        else:
            rows += made
    return Taught(tuple(rows), tuple(rejected))


def _made(each: Reviewed, task: Task, source: str, axis: str | None) -> Iterator[Supervision]:
    """The rows of one judgement; none where it teaches nothing."""
    said, prompt, name = each.judgement.said, each.prompt, each.judgement.id
    answers, told = [_turn(text) for text in each.answers], _provenance(each, task, source)
    match said.kind:
        case "pair":
            match said.choice:
                case "first" | "second":
                    best = 0 if said.choice == "first" else 1
                    yield Comparison(
                        id=name, prompt=prompt, chosen=answers[best], rejected=answers[1 - best],
                        chosen_model=each.sources[best], rejected_model=each.sources[1 - best], provenance=told,
                    )  # fmt: skip
                case "tie":
                    yield Ranking(id=name, prompt=prompt, completions=tuple(answers), ranks=(1, 1), provenance=told)
                case "both bad":
                    for place, answer in enumerate(answers, 1):
                        yield Thumb(
                            id=f"{name}/{place}", prompt=prompt, completion=answer, label=False, provenance=told
                        )
                case "cannot tell":
                    return
        case "rank":
            yield from _ordered(each, said, told)
        case "rubric":
            yield from _graded(each, said, task, axis, told)
        case "rating":
            if said.rating is not None:
                low, high = task.scale
                yield Rating(
                    id=name, prompt=prompt, completion=answers[0], rating=said.rating, low=low, high=high,
                    annotator=each.judgement.reviewer, provenance=told,
                )  # fmt: skip
        case "thumb":
            if said.liked is not None:
                yield Thumb(id=name, prompt=prompt, completion=answers[0], label=said.liked, provenance=told)
        case "edit":
            if said.text == each.answers[0]:
                as_it_is = told.model_copy(update={"why": told.why or "nothing is to be changed"})
                yield Demonstration(id=name, prompt=prompt, completion=answers[0], provenance=as_it_is)
            else:
                yield Edit(id=name, prompt=prompt, before=answers[0], after=_turn(said.text), provenance=told)
        case "flag":
            if said.flags:
                rules = "; ".join(dict.fromkeys(f"{flag.rule} ({flag.rule_version})" for flag in said.flags))
                ruled = told.model_copy(update={"rule": rules})
                words = "\n".join(_flagged(flag) for flag in said.flags if isinstance(flag, Flag))
                yield Critique(id=name, prompt=prompt, completion=answers[0], critique=words, provenance=ruled)
        case "claims":
            wrong = [claim for claim in said.claims if claim.verdict != "true"]
            if wrong:
                words = "\n".join(map(_unfounded, wrong))
                yield Critique(id=name, prompt=prompt, completion=answers[0], critique=words, provenance=told)
        case "critique":
            yield Critique(id=name, prompt=prompt, completion=answers[0], critique=said.critique, provenance=told)
        case "skip" | "withdrawn":
            return
        case _:
            assert_never(said)


def _ordered(each: Reviewed, said: RankJudgement, told: Provenance) -> Iterator[Ranking]:
    """The answers in the order of their ranks."""
    if said.ranks is None:
        return
    places = sorted(range(len(said.ranks)), key=said.ranks.__getitem__)
    yield Ranking(
        id=each.judgement.id,
        prompt=each.prompt,
        completions=tuple(_turn(each.answers[place]) for place in places),
        ranks=tuple(said.ranks[place] for place in places),
        provenance=told,
    )


def _graded(each: Reviewed, said: RubricJudgement, task: Task, axis: str | None, told: Provenance) -> Iterator[Rating]:
    """A rating by one axis on its own scale, or by the mean of all, each from 0 to 1 and of like weight."""
    assert task.rubric is not None
    axes = [one for one in task.rubric.axes if axis in (None, one.id)]
    marks = {one.id: mark for one in axes if (mark := said.marks.get(one.id)) is not None}
    if len(marks) < len(axes):
        return
    reasons = "; ".join(f"{one.title} {marks[one.id]} of {len(one.anchors)}" for one in axes)
    words = [said.why, *(reason for name, reason in said.reasons.items() if name in marks and reason)]
    alone = len(axes) == 1
    rule = f"{task.rubric.name}: {axes[0].title}" if alone else f"{task.rubric.name}: the mean of its axes"
    share = sum((marks[one.id] - 1) / (len(one.anchors) - 1) for one in axes) / len(axes)
    yield Rating(
        id=each.judgement.id,
        prompt=each.prompt,
        completion=_turn(each.answers[0]),
        rating=marks[axes[0].id] if alone else share,
        low=1 if alone else 0,
        high=len(axes[0].anchors) if alone else 1,
        annotator=each.judgement.reviewer,
        provenance=told.model_copy(update={"rule": rule, "why": ". ".join(filter(None, [reasons, *words]))}),
    )


def _why_none(each: Reviewed) -> str:
    match each.judgement.said.kind:
        case "flag":
            return "nothing in it was flagged, which does not say that it is good"
        case "claims":
            return "no claim in it was found false or unsupported, which does not say that it is good"
        case _:
            return _OPEN


def _provenance(each: Reviewed, task: Task, source: str) -> Provenance:
    one = each.judgement
    why = getattr(one.said, "why", "")
    strength = getattr(one.said, "strength", None)
    if strength is not None:
        why = with_strength(why, strength)
    return Provenance(
        source=source,
        judge=JUDGE,
        why=why,
        rule=task.question or None,
        when=(one.imported and one.imported.when) or one.when.isoformat(timespec="seconds"),
        annotator=one.reviewer,
        order=one.order,
        shown_ms=one.shown_ms,
    )


def _flagged(flag: Flag) -> str:
    return f"“{flag.quote}” breaks the rule {flag.rule}" + (f": {flag.note}" if flag.note else ".")


def _unfounded(claim: Claim) -> str:
    return f"“{claim.quote}” is {claim.verdict}" + (f" ({claim.source})." if claim.source else ".")


def _turn(text: str) -> Completion:
    return (Message(role="assistant", content=text),)
