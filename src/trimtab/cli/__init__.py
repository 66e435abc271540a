"""The command line: one file per verb, listed here. Importing it loads no torch."""

import logging
import os
import sys
import warnings

import typer

from ..errors import UserError, command_line
from . import (
    advise,
    audit,
    compare,
    data,
    diagnose,
    eval,  # noqa: A004 - the verb's name
    gate,
    judge,
    model,
    preflight,
    recipe,
    report,
    review,
    run,
    score,
    train,
)
from .output import complain, show_notes_plainly

app = typer.Typer(
    help="Turn an alignment goal into an aligned language model and the evidence that it is one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("audit", help=audit.HELP)(audit.audit)
app.command("run", help=run.HELP)(run.run)
app.command("advise", help=advise.HELP)(advise.advise)
app.command("preflight", help=preflight.HELP)(preflight.preflight)
app.command("train", help=train.HELP)(train.train)
app.command("eval", help=eval.HELP)(eval.evaluate)
app.command("score", help=score.HELP)(score.score)
app.command("compare", help=compare.HELP)(compare.compare)
app.command("gate", help=gate.HELP)(gate.gate)
app.command("diagnose", help=diagnose.HELP)(diagnose.diagnose)
app.command("report", help=report.HELP)(report.report)
app.add_typer(data.app, name="data", help=data.HELP)
app.add_typer(judge.app, name="judge", help=judge.HELP)
app.add_typer(model.app, name="model", help=model.HELP)
app.add_typer(recipe.app, name="recipe", help=recipe.HELP)
app.add_typer(review.app, name="review", help=review.HELP)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    context.with_resource(command_line())  # to the end of the verb
    if version:
        from .. import __version__

        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """The entry point: a user's mistake is one message and exit code 2, never a traceback."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # TRL would tell its makers about every run
    logging.getLogger("DeepSpeed").disabled = True  # imported by TRL where it is installed; it warns on standard output
    with warnings.catch_warnings():
        show_notes_plainly()
        try:
            app()
        except UserError as error:
            complain(str(error))
            sys.exit(2)
