"""`trimtab gate`: a finished run's verdict."""

from pathlib import Path

import typer

from .output import EXIT, emit, print_verdict, verdict_json

HELP = """Print a run's verdict: pass, regress or undecided.

Exit code: 0 pass, 1 regress, 3 undecided."""


def gate(
    folder: Path = typer.Argument(..., metavar="RUN", help="A run's folder."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Prints the verdict."""
    from ..loop import read_verdict
    from ..store import Run

    verdict = read_verdict(Run.read(folder))
    if as_json:
        emit(verdict_json(verdict))
    else:
        print_verdict(verdict)
    raise typer.Exit(EXIT[verdict.verdict])
