"""`trimtab train`: the training stage by itself, in one process, several, or written down for a cluster."""

import os
from pathlib import Path

import typer

from .launching import FRESH, METHOD_NAMES, stops_told
from .output import TerminalProgress, complain, emit

HELP = """Train a spec's model: its feedback, then its training stage. `trimtab run` goes on from there.

With --processes N the training is launched in N processes of this machine, and it ends where what runs is not what was
asked for. With --nodes M too, nothing is launched: the command for each of the M machines is printed; once they have
trained, the same command takes their result; a chain of trainings (sft_first, a reward model) is printed one by one.
KTO, and RLHF's RL itself, train in one process. Exit code: 0 trained (or printed), 1 the audit found what must not be
trained on, 2 something cannot work, 4 it waits for people, 5 the budget of its judges is spent."""


def train(
    what: str = typer.Argument(..., metavar="SPEC|RECIPE", help="A spec's path, or a recipe's name."),
    out: Path | None = typer.Option(None, "--out", help="The run's folder. Default: runs/NAME."),
    override: list[str] = typer.Option([], "--set", metavar="KEY=VALUE", help="Override a value. Repeatable."),
    method: str | None = typer.Option(
        None, "--method", metavar="METHOD", help=f"{METHOD_NAMES}, in place of the spec's training.method."
    ),
    processes: int = typer.Option(1, help="Processes on each machine; on GPUs, one for each."),
    zero: int = typer.Option(
        0, metavar="STAGE", help="Sharding by DeepSpeed's ZeRO: 2 gradients and optimizer, 3 the weights too."
    ),
    fresh: bool = typer.Option(False, "--fresh", help=FRESH),
    nodes: int = typer.Option(1, help="Machines of a cluster: print what starts the training on each."),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="COST", help="What the judges of its feedback may cost together, in their prices."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Trains."""
    from ..api import processes_from
    from ..loop import LaunchPending, run_training
    from ..recipes import spec_path
    from ..spec import load_spec

    loaded = load_spec(spec_path(what), [*override, *([f"training.method={method}"] if method else [])])
    wanted = processes_from(loaded.spec.training, processes, zero, nodes)
    folder = out or Path("runs") / loaded.spec.name
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        with stops_told(as_json):
            adapter, summary = run_training(loaded, folder, TerminalProgress(), wanted, fresh=fresh, max_cost=max_cost)
    except LaunchPending as prepared:
        _print_prepared(prepared.command, prepared.files, as_json)
        return
    if as_json:
        emit({"adapter": str(adapter), "summary": summary.model_dump()})
    else:
        print(f"adapter: {adapter}")
        counts = [(getattr(summary, name), name) for name in ("comparisons", "demonstrations", "thumbs", "rollouts")]
        trained_on = ", ".join(f"{count} {name}" for count, name in counts if count)
        print(f"{summary.steps} steps over {trained_on}, {summary.precision} on {summary.device}")


def _print_prepared(command: str, files: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        emit({"command": command, "files": list(files)})
        return
    print("# On every machine, with the same folders and the same environment; NODE_RANK is 0, 1, ... and MAIN_ADDRESS")
    print("# the name of machine 0. Then give `trimtab train` again as now: it takes the result.")
    print(command)
    for path in files:
        if path.endswith(".yaml"):
            print(f"# {path}")
            print(Path(path).read_text(), end="")
    complain(f"written: {', '.join(files)}")
