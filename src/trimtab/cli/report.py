"""`trimtab report`: writes a finished run's report again."""

from pathlib import Path

import typer

HELP = "Write a run's report.html, report.md and model card again from its records."


def report(folder: Path = typer.Argument(..., metavar="RUN", help="A run's folder.")) -> None:
    """Writes the report."""
    from ..api import report as write

    print(write(folder))
