"""`trimtab gate`: the verdict over a run, or over scores."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..errors import UserError
from .output import EXIT, emit, print_verdict, verdict_json

if TYPE_CHECKING:
    from ..records import Verdict

HELP = """Print a verdict: pass, regress or undecided.

A run brings its own gates. Scores of `trimtab eval` are held against --gates FILE, and against --base SCORES where a
gate compares. Exit code: 0 pass, 1 regress, 3 undecided."""


def gate(
    place: str = typer.Argument(..., metavar="RUN|SCORES", help="A run's folder, or one that `trimtab eval` wrote."),
    gates: Path | None = typer.Option(None, metavar="FILE", help="Gates as YAML, for scores."),
    base: str | None = typer.Option(None, metavar="SCORES", help="The scores that gates compare with."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    markdown: bool = typer.Option(False, "--markdown", help="Print a Markdown table, for a pull request."),
    junit: Path | None = typer.Option(
        None, metavar="FILE", help="Write JUnit XML too: a regressed gate is a failure, an undecided one an error."
    ),
) -> None:
    """Prints the verdict."""
    from ..report import render_gates, render_junit
    from ..store import write_atomic

    if as_json and markdown:
        raise UserError("--json and --markdown are both given.", "Only one of them can be printed.", "Leave one out.")
    name, verdict = _of_run(place, base) if gates is None else _of_scores(place, gates, base)
    if junit is not None:
        try:
            write_atomic(junit, render_junit(name, verdict))
        except OSError as error:
            raise UserError(
                f"--junit is {junit}.", f"It cannot be written: {error.strerror}.", "Give another file."
            ) from None
    if as_json:
        emit(verdict_json(verdict))
    elif markdown:
        print(render_gates(name, verdict), end="")
    else:
        print_verdict(verdict)
    raise typer.Exit(EXIT[verdict.verdict])


def _of_run(place: str, base: str | None) -> "tuple[str, Verdict]":
    from ..loop import read_verdict
    from ..store import Run

    run = Run.read(Path(place))
    if base is not None or "evaluation" in run.info.stages:
        raise UserError(
            f"{place} is to be judged{f' against {base}' if base else ''}.",
            "Scores bring no gates of their own.",
            "Give --gates FILE, a YAML file with `gates:` as in a spec.",
        )
    return run.info.name, read_verdict(run)


def _of_scores(place: str, gates: Path, base: str | None) -> "tuple[str, Verdict]":
    from ..gate import decide
    from ..loop import read_evaluation
    from ..spec import load_gates

    wanted = load_gates(gates)
    comparing = [each for each in wanted.gates if each.limit[0] not in ("at_least", "at_most")]
    if comparing and base is None:
        raise UserError(
            f"{gates.name} asks {comparing[0].metric} to be {comparing[0].limit[0]} {comparing[0].limit[1]:g}.",
            "That compares with other scores, and there are none.",
            "Give them with --base SCORES.",
        )
    after = read_evaluation(place).evaluation
    before = read_evaluation(base).evaluation if base is not None else after
    missing = [each.metric for each in wanted.gates if after.measure(each.metric) is None]
    if missing:
        raise UserError(
            f"{gates.name} has a gate on {missing[0]}.",
            f"{place} does not hold that metric, but {', '.join(each.metric for each in after.measures)}.",
            "Measure it too (`trimtab eval --suite`), or remove the gate.",
        )
    try:
        verdict = decide(before, after, wanted.gates, confidence=wanted.confidence, seed=0)
    except ValueError:
        from ..evaluate import unlike

        raise UserError(
            f"{place} is to be judged against {base}.",
            f"Their figures were not taken alike: they differ in {unlike(before, after)}.",
            "Evaluate both on the same items in the same way.",
        ) from None
    return after.model, verdict
