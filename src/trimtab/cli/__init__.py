"""The command line: one file per verb, listed here. Importing it loads no torch."""

import logging
import os
import sys
import warnings

import typer

from ..errors import UserError, command_line
from .output import complain, show_notes_plainly
from .verbs import Verb, group

VERBS = {
    "audit": Verb("audit", "audit", "Audit comparisons: biases, noise, copies, cuts, leaks; or a folder of media."),
    "run": Verb("run", "run", "Run a spec or a recipe: feedback, training, evaluation, gate, report."),
    "advise": Verb("advise", "advise", "Say which training method suits the case, and why."),
    "preflight": Verb("preflight", "preflight", "Check a spec, its files and its model before training."),
    "train": Verb("train", "train", "Train a spec's model: its feedback, then its training stage."),
    "eval": Verb("eval", "evaluate", "Measure a model: benchmark scores with intervals, item by item."),
    "score": Verb("score", "score", "Score every response of a file."),
    "compare": Verb("compare", "compare", "Compare two evaluations item by item."),
    "gate": Verb("gate", "gate", "Print a verdict: pass, regress or undecided."),
    "diagnose": Verb("diagnose", "diagnose", "Say why a run went wrong: symptoms, causes, interventions."),
    "report": Verb("report", "report", "Write a run's report.html, report.md and model card again."),
    "data": Verb("data", "app", "Convert files of feedback to the forms of others, and say what one holds."),
    "judge": Verb("judge", "app", "What judges are worth: hold one against people."),
    "model": Verb("model", "app", "Pull, list and show models."),
    "pack": Verb("pack", "app", "Rules of regions, as of a day: check, show, compare."),
    "policy": Verb("policy", "app", "Look through a policy or a constitution."),
    "recipe": Verb("recipe", "app", "List, show and copy recipes."),
    "review": Verb("review", "app", "Open a room in the browser where people judge answers, blind."),
}
app = typer.Typer(
    cls=group(VERBS),
    help="Turn an alignment goal into an aligned language model and the evidence that it is one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
