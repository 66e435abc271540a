"""`trimtab run`: the whole loop."""

from pathlib import Path

import typer

from ..errors import UserError, option
from .launching import FRESH, METHOD_NAMES, stops_told
from .measures import print_measures, worse_json
from .output import EXIT, complain, emit, print_verdict, verdict_json
from .regions import print_check, print_regions, regions_json, tell_stopped

HELP = """Run a spec or a recipe: feedback, training, evaluation, gate, report.

Killed or stopped, the same command goes on where it stopped. Exit code: 0 every gate passed, 1 a gate regressed,
2 the spec or a file cannot work, 3 the items cannot decide, 4 it waits for people to judge in a review room,
5 the budget of its judges is spent. A spec with regions runs each of them, and has one verdict; what stops one
leaves the others at work."""


def run(
    what: str = typer.Argument(..., metavar="SPEC|RECIPE", help="A spec's path, or a recipe's name."),
    out: Path | None = typer.Option(None, "--out", help="The run's folder. Default: runs/NAME."),
    override: list[str] = typer.Option(
        [],
        "--set",
        metavar="KEY=VALUE",
        help="Override a value, as in training.learning_rate=1e-4. Repeatable.",
    ),
    method: str | None = typer.Option(
        None, "--method", metavar="METHOD", help=f"{METHOD_NAMES}, in place of the spec's training.method."
    ),
    check: bool = typer.Option(False, "--check", help="Check the spec and its files, and stop."),
    at_once: int | None = typer.Option(
        None, "--at-once", min=1, metavar="N", help="Regions at work at a time. Default: as the spec says."
    ),
    processes: int = typer.Option(1, help="Train in so many processes on this machine."),
    zero: int = typer.Option(0, metavar="STAGE", help="Shard the training by DeepSpeed's ZeRO: 2 or 3."),
    fresh: bool = typer.Option(False, "--fresh", help=FRESH),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="COST", help="What the judges of its feedback may cost together, in their prices."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the verdict as one JSON object."),
) -> None:
    """Runs the loop."""
    from ..api import measure_rows, regions_from, run_regions
    from ..api import run as run_spec
    from ..loop import (
        RegionsStopped,
        check_feedback,
        notes_on,
        power_lines,
        read_inputs,
        read_report,
    )
    from ..recipes import spec_path
    from ..spec import LoadedRegions, block_of, proposed_system
    from ..store import Run

    path, overrides = spec_path(what), [*override, *([f"training.method={method}"] if method else [])]
    loaded = regions_from(path, overrides)
    if isinstance(loaded, LoadedRegions):
        if check:
            print_check(loaded, path.name, out)
            return
        try:
            whole = run_regions(
                loaded, out, processes=processes, zero=zero, fresh=fresh, max_cost=max_cost, at_once=at_once
            )
        except RegionsStopped as stopped:
            raise typer.Exit(tell_stopped(stopped, as_json)) from None
        except KeyboardInterrupt:
            complain("stopped. The same command goes on where it stopped.")
            raise typer.Exit(130) from None
        if as_json:
            emit(regions_json(whole.verdict))
        else:
            print_regions(whole)
        complain(f"report: {whole.report}")
        raise typer.Exit(EXIT[whole.verdict.verdict])
    if at_once is not None:
        raise UserError(f"{option('at_once', at_once)} is given.", f"{path.name} has no regions.", "Leave it out.")
    if check:
        inputs = read_inputs(loaded)
        told = [*check_feedback(loaded, inputs), *notes_on(loaded, inputs)]
        print(f"{path.name} is right: {len(inputs.train)} training prompts, {len(inputs.heldout)} held out.")
        print("".join(f"{line}\n" for line in (*told, *(f"note: {note}" for note in loaded.notes))), end="")
        for line in power_lines(loaded, inputs, out):
            print(line)
        if loaded.spec.baseline is None:
            print("No baseline is measured. The prompt that a user would try first, to paste into the spec:")
            print(block_of(proposed_system(loaded.spec.goal)), end="")
        return
    with stops_told(as_json):
        done = run_spec(loaded, out, processes=processes, zero=zero, fresh=fresh, max_cost=max_cost)
    data = read_report(Run.read(done.folder))
    if as_json:
        emit({**verdict_json(done.verdict), "measures": measure_rows(data), "worse": worse_json(data)})
    else:
        print_verdict(done.verdict)
        print_measures(data)
    complain(f"report: {done.report}")
    raise typer.Exit(EXIT[done.verdict.verdict])
