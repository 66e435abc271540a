"""`trimtab gate`: the verdict over a run, or over scores."""

from pathlib import Path

import typer

from ..errors import UserError
from .output import EXIT, emit, print_verdict, verdict_json

HELP = """Print a verdict: pass, regress or undecided.

A run brings its own gates. Scores of `trimtab eval` are held against --gates FILE, and against --base SCORES where a
gate compares. Exit code: 0 pass, 1 regress, 3 undecided."""


def gate(
    place: str = typer.Argument(..., metavar="RUN|SCORES", help="A run's folder, or one that `trimtab eval` wrote."),
    gates: Path | None = typer.Option(None, metavar="FILE", help="Gates as YAML, for scores."),
    base: str | None = typer.Option(None, metavar="SCORES", help="The scores that gates compare with."),
    room: str | None = typer.Option(
        None, metavar="FILE|URL", help="The review room in which people judged these answers, for gates on people.*."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    markdown: bool = typer.Option(False, "--markdown", help="Print a Markdown table, for a pull request."),
    junit: Path | None = typer.Option(
        None, metavar="FILE", help="Write JUnit XML too: a regressed gate is a failure, an undecided one an error."
    ),
) -> None:
    """Prints the verdict."""
    from ..api import gate as judge
    from ..report import render_gates, render_junit
    from ..store import write_atomic

    if as_json and markdown:
        raise UserError("--json and --markdown are both given.", "Only one of them can be printed.", "Leave one out.")
    result = judge(place, gates=gates, room=room) if base is None else judge(base, place, gates, room=room)
    if junit is not None:
        try:
            write_atomic(junit, render_junit(result.name, result.record))
        except OSError as error:
            raise UserError(
                f"--junit is {junit}.", f"It cannot be written: {error.strerror}.", "Give another file."
            ) from None
    if as_json:
        emit(verdict_json(result.record))
    elif markdown:
        print(render_gates(result.name, result.record), end="")
    else:
        print_verdict(result.record)
    raise typer.Exit(EXIT[result.record.verdict])
