"""What people said in a review room, as one page and tables for whoever has to answer for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError, option
from ..records import ReviewFigures
from ..report import render_review, review_tables
from ..store import write_atomic
from .redact import Redaction, redaction
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars
    from sqlalchemy.orm import Session

    from ..review import Hiding


@dataclass(frozen=True, repr=False)
class ReviewReport(Result):
    """Where the page and its tables were written; a row of the frame is a figure of everything that was judged."""

    out: Path
    tables: tuple[Path, ...]
    figures: ReviewFigures
    notes: tuple[str, ...]

    @property
    def judged(self) -> int:
        """First judgements that stand and are told."""
        return sum(task.counts.first for task in self.figures.tasks)

    @property
    def summary(self) -> str:
        """What was written, of how much."""
        said = f"{self.judged:,} {'judgement' if self.judged == 1 else 'judgements'}"
        count = len(self.figures.tasks)
        return f"{self.out} and {len(self.tables)} tables: {said} in {count} {'task' if count == 1 else 'tasks'}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a measure: task, measure, group, estimate, low, high, judgements, items, reviewers, why_not."""
        import polars as pl

        rows = [
            {
                "task": task.number, "measure": each.title, "group": each.group, "judgements": cut.figure.n,
                **cut.figure.model_dump(),
            }
            for task in self.figures.tasks for each in task.measured for cut in each.cuts if cut.cut == "all"
        ]  # fmt: skip
        columns = {"task": pl.Int64, "measure": pl.String, "group": pl.String, "estimate": pl.Float64}
        columns |= {"low": pl.Float64, "high": pl.Float64, "judgements": pl.Int64, "items": pl.Int64}
        return frame_of(rows, columns | {"reviewers": pl.Int64, "why_not": pl.String})


def review_report(
    room: str, out: str | Path | None = None, *, csv: str | Path | None = None, task: int | None = None,
    since: str | date | None = None, until: str | date | None = None, rule: str | None = None, redact: bool = False,
) -> ReviewReport:  # fmt: skip
    """Writes what people said in a room as one HTML file, and CSV files beside it or in the folder `csv`.

    Without `out` it is ROOM.report.html beside the room, of a database review-report.html. It tells one `task` or all,
    judgements of the days (UTC) from `since` to `until`, both among them, and one `rule` alone where it is given. With
    `redact` personal data is masked as `export_review` masks it, and pictures are left out. Raises UserError where
    there is no such room, task, day or rule, or a file is there already.
    """
    from ..review import Window, only_task, reading_room, review_figures, room_name

    window = Window(_day("since", since), _day("until", until), rule)
    if window.since is not None and window.until is not None and window.since > window.until:
        raise UserError(
            f"{option('since', str(window.since))} and {option('until', str(window.until))} are given.",
            "No day lies between them.",
            "Give the earlier day as the first.",
        )
    page = Path(out) if out is not None else _beside(room)
    names = ("rates", "agreement", "reviewers", "models", "sampling", "defects", "edits")
    places = {name: Path(csv) / f"{name}.csv" if csv else page.with_suffix(f".{name}.csv") for name in names}
    for place in (page, *places.values()):
        if place.exists():
            raise UserError(
                f"The file to write is {place}.",
                "It is there already.",
                f"Give another by {option('out') if place == page or csv is None else option('csv')}, or take it away.",
            )
    with reading_room(room) as session:
        number = only_task(session, room, task) if task is not None else None
        hiding, hidden = _hiding(session, redact)
        figures = review_figures(session, hiding, window, room=room_name(room), task=number)
    write_atomic(page, render_review(figures))
    tables = review_tables(figures)
    assert tables.keys() == places.keys()
    for name, text in tables.items():
        write_atomic(places[name], text)
    notes = hidden.told if hidden is not None else ()
    return ReviewReport(page, tuple(places.values()), figures, notes)


def review_page(session: "Session", redact: bool) -> str:
    """The page of a whole room, as its leads download it."""
    from ..review import review_figures

    return render_review(review_figures(session, _hiding(session, redact)[0]))


def _hiding(session: "Session", redact: bool) -> tuple["Hiding", Redaction | None]:
    from ..review import Hiding, judgements, pseudonyms

    entries = list(judgements(session))
    if not redact:
        return Hiding(pseudonyms(entries)), None
    hidden = redaction(entries)
    text, words, file, plain = (_once(hidden, key) for key in ("quote", "why", "chosen_model", ""))
    return Hiding(hidden.names, text, words, lambda source: plain(file(source)), pictures=False), hidden


def _once(hidden: Redaction, key: str) -> Callable[[str], str]:
    """Each text is masked once, so that what was masked in it is counted once."""
    return cache(lambda text: hidden.text(key, text))


def _day(name: str, given: str | date | None) -> date | None:
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserError(f"{option(name, given)}.", "That is no day.", "Give it as 2026-11-28.") from None


def _beside(room: str) -> Path:
    return (
        Path("review-report.html") if "://" in room or not Path(room).name else Path(room).with_suffix(".report.html")
    )
