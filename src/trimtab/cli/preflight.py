"""`trimtab preflight`: the minute of correctness checks before hours of training."""

import typer

from .output import TerminalProgress, emit

HELP = """Check a spec, its files and its model before training: nothing is trained or kept.

Each fast path is held against the plain one on the user's own model: log-probabilities, loss, gradients, answers.
Exit code: 0 all is right (a fast path that is not used is told), 1 a check failed, 2 the spec or a file cannot work."""


def preflight(
    what: str = typer.Argument(..., metavar="SPEC|RECIPE", help="A spec's path, or a recipe's name."),
    override: list[str] = typer.Option([], "--set", metavar="KEY=VALUE", help="Override a value. Repeatable."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Runs the checks."""
    from ..loop import run_preflight
    from ..recipes import spec_path
    from ..spec import load_spec

    checks = run_preflight(load_spec(spec_path(what), override), TerminalProgress())
    failed = [check for check in checks if check.required and not check.passed]
    if as_json:
        emit({"passed": not failed, "checks": [check.model_dump() for check in checks]})
    else:
        for check in checks:
            print(f"{check.outcome:<8}  {check.name}: {check.summary}")
    raise typer.Exit(1 if failed else 0)
