"""What people said in a review room, as files for trainers, tables, and readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..data import (
    MARGIN,
    TARGETS,
    Feedback,
    Target,
    Trained,
    no_feedback,
    read_feedback,
    title_of,
    written,
)
from ..errors import UserError, option
from ..records import PeopleLabel, Rating, Reject, to_jsonl
from ..store import write_atomic
from .data import told_of
from .redact import redaction
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars

    from ..review import TaskFile

Form = Target | Literal["journal", "judge-labels"]
FORMS: tuple[Form, ...] = ("journal", *TARGETS, "judge-labels")


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


@dataclass(frozen=True, repr=False)
class ReviewExport(Result):
    """What was written where, of so many judgements; a row of the frame is a judgement that made no row."""

    out: Path
    counts: dict[str, int]
    judged: int
    rejected: tuple[Reject, ...]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What was written."""
        if "entries" in self.counts:
            return f"{self.out}: {self.judged:,} {'entry' if self.judged == 1 else 'entries'}"
        told = ", ".join(_counted(n, kind) for kind, n in self.counts.items())
        stand = f"{_counted(self.judged, 'judgement')} that {'stands' if self.judged == 1 else 'stand'}"
        return f"{self.out}: {told} of {stand}, {len(self.rejected):,} rejected"

    def to_frame(self) -> "polars.DataFrame":
        """A row a reject: source, row, reason, excerpt."""
        return _rejects(self.rejected)


def export_review(
    room: str, out: str | Path, *, to: Form = "journal", task: int | None = None, kind: Trained | None = None,
    axis: str | None = None, per_item: int = 1, margin: float = MARGIN, redact: bool = False,
) -> ReviewExport:  # fmt: skip
    """Writes what people said in a room to a file that must not be there yet.

    The `journal` holds every entry, superseded ones too, of one `task` or all. Every other form holds the rows that the
    judgements of one task make which stand (docs/review.md): items that `per_item` people have judged, of a rubric one
    `axis` or the mean. TRL's and OpenAI's files hold one `kind`: thumbs of a task of thumbs, comparisons of every other
    unless told. `judge-labels` holds a row a pair, with how many people said what. With `redact` nothing in it tells
    who a reviewer is. Raises UserError where nothing can be written.
    """
    from ..review import heard, judgements, labels_of, only_task, reading_room, room_name, taught

    if to not in FORMS:
        raise UserError(f"{option('to')} is {to}.", "No such form is written.", f"Give one of {', '.join(FORMS)}.")
    place = Path(out)
    if place.exists():
        raise UserError(f"The file to write is {place}.", "It is there already.", "Give another name.")
    with reading_room(room) as session:
        number = only_task(session, room, task) if task is not None or to != "journal" else None
        entries = list(judgements(session, number))
        hidden = redaction(entries)
        if to == "journal":
            kept = [hidden.judgement(each) if redact else each for each in entries]
            write_atomic(place, "".join(each.to_json() + "\n" for each in kept))
            return ReviewExport(place, {"entries": len(kept)}, len(kept), (), hidden.told if redact else ())
        assert number is not None
        found = heard(session, number, per_item)
        if to == "judge-labels":
            labels = [hidden.row(each) if redact else each for each in labels_of(found, per_item)]
            return _labels(place, room, labels, len(found.reviewed), hidden.told if redact else ())
        made = taught(found, room_name(room), per_item=per_item, axis=axis)
    rows = [hidden.row(row) for row in made.rows] if redact else list(made.rows)
    wanted: Trained | None = kind
    if kind is None and to in ("trl", "openai"):
        wanted = "thumb" if found.task.kind == "thumb" else "comparison"
    if not rows:
        why = f"the first: {made.rejected[0].reason}" if made.rejected else "nobody has judged anything yet"
        raise UserError(f"The room is {room}.", f"Nothing said there makes a row; {why}.", "Judge more of it.")
    done = written(rows, to, wanted, margin)
    write_atomic(place, done.text)
    counts = {str(name): count for name, count in done.counts.items()}
    hide = {"excerpt": ""}
    left = [one.model_copy(update=hide | {"row": hidden.ids[one.row]}) if redact else one for one in made.rejected]
    rejected = (*left, *done.rejected)
    return ReviewExport(place, counts, len(found.reviewed), rejected, (*done.notes, *(hidden.told if redact else ())))


def _labels(place: Path, room: str, labels: Sequence[PeopleLabel], judged: int, notes: tuple[str, ...]) -> ReviewExport:
    if not labels:
        raise UserError(f"The room is {room}.", "Of no pair have enough people said which is better.", "Judge more.")
    write_atomic(place, to_jsonl(labels))
    return ReviewExport(place, {"label": len(labels)}, judged, (), notes)


@dataclass(frozen=True, repr=False)
class ReviewImport(Result):
    """What became of a file's judgements in a task of a room; a row of the frame is a judgement that was not taken in.

    `kept` are new, `there` were in the room before, `new_items` were made for them.
    """

    room: str
    task: int
    kept: int
    there: int
    new_items: int
    reviewers: tuple[str, ...]
    forms: tuple[str, ...]
    rejected: tuple[Reject, ...]

    @property
    def summary(self) -> str:
        """What was taken in."""
        return (
            f"{self.room}, task {self.task}: {_counted(self.kept, 'judgement')} taken in, {self.there:,} there before, "
            f"of {_counted(len(self.reviewers), 'reviewer')}; {_counted(self.new_items, 'new item')}, "
            f"{len(self.rejected):,} rejected"
        )

    def to_frame(self) -> "polars.DataFrame":
        """A row a reject: source, row, reason, excerpt."""
        return _rejects(self.rejected)


def import_review(
    room: str, path: str | Path, *, reviewer: str | None = None, task: int | None = None, actor: str = "an import",
    form: str | None = None, scale: tuple[float, float] | None = None, columns: Mapping[str, str] | None = None,
) -> ReviewImport:  # fmt: skip
    """Takes what people judged elsewhere (Label Studio, Argilla, any feedback that names them) into a room's task.

    Judgements are by the annotators that the file names, and by `reviewer` where it names none. Without a task the
    room's only one is taken, or one is made. `form`, `scale` and `columns` are as in `feedback`. Raises UserError where
    nothing can be read, or the task is another.
    """
    from ..review import Plan, add_task, kind_asked, make_task, only_task, open_room, take_in, task_numbers

    found = read_feedback(path, told_of(form, scale, columns))
    if not found.kept:
        raise no_feedback([found])
    title, asked = title_of(path), next((kind for row in found.kept if (kind := kind_asked(row))), None)
    opened = open_room(room)
    try:
        with opened.database.reading() as session:
            number = only_task(session, room, task) if task is not None or task_numbers(session) else None
        if number is None:
            if asked is None:
                raise UserError(f"{path} was given.", "No task asks for what it holds.", "docs/review.md has them.")
            number = add_task(opened.database, make_task(asked, title, _scaled(found)), Plan(), actor)
        forms = " and ".join(line.partition(":")[0] for line in found.forms) or title
        done = take_in(opened, number, found.kept, forms, title, actor, reviewer)
    finally:
        opened.database.close()
    rejected = (*found.rejected, *done.rejected)
    return ReviewImport(room, number, done.kept, done.there, done.new_items, done.reviewers, found.forms, rejected)


def _scaled(found: Feedback) -> "TaskFile | None":
    """A task with the scale of the first rating, where that has whole steps."""
    from ..review import TaskFile

    scale = next(((row.low, row.high) for row in found.kept if isinstance(row, Rating)), None)
    return TaskFile(scale=(int(scale[0]), int(scale[1]))) if scale is not None else None


def _rejects(rejected: Sequence[Reject]) -> "polars.DataFrame":
    import polars as pl

    columns = dict.fromkeys(("source", "row", "reason", "excerpt"), pl.String)
    return frame_of([one.model_dump() for one in rejected], columns)
