"""`trimtab gate`: a finished run's verdict."""

from pathlib import Path

import typer

from ..errors import UserError
from .output import EXIT, emit, print_verdict, verdict_json

HELP = """Print a run's verdict: pass, regress or undecided.

Exit code: 0 pass, 1 regress, 3 undecided."""


def gate(
    folder: Path = typer.Argument(..., metavar="RUN", help="A run's folder."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    markdown: bool = typer.Option(False, "--markdown", help="Print a Markdown table, for a pull request."),
    junit: Path | None = typer.Option(
        None, metavar="FILE", help="Write JUnit XML too: a regressed gate is a failure, an undecided one an error."
    ),
) -> None:
    """Prints the verdict."""
    from ..loop import read_verdict
    from ..report import render_gates, render_junit
    from ..store import Run, write_atomic

    if as_json and markdown:
        raise UserError("--json and --markdown are both given.", "Only one of them can be printed.", "Leave one out.")
    run = Run.read(folder)
    verdict = read_verdict(run)
    if junit is not None:
        try:
            write_atomic(junit, render_junit(run.info.name, verdict))
        except OSError as error:
            raise UserError(
                f"--junit is {junit}.", f"It cannot be written: {error.strerror}.", "Give another file."
            ) from None
    if as_json:
        emit(verdict_json(verdict))
    elif markdown:
        print(render_gates(run.info.name, verdict), end="")
    else:
        print_verdict(verdict)
    raise typer.Exit(EXIT[verdict.verdict])
