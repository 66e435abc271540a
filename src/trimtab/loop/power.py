"""What a spec's gates need in held-out items, told before anything is run."""

from pathlib import Path

from ..errors import UserError
from ..gate import planned
from ..records import Verdict
from ..spec import LoadedSpec
from ..store import FileName, Run
from .inputs import Inputs
from .publish import read_verdict


def power_lines(loaded: LoadedSpec, inputs: Inputs, out: Path | None = None) -> list[str]:
    """A line for each gate on a paired difference or a rate: the items that 80 % power needs, and those there are.

    A finished run of the spec in the folder `out`, `runs/NAME` if none is given, tells the spread of its differences.
    """
    spec = loaded.spec

    def items(metric: str) -> int:
        for each in inputs.benchmarks:
            found = each.benchmark.metric(metric)
            if found is not None:
                kind = found.over.partition(".")[2]
                return sum(prompt.kind == kind for prompt in each.prompts) if kind else len(each.items)
        return 0

    return planned(
        spec.gates,
        items,
        spec.confidence,
        _measured(out or Path("runs") / spec.name),
        by_points=loaded.points is not None,
    )


def _measured(folder: Path) -> Verdict | None:
    """The verdict of a run that has come so far; none is needed."""
    if not (folder / FileName.RUN).is_file():
        return None
    try:
        return read_verdict(Run.read(folder))
    except UserError:
        return None
