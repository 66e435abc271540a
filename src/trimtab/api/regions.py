"""`run_regions`: one assistant in several regions, each a run of its own, held against each other."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..advise import LAYOUTS, decide_regions, read_regions_case
from ..errors import UserError, command
from ..loop import Progress, read_regions
from ..loop import RegionSettings as Settings
from ..loop import run_regions as run_all
from ..records import Matrix, MatrixVerdict, RegionsAdvice, RegionsCase
from ..spec import LoadedRegions, LoadedSpec, RegionsSpec, any_of, load_any
from ..store import ADAPTER, REGIONS, FileName, Run
from ..terminal import TerminalProgress
from .inputs import Overrides, processes_from
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars

RegionsLike: TypeAlias = str | Path | Mapping[str, Any] | RegionsSpec | LoadedRegions
"""A YAML file, a recipe's name, a mapping as YAML would hold it, a `RegionsSpec`, or one that was loaded before."""


@dataclass(frozen=True, repr=False)
class RegionsResult(Result):
    """A finished run of regions; a row of the frame is a gate of one of them."""

    folder: Path
    verdict: MatrixVerdict

    @property
    def matrix(self) -> Matrix:
        """What each model's answers come to under the rules of each region."""
        return read_regions(Run.read(self.folder, whole=True))[1]

    @property
    def report(self) -> Path:
        """The report, one HTML file."""
        return self.folder / FileName.REPORT

    def adapter(self, region: str) -> Path:
        """The folder of a region's adapter, with its model card; it goes on the start model by itself. Raises UserError
        where the run has no such region."""
        names = [row.region for row in self.verdict.regions]
        if region not in names:
            raise UserError(
                f"The adapter of {region!r} is asked for.",
                f"{self.folder} has the regions {', '.join(names)}.",
                "Name one of them.",
            )
        return self.folder / REGIONS / region / ADAPTER

    @property
    def summary(self) -> str:
        """The verdict, each region's, and where the run is."""
        rows = ", ".join(f"{row.region} {row.verdict}" for row in self.verdict.regions)
        return f"{self.verdict.verdict} ({rows}): {self.folder}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a gate: region, verdict, rule, figure, low, high, n, unjudged, against, summary."""
        import polars as pl

        figures = dict.fromkeys(("figure", "low", "high"), pl.Float64)
        texts = dict.fromkeys(("region", "verdict", "rule"), pl.String)
        more = {"n": pl.Int64, "unjudged": pl.Int64, "against": pl.String, "summary": pl.String}
        rows = [
            {**gate.model_dump(), "unjudged": gate.missing, "region": row.region}
            for row in self.verdict.regions
            for gate in row.gates
        ]
        return frame_of(rows, {**texts, **figures, **more})


def regions_from(what: RegionsLike, overrides: Overrides = ()) -> LoadedSpec | LoadedRegions:
    """The checked spec, of one run or of several regions. Raises UserError."""
    from ..recipes import spec_path

    if isinstance(what, LoadedRegions):
        return any_of(what.spec, what.folder, overrides) if overrides else what
    if isinstance(what, str | Path):
        return load_any(spec_path(str(what)), overrides)
    return any_of(what, Path(), overrides)


@dataclass(frozen=True, repr=False)
class RegionsAdviceResult(Result):
    """One adapter for all regions or one a region, and why; a row of the frame is a reason."""

    advice: RegionsAdvice
    case: RegionsCase

    @property
    def summary(self) -> str:
        """The layout and the reason that decided."""
        return f"{LAYOUTS[self.advice.layout]}: {self.advice.reasons[0].fact}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a reason: force, favours, fact, figure, source."""
        import polars as pl

        texts = dict.fromkeys(("force", "favours", "fact", "source"), pl.String)
        return frame_of([each.model_dump() for each in self.advice.reasons], {**texts, "figure": pl.Float64})


def advise_regions(spec: RegionsLike, *, routes: bool | None = None) -> RegionsAdviceResult:
    """Says whether one adapter or one a region suits a spec of several regions, and what would change the answer.

    `routes`: whether what serves the model can choose an adapter by the region of a request. Raises UserError where the
    spec has no regions, or a pack or a file of feedback cannot be read.
    """
    loaded = regions_from(spec)
    if not isinstance(loaded, LoadedRegions):
        told = f"The spec {loaded.spec.name} has no regions."
        raise UserError(told, "There is nothing to hold against each other.", f"Give it to {command('advise')}.")
    case = read_regions_case(loaded, routes=routes)
    return RegionsAdviceResult(decide_regions(case), case)


def run_regions(
    spec: RegionsLike, out: str | Path | None = None, *, set: Overrides = (),  # noqa: A002 - as the command's option
    processes: int = 1, zero: int = 0, fresh: bool = False, max_cost: float | None = None, at_once: int | None = None,
    progress: Progress | None = None,
) -> RegionsResult:  # fmt: skip
    """Runs a spec of several regions: what they share, each region, the matrix of their answers, the verdict, the
    report. Called again, it goes on where it stopped.

    `at_once` regions are at work at a time, as many as the spec says if none is given; `max_cost` is for all regions
    together. Raises UserError where the spec has no regions or a file cannot work, and RegionsStopped where something
    stopped some regions, with the reason of each: the others are finished then.
    """
    loaded = regions_from(spec, set)
    if not isinstance(loaded, LoadedRegions):
        raise UserError(
            f"The spec {loaded.spec.name} is to be run in its regions.", "It has none.", f"Give it to {command('run')}."
        )
    wanted = processes_from(loaded.any.spec.training, processes, zero)
    folder = Path(out) if out is not None else Path("runs") / loaded.spec.name
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    how = Settings(wanted, fresh, max_cost, at_once)
    return RegionsResult(folder, run_all(loaded, folder, progress or TerminalProgress(), how))
