"""`trimtab data`: files of feedback converted to the forms of others, and what one holds."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from .output import complain, emit
from .tables import print_table
from .told import COLUMN, FORM, IGNORE, SCALE, columns_of, scale_of

if TYPE_CHECKING:
    from ..records import Reject

HELP = "Convert files of feedback to the forms of others, and say what one holds."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_IN = typer.Argument(..., metavar="IN", help="Feedback in any form that is read: a file, or hub:OWNER/NAME.")
_MARGIN = typer.Option(0.25, min=0, max=1, help="Share of the scale by which ratings must differ.")
_REJECTED = typer.Option(None, metavar="FILE", help="Write what was rejected, and why, as JSON Lines.")
_JSON = typer.Option(False, "--json", help="Print one JSON object.")
_SHOWN = 5
"""Reasons that are shown; all stand in --rejected."""


@app.command("convert")
def convert(
    data: str = _IN,
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write, which must not be there yet."),
    to: Literal["trl", "openai", "label-studio", "csv"] = typer.Option("trl", help="The form to write."),
    kind: Literal["comparison", "demonstration", "thumb"] | None = typer.Option(
        None, help="Make all rows of this type first."
    ),
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    ignore: list[str] = IGNORE,
    margin: float = _MARGIN,
    rejected: Path | None = _REJECTED,
    as_json: bool = _JSON,
) -> None:
    """Write feedback in the form of TRL, OpenAI, Label Studio, or as CSV; what cannot be written is told."""
    from ..api import convert as write_rows

    scaled, columns = scale_of(scale), columns_of(column)
    done = write_rows(
        data, out, to=to, kind=kind, form=form, scale=scaled, columns=columns, ignore=ignore, margin=margin
    )
    keep_rejected(rejected, done.rejected)
    if as_json:
        emit(
            {
                "out": str(out),
                "written": dict(done.made.counts),
                "read": done.found.read,
                "forms": done.forms,
                "notes": done.made.notes,
                "rejected": [one.model_dump() for one in done.rejected],
            }
        )
        return
    _tell(done.forms, done.rejected)
    for note in done.made.notes:
        complain(f"note: {note}")
    print(done.summary)


@app.command("stats")
def stats(
    data: str = _IN,
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    ignore: list[str] = IGNORE,
    margin: float = _MARGIN,
    rejected: Path | None = _REJECTED,
    as_json: bool = _JSON,
) -> None:
    """Say what feedback holds: forms, types, prompts, annotators, lengths, and what is rejected."""
    from ..api import describe

    done = describe(data, form=form, scale=scale_of(scale), columns=columns_of(column), ignore=ignore, margin=margin)
    keep_rejected(rejected, done.rejected)
    if as_json:
        emit(
            {
                "read": done.found.read,
                "forms": done.forms,
                "kinds": [asdict(one) for one in done.kinds],
                "comparisons": done.comparisons,
                "longer_chosen": done.longer_chosen,
                "rejected": [one.model_dump() for one in done.rejected],
            }
        )
        return
    _tell(done.forms, done.rejected)
    print(done.summary)
    print()
    titles = ("type", "rows", "prompts", "annotators", "answers", "words of a prompt", "of an answer", "of the longest")
    rows = [
        (
            one.kind, f"{one.rows:,}", f"{one.prompts:,}", f"{one.annotators:,}" if one.annotators else "-",
            f"{one.answers:,}", f"{one.prompt_words:g}", f"{one.answer_words:g}", f"{one.longest:,}",
        )
        for one in done.kinds
    ]  # fmt: skip
    print_table(titles, rows)


def _tell(forms: Sequence[str], rejected: Sequence["Reject"]) -> None:
    for form in forms:
        complain(f"read as {form}")
    tell_rejected(rejected)


def tell_rejected(rejected: Sequence["Reject"]) -> None:
    """The commonest reasons, to standard error."""
    for reason, count in Counter(one.reason for one in rejected).most_common(_SHOWN):
        first = next(one.row for one in rejected if one.reason == reason)
        complain(f"rejected: {count:,} × {reason} (first: {first})")


def keep_rejected(out: Path | None, rejected: Sequence["Reject"]) -> None:
    """Writes rejects as JSON Lines where a file is named."""
    from ..store import write_atomic

    if out is not None:
        lines = [json.dumps(one.model_dump(), ensure_ascii=False) + "\n" for one in rejected]
        write_atomic(out, "".join(lines))
