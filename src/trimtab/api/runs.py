"""`run`, `diagnose` and `report`: a whole run, why one went wrong, and its report."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..diagnose import likely
from ..errors import UserError, option
from ..loop import (
    Diagnosed,
    Progress,
    apply_intervention,
    diagnose_run,
    publish,
    publish_regions,
    read_evaluation,
    read_report,
    run_loop,
    write_diagnosis,
)
from ..records import Diagnosis, Validation, Verdict
from ..report import ReportData, diagnosis_note, validation_note
from ..store import ADAPTER, DIAGNOSIS, FileName, Run
from ..terminal import TerminalProgress
from .gating import gates_frame
from .inputs import Overrides, SpecLike, processes_from, spec_from
from .measures import EvaluationResult
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True, repr=False)
class RunResult(Result):
    """A finished run; a row of the frame is a gate."""

    folder: Path
    verdict: Verdict

    @property
    def report(self) -> Path:
        """The report, one HTML file."""
        return self.folder / FileName.REPORT

    @property
    def adapter(self) -> Path:
        """The folder of the trained adapter, with its model card."""
        return self.folder / ADAPTER

    def evaluation(self, which: Literal["before", "baseline", "after"] = "after") -> EvaluationResult:
        """The evaluation of the trained model, of the one that training started from, or of the spec's baseline.

        Raises UserError where the spec has none.
        """
        return EvaluationResult(read_evaluation(f"{self.folder}:{which}"), self.folder)

    def measures(self) -> "polars.DataFrame":
        """A row a metric: before, baseline, after; after minus before (difference, low, high) and minus baseline
        (from_baseline, from_baseline_low, from_baseline_high), which are paired; n."""
        import polars as pl

        figures = ("before", "baseline", "after", "difference", "low", "high", *_FROM_BASELINE)
        schema: dict[str, Any] = {"metric": pl.String, **dict.fromkeys(figures, pl.Float64), "n": pl.Int64}
        return frame_of(measure_rows(read_report(Run.read(self.folder))), schema)

    @property
    def summary(self) -> str:
        """The verdict and where the run is."""
        return f"{self.verdict.verdict}: {self.folder}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a gate: verdict, rule, figure, low, high, n, against, summary."""
        return gates_frame(self.verdict)


_FROM_BASELINE = ("from_baseline", "from_baseline_low", "from_baseline_high")


def measure_rows(data: ReportData) -> list[dict[str, Any]]:
    """Each metric's means and paired differences, None where there is none."""
    sides = {"before": data.before, "baseline": data.baseline, "after": data.after}
    names = dict.fromkeys(each.metric for side in sides.values() if side is not None for each in side.figures)
    shifts, prompted = ({each.metric: each for each in some} for some in (data.differences, data.differences_baseline))
    rows: list[dict[str, Any]] = []
    for name in names:
        found = {key: side.figure(name) if side is not None else None for key, side in sides.items()}
        row: dict[str, Any] = {"metric": name, **{key: each.mean if each else None for key, each in found.items()}}
        for keys, shift in ((("difference", "low", "high"), shifts.get(name)), (_FROM_BASELINE, prompted.get(name))):
            row |= dict(zip(keys, (shift.mean, shift.low, shift.high) if shift else (None, None, None), strict=True))
        told = {
            key: one for key, side in sides.items() if side is not None for one in side.judged if one.metric == name
        }
        judged = {key: {"calibrated": one.corrected is not None, "says": one.says} for key, one in told.items()}
        rows.append(row | {"n": shifts[name].n if name in shifts else None, **({"judged": judged} if judged else {})})
    return rows


def run(
    spec: SpecLike, out: str | Path | None = None, *, set: Overrides = (),  # noqa: A002 - as the command's option
    method: str | None = None, processes: int = 1, zero: int = 0, fresh: bool = False,
    max_cost: float | None = None, progress: Progress | None = None,
) -> RunResult:  # fmt: skip
    """Runs a spec or a recipe: feedback, training, evaluation, gate, report. Called again, it goes on where it stopped.

    `out` is the run's folder, `runs/NAME` if none is given; `set` overrides values of the spec; `method` stands for the
    spec's `training.method`. Training takes place in so many `processes`, sharded by DeepSpeed's stage `zero`. Raises
    UserError where the spec or a file cannot work, AuditBlocked where the audit finds what must not be trained on, and
    WaitingForPeople while a review room of its feedback has too few judgements; those that a run has kept are read
    anew where `fresh`. BudgetSpent is raised where the judges of its feedback might cost more than `max_cost` together,
    or than the spec allows; what they have said is kept.
    """
    overrides: Overrides = set
    if method is not None:
        named = {"training.method": method}
        overrides = {**set, **named} if isinstance(set, Mapping) else [*set, f"training.method={method}"]
    loaded = spec_from(spec, overrides)
    wanted = processes_from(loaded.spec.training, processes, zero)
    folder = Path(out) if out is not None else Path("runs") / loaded.spec.name
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return RunResult(
        folder, run_loop(loaded, folder, progress or TerminalProgress(), wanted, fresh=fresh, max_cost=max_cost)
    )


def report(folder: str | Path) -> Path:
    """Writes a finished run's report.html, report.md and model card again; returns the report. Raises UserError."""
    run = Run.read(Path(folder), whole=True)
    return publish_regions(run) if run.regions else publish(run)


@dataclass(frozen=True, repr=False)
class DiagnosisResult(Result):
    """Why a run went wrong; a row of the frame is a cause, likeliest first.

    `spec` is the spec with the intervention, None where none is written and `why_not` says why. `validation` tells what
    the intervention came to, where it was applied.
    """

    done: Diagnosed
    spec: Path | None
    why_not: str
    validation: Validation | None = None

    @property
    def diagnosis(self) -> Diagnosis:
        """Symptoms, and causes with their evidence."""
        return self.done.diagnosis

    @property
    def note(self) -> str:
        """The diagnosis as an engineer's note in Markdown."""
        return diagnosis_note(self.diagnosis, self.done.run.info.name, len(likely(self.diagnosis)))

    @property
    def outcome(self) -> str:
        """What the intervention came to, as a note in Markdown; empty where none was applied."""
        return "" if self.validation is None else validation_note(self.validation)

    def apply(
        self, intervention: str | None = None, out: str | Path | None = None, progress: Progress | None = None
    ) -> "DiagnosisResult":
        """The same with its validation: the spec with the intervention is run in `out`, and the models compared."""
        run = self.done.run
        target = Path(out) if out is not None else run.folder.with_name(f"{run.folder.resolve().name}-mended")
        validation = apply_intervention(self.done, intervention, target, progress or TerminalProgress())
        run.write(f"{DIAGNOSIS}/validation.json", validation.to_json() + "\n")
        return replace(self, validation=validation)

    @property
    def summary(self) -> str:
        """How many symptoms, and the likeliest cause."""
        causes = likely(self.diagnosis)
        cause = f"likeliest cause: {causes[0].title}" if causes else "no cause is likely"
        return f"{len(self.diagnosis.symptoms)} symptoms; {cause}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a cause: id, score, title, interventions."""
        import polars as pl

        rows = [
            {**cause.model_dump(), "interventions": [each.id for each in cause.interventions]}
            for cause in self.diagnosis.causes
        ]
        schema = {"id": pl.String, "score": pl.Float64, "title": pl.String, "interventions": pl.List(pl.String)}
        return frame_of(rows, schema)


def diagnose(
    run: str | Path, *, probe: bool = False, apply: bool = False, intervention: str | None = None,
    out: str | Path | None = None, progress: Progress | None = None,
) -> DiagnosisResult:  # fmt: skip
    """Says why a finished run went wrong, and writes RUN/diagnosis with a spec that holds the likeliest intervention.

    `probe` loads the run's models and asks them too. `apply` runs the spec with the `intervention` (an id; the
    likeliest cause's first if none is given) in the folder `out`, RUN-mended if none is given, and compares. Raises
    UserError where the run is not finished or there is nothing to apply.
    """
    if out is not None and not apply:
        given = f"{option('out')} is given without {option('apply')}."
        raise UserError(given, "Nothing is run then.", f"Add {option('apply')}.")
    progress = progress or TerminalProgress()
    done = diagnose_run(Path(run), progress, probe=probe)
    found = DiagnosisResult(done, *write_diagnosis(done, intervention))
    return found.apply(intervention, out, progress) if apply else found
