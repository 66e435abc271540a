"""What was said in a review room: given out, told in a report, and taken in from elsewhere."""

from pathlib import Path
from typing import Literal

import typer

from ..errors import UserError, extra
from .output import complain, emit
from .reviewing import ROOM, SERVED, me
from .told import COLUMN, FORM, SCALE, columns_of, scale_of

_TASK = typer.Option(None, "--task", metavar="N", help="The task, where the room has several.")
_JSON = typer.Option(False, "--json", help="Print one JSON object.")


def export(
    room: str = ROOM,
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write, which must not be there yet."),
    to: Literal["journal", "trl", "openai", "label-studio", "csv", "judge-labels"] = typer.Option(
        "journal",
        help="The form: everything in order (JSON Lines), rows that what stands makes, or people's votes by pair.",
    ),
    task: int | None = _TASK,
    kind: Literal["comparison", "demonstration", "thumb"] | None = typer.Option(
        None, help="Make all rows of this type. Default for trl and openai: thumbs of thumbs, else comparisons."
    ),
    axis: str | None = typer.Option(None, help="Of a rubric this axis alone. Default: the mean of its axes."),
    per_item: int = typer.Option(1, "--per-item", min=1, help="Only items that so many reviewers have judged."),
    margin: float = typer.Option(0.25, min=0, max=1, help="Share of the scale by which ratings must differ."),
    redact: bool = typer.Option(
        False, "--redact", help="Pseudonyms for reviewers, personal data masked, days in place of times."
    ),
    rejected: Path | None = typer.Option(
        None, metavar="FILE", help="Write which judgements made no row, and why, as JSON Lines."
    ),
    as_json: bool = _JSON,
) -> None:
    """Write what was said, unblinded: for trainers, tables or readers (docs/review.md)."""
    from ..api import export_review
    from .data import keep_rejected, tell_rejected

    with extra("review", SERVED):
        done = export_review(
            room, out, to=to, task=task, kind=kind, axis=axis, per_item=per_item, margin=margin, redact=redact
        )
    keep_rejected(rejected, done.rejected)
    if as_json:
        told = {"out": str(out), "written": done.counts, "judged": done.judged, "notes": done.notes}
        emit({**told, "rejected": [one.model_dump() for one in done.rejected]})
        return
    tell_rejected(done.rejected)
    for note in done.notes:
        complain(f"note: {note}")
    print(done.summary)


def report(
    room: str = ROOM,
    out: Path | None = typer.Option(
        None,
        "--out",
        metavar="FILE",
        help="The page, not there yet. Default: ROOM.report.html.",
    ),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FOLDER", help="Where the tables go. Default: beside the page, under its name."
    ),
    task: int | None = typer.Option(None, "--task", metavar="N", help="This task alone. Default: all."),
    since: str | None = typer.Option(None, metavar="DAY", help="Judgements from this day (UTC) on, as 2026-11-28."),
    until: str | None = typer.Option(None, metavar="DAY", help="Judgements until this day (UTC), which is among them."),
    rule: str | None = typer.Option(None, metavar="ID", help="This rule of a policy alone."),
    redact: bool = typer.Option(
        False, "--redact", help="Personal data masked, names taken out of reviewers' words, no pictures."
    ),
    as_json: bool = _JSON,
) -> None:
    """Write what was found as one HTML page with CSV tables: rates with intervals, agreement, examples, edits."""
    from ..api import review_report

    with extra("review", SERVED):
        done = review_report(room, out, csv=csv, task=task, since=since, until=until, rule=rule, redact=redact)
    if as_json:
        told = {"out": str(done.out), "tables": [str(each) for each in done.tables], "notes": list(done.notes)}
        emit({**told, "judged": done.judged, "tasks": len(done.figures.tasks)})
        return
    for note in done.notes:
        complain(f"note: {note}")
    print(done.summary)


def import_(
    room: str = typer.Argument(..., metavar="ROOM", help="The room's file or URL; made where there is none."),
    file: Path = typer.Argument(..., metavar="FILE", help="Judgements of Label Studio (JSON), Argilla, or feedback."),
    reviewer: str | None = typer.Option(None, metavar="NAME", help="Who judged what names nobody."),
    task: int | None = _TASK,
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    rejected: Path | None = typer.Option(
        None, metavar="FILE", help="Write which judgements were not taken in, and why, as JSON Lines."
    ),
    as_json: bool = _JSON,
) -> None:
    """Take in what people judged elsewhere, each once, as reviewers by name (docs/review.md)."""
    from ..api import import_review
    from .data import keep_rejected, tell_rejected

    scaled, columns = scale_of(scale), columns_of(column)
    with extra("review", SERVED):
        done = import_review(
            room, file, reviewer=reviewer, task=task, actor=me(), form=form, scale=scaled, columns=columns
        )
    keep_rejected(rejected, done.rejected)
    if not done.kept and not done.there:
        raise UserError(
            f"{file} was given.",
            f"None of its {len(done.rejected):,} judgements was taken in; the first: {done.rejected[0].reason}.",
            "Mend it, or say what it does not tell: --reviewer, --form, --scale, --column. --rejected FILE has all.",
        )
    if as_json:
        told = {"room": room, "task": done.task, "kept": done.kept, "there": done.there, "new_items": done.new_items}
        told |= {"reviewers": done.reviewers, "forms": done.forms}
        emit({**told, "rejected": [one.model_dump() for one in done.rejected]})
        return
    for line in done.forms:
        complain(f"read as {line}")
    tell_rejected(done.rejected)
    print(done.summary)
