"""`trimtab policy`: what is wrong with a policy, or a constitution, as it is written."""

from pathlib import Path

import typer

from .audit import print_findings
from .output import emit

HELP = "Look through a policy or a constitution, before anything is judged by it."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def _policy() -> None:
    """Look through a policy or a constitution, before anything is judged by it."""


@app.command("check")
def check(
    file: Path = typer.Argument(..., metavar="FILE", help="Rules as YAML, or as prose with headings (.md)."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Look for rules that stand twice, contradict each other on an example, are touched by no example, or are spoken
    against by their own. Exit code: 1 where a finding blocks, else 0."""
    from ..api import check_policy

    done = check_policy(file)
    if as_json:
        findings = [finding.model_dump() for finding in done.findings]
        emit({"name": done.policy.name, "rules": len(done.policy.rules), "findings": findings})
    else:
        print_findings(done.findings, "", "rules")
        print(done.summary)
    raise typer.Exit(1 if done.blocks else 0)
