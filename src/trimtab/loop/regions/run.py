"""A whole run of regions: what is shared, each region, the matrix of their answers, one verdict, the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...records import MatrixVerdict, also_thought
from ...spec import MERGED, SHARED, START, LoadedRegions, LoadedSpec
from ...store import FileName, Run, Stage
from ..budgets import asked_models, demand_prices
from ..memory import needs_of
from ..parts import precision_of
from ..progress import Progress
from ..publish import adapter_stage
from ..run import Among, at_work, train_all
from ..stages import start_ref
from .answers import AskedModel, ask_all
from .deciding import matrix, verdict
from .each import how_many, run_each
from .inputs import RegionInputs, leak_notes, read_region_inputs
from .merged import train_merged
from .one import Named, RegionWork, as_run, folder_of
from .report import publish_regions
from .stopped import naming

if TYPE_CHECKING:
    from ...train import Processes


@dataclass(frozen=True)
class Settings:
    """How a run of regions is carried out: so many regions `at_once`, as the spec says if none is given; the rest is
    as in `run_loop`, `max_cost` for all regions together."""

    processes: "Processes | None" = None
    fresh: bool = False
    max_cost: float | None = None
    at_once: int | None = None


def run_regions(loaded: LoadedRegions, out: Path, progress: Progress, how: Settings = Settings()) -> MatrixVerdict:
    """Runs a spec of regions in the folder `out`, going on where an earlier try stopped, and returns the verdict.

    Raises UserError where the spec's files cannot work, before anything heavy is loaded, and RegionsStopped where
    something stopped the run in what is shared or in some regions; the others are finished then.
    """
    inputs = read_region_inputs(loaded)
    shares = _shares(loaded, how.max_cost)
    for note in leak_notes(inputs):
        progress.say(f"note: {note}")
    spec = loaded.spec
    told = spec.model_dump(mode="json")
    with Run.open(out, name=spec.name, goal=spec.goal, spec=told, spec_folder=loaded.folder) as run:
        start, used = _shared(run, loaded, inputs, progress, how, shares.get(SHARED))
        verdicts = run_each(_work(run, loaded, how, start, shares), _at_once(run, loaded, how), progress)
        regions = {name: Run.read(folder_of(out, name)) for name in verdicts}
        with also_thought(spec.model.thought):
            gate, more = _held_together(run, loaded, inputs, start, regions, progress)
        run.keep_stages(used | more)
        publish_regions(run)
        return gate.read(FileName.VERDICT, MatrixVerdict)


def _shared(
    run: Run, loaded: LoadedRegions, inputs: RegionInputs, progress: Progress, how: Settings, max_cost: float | None
) -> tuple[Stage | None, set[str]]:
    """The training that all regions start from, None where that is the model itself; and the stages of this run that
    it took."""
    if loaded.shared is None or inputs.shared is None:
        return None, set()
    given = as_run(loaded.shared, run)
    with naming(SHARED), at_work(
        run, given, inputs.shared, Named(progress, SHARED), how.processes, fresh=how.fresh, max_cost=max_cost
    ) as session:  # fmt: skip
        return train_all(session), session.used


def _work(
    run: Run, loaded: LoadedRegions, how: Settings, start: Stage | None, shares: Mapping[str, float]
) -> list[RegionWork]:
    folders = {name: folder_of(run.folder, name) for name in loaded.regions}
    return [
        RegionWork(
            name,
            as_run(each, run),
            folders[name],
            Among(start, tuple(folder for other, folder in folders.items() if other != name)),
            how.processes,
            how.fresh,
            shares.get(name),
        )
        for name, each in loaded.regions.items()
    ]


def _at_once(run: Run, loaded: LoadedRegions, how: Settings) -> int:
    """How many regions are at work at once; one where each trains in several processes."""
    if how.processes is not None and how.processes.launched:
        return 1
    needs = needs_of(loaded.any, precision_of(run, loaded.spec.model.precision))
    return how_many(how.at_once or loaded.spec.at_once, len(loaded.regions), needs)


def _held_together(
    run: Run, loaded: LoadedRegions, inputs: RegionInputs, start: Stage | None, regions: Mapping[str, Run],
    progress: Progress,
) -> tuple[Stage, set[str]]:  # fmt: skip
    """The verdict that the matrix of all models' answers, and the regions' own gates, come to; and the stages of this
    run that it took."""
    from ...models import identity

    before = SHARED if start is not None else START
    own_before = () if start is not None else tuple((each, "before") for each in regions.values())
    asked = [AskedModel(before, start, own_before)]
    asked += [AskedModel(name, adapter_stage(each), ((each, "after"),)) for name, each in regions.items()]
    if loaded.merged is not None:
        given, out = as_run(loaded.merged, run), run.folder / MERGED
        asked.append(AskedModel(MERGED, train_merged(given, regions, inputs.regions, out, progress, start)))
    said = ask_all(run, loaded, inputs, asked, identity(start_ref(loaded.any), progress.say), progress)
    made = matrix(run, loaded, inputs, said, before, progress)
    gate = verdict(run, loaded, regions, made, progress)
    asked_here = {stage.name for each in said.values() for stage in each.stages} & run.info.stages.keys()
    return gate, asked_here | {made.name, gate.name}


def _shares(loaded: LoadedRegions, max_cost: float | None) -> dict[str, float]:
    """What the judges of each region, and of what is shared, may cost: equal shares of the whole.

    Raises UserError where nobody knows what a judge costs, or none costs anything.
    """
    if max_cost is None:
        return {}
    every: dict[str, LoadedSpec] = {**loaded.regions, **({SHARED: loaded.shared} if loaded.shared is not None else {})}
    paid = [name for name, each in every.items() if any(one.url is not None for one in asked_models(each.spec))]
    for name in paid or [next(iter(every))]:
        demand_prices(every[name], max_cost)
    return dict.fromkeys(paid, max_cost / len(paid))
