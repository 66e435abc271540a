"""A run of several regions at the command line: what stopped a region, and the verdict with a row a region."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .output import SPENT, WAITING, complain, emit
from .tables import print_table

if TYPE_CHECKING:
    from ..api import RegionsResult
    from ..loop import RegionsStopped
    from ..records import MatrixVerdict
    from ..spec import LoadedRegions

_CODES = {"mistake": 2, "audit": 1, "budget": SPENT, "people": WAITING}
"""Exit codes by what stopped a region, the gravest first."""


def print_regions(done: "RegionsResult") -> None:
    """The verdict, a row a region, and each gate that did not pass."""
    print(f"verdict: {done.verdict.verdict}")
    rows = []
    for row in done.verdict.regions:
        met = sum(gate.verdict == "pass" for gate in row.gates)
        open_ = ", ".join(f"{gate.rule} {gate.verdict}" for gate in row.gates if gate.verdict != "pass")
        rows.append((row.region, row.verdict, f"{met} of {len(row.gates)}", open_))
    print_table(("region", "verdict", "gates met", "not met"), rows, left=("region", "not met"), fold=("not met",))
    gates = [
        (row.region, gate.verdict, gate.rule, _figure(gate.figure, gate.low, gate.high), str(gate.n), gate.summary)
        for row in done.verdict.regions
        for gate in row.gates
        if gate.verdict != "pass"
    ]
    if gates:
        titles = ("region", "verdict", "gate", "figure", "n", "why")
        print_table(titles, gates, left=("region", "gate", "figure"), fold=("why",))


def print_layout(loaded: "LoadedRegions", routes: bool | None, as_json: bool) -> None:
    """Whether one adapter or one a region suits a spec of several regions, and why."""
    from ..advise import LAYOUTS
    from ..api import advise_regions

    done = advise_regions(loaded, routes=routes)
    if as_json:
        emit({**done.advice.model_dump(), "case": done.case.model_dump()})
        return
    print(f"layout: {done.advice.layout} ({LAYOUTS[done.advice.layout]})")
    rows = [(e.name, f"{e.comparisons:,}", f"{e.prompts:,}", str(e.rules)) for e in done.case.regions]
    print_table(("region", "comparisons", "prompts", "rules"), rows, left=("region",))
    told = [
        (
            each.force,
            f"not {', '.join(each.against)}" if each.against else each.favours,
            f"{each.fact}\n[{each.source}]",
        )
        for each in done.advice.reasons
    ]
    print()
    print_table(("", "favours", "fact, and its source"), told, left=("favours",), fold=("fact, and its source",))
    print()
    print("What would change the answer:")
    for change in done.advice.would_change or ("none of the facts by itself",):
        print(f"  - {change}")
    print("The method of each: trimtab advise SPEC:REGION.")


def _figure(figure: float | None, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "not judged"
    return f"{'?' if figure is None else format(figure, '.3g')} [{low:.3g}, {high:.3g}]"


def regions_json(verdict: "MatrixVerdict") -> dict[str, Any]:
    """The verdict over regions in the form of `--json`: as that of one run, for each region."""
    rows = {
        row.region: {"verdict": row.verdict, "gates": [gate.model_dump() for gate in row.gates]}
        for row in verdict.regions
    }
    return {"verdict": verdict.verdict, "regions": rows}


def tell_stopped(stopped: "RegionsStopped", as_json: bool) -> int:
    """What stopped which region and what is finished; returns the exit code, the gravest of all."""
    for each in stopped.stopped:
        complain(f"{each.where}: {each.told}")
    complain(f"finished: {', '.join(stopped.done) or 'none'}. The same command goes on where it stopped.")
    if as_json:
        regions = {
            each.region: {"stopped": each.kind, "summary": each.told, **each.details} for each in stopped.stopped
        }
        emit({"state": "stopped", "regions": regions, "finished": list(stopped.done)})
    return next(code for kind, code in _CODES.items() if any(each.kind == kind for each in stopped.stopped))


def print_check(loaded: "LoadedRegions", name: str, out: Path | None) -> None:
    """What `--check` says of each region."""
    from ..loop import (
        check_feedback,
        leak_notes,
        notes_on,
        power_lines,
        power_over_regions,
        read_region_inputs,
    )
    from ..spec import SHARED
    from ..store import REGIONS

    found = read_region_inputs(loaded)
    folder = out or Path("runs") / loaded.spec.name
    print(f"{name} is right: {len(loaded.regions)} regions, {len(found.common)} held-out prompts of none.")
    for note in leak_notes(found):
        print(f"note: {note}")
    parts = [(region, each, found.regions[region]) for region, each in loaded.regions.items()]
    if loaded.shared is not None and found.shared is not None:
        parts.insert(0, (SHARED, loaded.shared, found.shared))
    for region, each, inputs in parts:
        print(f"{region}: {len(inputs.train)} training prompts, {len(inputs.heldout)} held out.")
        told = [*check_feedback(each, inputs), *(f"note: {note}" for note in (*notes_on(each, inputs), *each.notes))]
        if region in loaded.regions:
            told += power_lines(each, inputs, folder / REGIONS / region)
        print("".join(f"  {line}\n" for line in told), end="")
    print("".join(f"{line}\n" for line in power_over_regions(loaded, found)), end="")
