"""Items on which reviewers are at odds, for a lead: what each said and why, and the word that settles it.

The lead's word is a judgement of its own kind (`records.LEADS_WORD`): theirs stay, and `records.settled` puts it over
them. A lead sees the answers as blind as reviewers do, in an order of their own; where no reviewer is right, and what
is right cannot be chosen from a list, they judge the item on the review screen themselves.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from secrets import token_urlsafe

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..records import (
    LEADS_WORD,
    FlagJudgement,
    Judgement,
    PairJudgement,
    RatingJudgement,
    RegionFlag,
    Said,
    ThumbJudgement,
    standing,
)
from .alike import NOT_GOLD, alike, in_words
from .assign import card_of
from .blind import Card, card, order_of
from .database import Database
from .records import Reviewer, Task
from .store import judgements, log, modality_of_item, now, read_item, read_task
from .tables import AssignmentRow, ItemRow, JudgementRow

_SAID: TypeAdapter[Said] = TypeAdapter(Said)
MOST_SHOWN = 50
"""Items on one page."""
NO_ITEM = "There is no such item."
SAY_WHY = "Say why, so that the reviewers can learn of it"


class CannotSettle(ValueError):
    """Why a lead's word cannot be kept, in words for the lead."""


@dataclass(frozen=True)
class Word:
    """What somebody said of an item; `key` is that judgement's own."""

    key: str
    who: str
    said: str
    why: str


@dataclass(frozen=True)
class Odd:
    """An item at odds: its card, what was said, what else could be said, and whether it may be gold. `boxes` are the
    regions of an image that were flagged, in parts of 1, by whom and with which rule."""

    item_id: int
    card: Card
    words: tuple[Word, ...]
    others: tuple[tuple[str, str], ...]
    can_be_gold: bool
    boxes: tuple[dict[str, str | float], ...]


def items_at_odds(session: Session, secret: str, lead: Reviewer, task_id: int) -> tuple[list[Odd], int]:
    """The first items of a task that no lead has settled and on which two reviewers do not say the same, and how many
    there are."""
    found = read_task(session, task_id)
    assert found is not None, f"there is no task {task_id}"
    task = found[0]
    said: defaultdict[str, list[Judgement]] = defaultdict(list)
    settled = set()
    for each in standing(judgements(session, task_id)):
        if each.showing == LEADS_WORD:
            settled.add(each.item)
        elif each.showing == 1:
            said[each.item].append(each)
    wanted = [item for item, words in said.items() if item not in settled and _at_odds(words)]
    blur_from = found[1].blur_from
    shown = session.scalars(
        select(ItemRow).where(ItemRow.task_id == task_id, ItemRow.digest.in_(wanted[:MOST_SHOWN])).order_by(ItemRow.id)
    )
    return [_odd(session, secret, lead, task, row, said[row.digest], blur_from) for row in shown], len(wanted)


def _at_odds(words: Sequence[Judgement]) -> bool:
    return any(alike(one.said, other.said) is False for one, other in combinations(words, 2))


def _odd(
    session: Session, secret: str, lead: Reviewer, task: Task, row: ItemRow, said: Sequence[Judgement], blur_from: int
) -> Odd:
    prompt, answers = read_item(session, row)
    order = order_of(secret, lead.id, row.id, len(answers), again=False)
    others = tuple((value, in_words(each, order)) for value, each in _free(task).items())
    words = tuple(
        Word(each.id, each.reviewer, in_words(each.said, order), getattr(each.said, "why", "")) for each in said
    )
    can_be_gold = not isinstance(said[0].said, NOT_GOLD)
    shown = card("", task, prompt, answers, order, row.severity >= blur_from, modality_of_item(row))
    return Odd(row.id, shown, words, others, can_be_gold, tuple(_boxes(said)))


def _boxes(said: Sequence[Judgement]) -> Iterator[dict[str, str | float]]:
    """What a page needs to draw the regions that were flagged."""
    for each in said:
        for flag in each.said.flags if isinstance(each.said, FlagJudgement) else ():
            if isinstance(flag, RegionFlag):
                where = {"x": flag.x, "y": flag.y, "width": flag.width, "height": flag.height}
                yield {"label": f"{each.reviewer}: {flag.rule}", **where}


def _free(task: Task) -> dict[str, Said]:
    """What a lead may say whatever reviewers said, by the value that the form sends."""
    said: list[Said] = []
    match task.kind:
        case "pair":
            said = [PairJudgement(choice=choice) for choice in ("first", "second", "tie", "both bad")]
        case "thumb":
            said = [ThumbJudgement(liked=True), ThumbJudgement(liked=False)]
        case "rating":
            said = [RatingJudgement(rating=step) for step in range(task.scale[0], task.scale[1] + 1)]
        case _:
            pass
    return {f"={number}": each for number, each in enumerate(said)}


def settle(
    database: Database, secret: str, lead: Reviewer, item_id: int, word: str, why: str, *, as_gold: bool = False
) -> int:
    """Keeps a lead's word on an item, `word` being a reviewer's judgement that they stand with, or a value of `Odd`'s
    `others`; said again, it supersedes the one before. The task's number. Raises CannotSettle."""
    with database.writing() as session:
        item = session.get(ItemRow, item_id, with_for_update=True)
        if item is None:
            raise CannotSettle(NO_ITEM)
        found = read_task(session, item.task_id)
        assert found is not None
        said = _meant(session, item, found[0], word)
        if not why.strip():
            raise CannotSettle(f"{SAY_WHY}.")
        if as_gold and isinstance(said, NOT_GOLD):
            raise CannotSettle("What was said has no one right form, so that it cannot be gold.")
        said = said.model_copy(update={"why": why.strip()})
        row = _desk(session, secret, lead, item)
        have_the_word(session, lead, row, JudgementRow(key=token_urlsafe(16), said=said.model_dump(mode="json")))
        if as_gold:
            item.gold = said.model_dump(mode="json")
            log(session, lead.name, "item made gold", item_id)
        return item.task_id


def card_to_settle(database: Database, secret: str, lead: Reviewer, item_id: int) -> Card:
    """An item's card for a lead who says themselves what is right. Raises CannotSettle where there is no such item."""
    with database.writing() as session:
        item = session.get(ItemRow, item_id, with_for_update=True)
        if item is None:
            raise CannotSettle(NO_ITEM)
        return card_of(session, secret, lead, _desk(session, secret, lead, item))


def _desk(session: Session, secret: str, lead: Reviewer, item: ItemRow) -> AssignmentRow:
    """The assignment under which a lead has the word on an item, which is locked."""
    row = session.scalar(
        select(AssignmentRow).where(
            AssignmentRow.item_id == item.id,
            AssignmentRow.reviewer_id == lead.id,
            AssignmentRow.showing == LEADS_WORD,
        )
    )
    if row is None:
        row = AssignmentRow(
            ref=token_urlsafe(16),
            task_id=item.task_id,
            item_id=item.id,
            reviewer_id=lead.id,
            showing=LEADS_WORD,
            order=order_of(secret, lead.id, item.id, len(item.answers), again=False),
            again=False,
            reserved_until=now(),
        )
        session.add(row)
        session.flush()
    return row


def have_the_word(session: Session, lead: Reviewer, row: AssignmentRow, word: JudgementRow) -> None:
    """Appends a lead's word on an item, which is locked, and notes it; it supersedes the word before."""
    before = _word_before(session, row.item_id)
    row.judged = word.received = now()
    word.assignment_id, word.supersedes = row.id, before.key if before is not None else None
    session.add(word)
    session.flush()
    log(session, lead.name, "item settled", f"{row.item_id}: {word.said['kind']}")


def _meant(session: Session, item: ItemRow, task: Task, word: str) -> Said:
    free = _free(task)
    if word in free:
        return free[word]
    row = session.scalar(
        select(JudgementRow)
        .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
        .where(JudgementRow.key == word, AssignmentRow.item_id == item.id)
    )
    if row is None or row.said["kind"] in ("skip", "withdrawn"):
        raise CannotSettle("Choose what is right.")
    return _SAID.validate_python(row.said)


def _word_before(session: Session, item_id: int) -> JudgementRow | None:
    """The word that stands until now, of whichever lead."""
    rows = session.scalars(
        select(JudgementRow)
        .join(AssignmentRow, AssignmentRow.id == JudgementRow.assignment_id)
        .where(AssignmentRow.item_id == item_id, AssignmentRow.showing == LEADS_WORD)
        .order_by(JudgementRow.number)
    ).all()
    return rows[-1] if rows else None
