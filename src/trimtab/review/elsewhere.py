"""What rows of a file say, as judgements of a task's kind, their answers in an order that tells nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ..data import UNKNOWN
from ..records import (
    Comparison,
    Critique,
    CritiqueJudgement,
    Edit,
    EditJudgement,
    Message,
    PairJudgement,
    Ranking,
    RankJudgement,
    Rating,
    RatingJudgement,
    Said,
    Supervision,
    Thumb,
    ThumbJudgement,
    kind_of,
)
from .records import RANKED, Task, TaskKind
from .sources import spoken
from .strength import strength_in
from .taught import JUDGE

_UNTOLD = (UNKNOWN, JUDGE)
"""Judges that are no model's name."""
_YEARS = range(2000, 2100)


class NotTaken(ValueError):
    """Why a judgement is not taken in."""


@dataclass(frozen=True)
class Given:
    """A judgement of a file: of these answers, in an order that does not depend on what was said, this was said."""

    row: Supervision
    prompt: tuple[Message, ...]
    answers: tuple[str, ...]
    sources: tuple[str | None, ...]
    said: Said
    who: str
    when: datetime | None


def kind_asked(row: Supervision) -> TaskKind | None:
    """The kind of task whose answer a row is; None where there is none."""
    match row:
        case Comparison():
            return "pair"
        case Ranking():
            return "pair" if len(row.completions) < RANKED[0] else "rank"
        case Rating():
            return "rating"
        case Thumb():
            return "thumb"
        case Edit():
            return "edit"
        case Critique():
            return "critique"
        case _:
            return None


def given_of(row: Supervision, task: Task, form: str, reviewer: str | None) -> Given:
    """Raises NotTaken."""
    told = row.provenance
    if told.judge not in (*_UNTOLD, told.annotator):
        raise NotTaken(f"its judge is {told.judge}, and a room holds what people said")
    who = told.annotator or reviewer
    if who is None:
        raise NotTaken("nobody is named as its annotator: say who it was (--reviewer)")
    if kind_asked(row) != task.kind:
        raise NotTaken(f"it is a {kind_of(row)}, and the task is of the kind {task.kind}")
    answers, sources, said = _said(row, task)
    if len({*answers}) < len(answers):
        raise NotTaken("two of its answers are the same text")
    if not all(answer.strip() for answer in answers) or "\0" in "".join(answers):
        raise NotTaken("an answer is empty, or holds a sign that no database keeps (NUL)")
    named = f"{form} {who}" if who.isdecimal() else who  # elsewhere 7 is somebody else
    return Given(row, row.prompt, answers, sources, said, named, _moment(told.when))


def _said(row: Supervision, task: Task) -> tuple[tuple[str, ...], tuple[str | None, ...], Said]:
    why = row.provenance.why
    match row:
        case Comparison():
            models = (row.chosen_model, row.rejected_model)
            return _pair(spoken(row.chosen), spoken(row.rejected), models, False, why)
        case Ranking():
            texts = tuple(spoken(each) for each in row.completions)
            if task.kind == "pair":
                return _pair(texts[0], texts[1], (None, None), row.ranks[0] == row.ranks[1], why)
            if len(texts) > RANKED[1]:
                raise NotTaken(f"it ranks {len(texts)} answers, and a task at most {RANKED[1]}")
            order = sorted(range(len(texts)), key=texts.__getitem__)
            dense = {rank: place for place, rank in enumerate(sorted({*row.ranks}), 1)}
            ranks = tuple(dense[row.ranks[place]] for place in order)
            return tuple(texts[place] for place in order), (None,) * len(texts), RankJudgement(ranks=ranks, why=why)
        case Rating():
            low, high = task.scale
            if row.low != low or row.high != high:
                told = f"its scale is {row.low:g} to {row.high:g}, and the task's {low} to {high}"
                raise NotTaken(f"{told}: say which it is (--scale)")
            if not row.rating.is_integer():
                raise NotTaken(f"its rating is {row.rating:g}, and the task's scale has whole steps")
            return (spoken(row.completion),), (None,), RatingJudgement(rating=int(row.rating), why=why)
        case Thumb():
            return (spoken(row.completion),), (None,), ThumbJudgement(liked=row.label, why=why)
        case Edit():
            return (spoken(row.before),), (None,), EditJudgement(text=spoken(row.after), why=why)
        case Critique(revision=None):
            return (spoken(row.completion),), (None,), CritiqueJudgement(critique=row.critique, why=why)
        case _:
            raise NotTaken(f"it is a {kind_of(row)} that no task asks for")


def _pair(
    better: str, worse: str, models: tuple[str | None, str | None], tie: bool, why: str
) -> tuple[tuple[str, ...], tuple[str | None, ...], Said]:
    """A pair in an order that does not tell which is better: by whose the answers are, then by their texts."""
    why, strength = strength_in(why)
    (first, _), (second, _) = sides = sorted(
        zip((better, worse), models, strict=True), key=lambda one: (one[1] or "", one[0])
    )
    said = PairJudgement(
        choice="tie" if tie else "first" if first == better else "second", strength=None if tie else strength, why=why
    )
    return (first, second), tuple(model for _, model in sides), said


def _moment(when: str | None) -> datetime | None:
    """A time, where it is told so that one knows when it was; what has no zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(when or "")
    except ValueError:
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return found if found.year in _YEARS else None
