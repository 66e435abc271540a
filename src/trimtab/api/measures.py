"""`evaluate`, `compare` and `gate`: a model's figures, two of them side by side, and the limits they must keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from ..errors import UserError, command, worded
from ..evaluate import Compared, compare_evaluations, unlike
from ..gate import decide
from ..loop import EvaluationWithTexts, read_evaluation, read_verdict
from ..records import Evaluation, Measure, Verdict
from ..spec import GateSpec, GatesSpec, load_gates
from ..store import Run
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars

    from .runs import RunResult


@dataclass(frozen=True, repr=False)
class EvaluationResult(Result):
    """The figures of one model; a row of the frame is a metric. `texts` also holds what was asked and answered."""

    texts: EvaluationWithTexts
    folder: Path

    @property
    def evaluation(self) -> Evaluation:
        """The measures, item by item, with the fingerprint of how they were taken."""
        return self.texts.evaluation

    def __getitem__(self, metric: str) -> Measure:
        """The measure of a metric. Raises KeyError where there is none."""
        found = self.evaluation.measure(metric)
        if found is None:
            raise KeyError(metric)
        return found

    @property
    def summary(self) -> str:
        """The model and how many metrics."""
        return f"{self.evaluation.model}: {len(self.evaluation.measures)} metrics"

    def to_frame(self) -> "polars.DataFrame":
        """A row a metric: metric, mean, low and high (of the 95 % interval), n, unscored, better, unit, title."""
        import polars as pl

        schema: dict[str, Any] = {"metric": pl.String, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        more = {"n": pl.Int64, "unscored": pl.Int64, "better": pl.String, "unit": pl.String, "title": pl.String}
        return frame_of([each.model_dump() for each in self.evaluation.measures], {**schema, **more})


EvaluationLike: TypeAlias = Union[str, Path, EvaluationResult, "RunResult"]
"""A folder of scores or of a run (its trained model; RUN:before for the one it started from), or a result."""
GatesLike: TypeAlias = str | Path | Mapping[str, Any] | Sequence[GateSpec | Mapping[str, Any]]
"""A YAML file, a mapping with `gates` and `confidence`, or a list of gates."""


def evaluation_from(given: EvaluationLike) -> EvaluationWithTexts:
    """The evaluation. Raises UserError where a folder holds none."""
    if isinstance(given, EvaluationResult):
        return given.texts
    return read_evaluation(str(given)) if isinstance(given, str | Path) else given.evaluation().texts


@dataclass(frozen=True, repr=False)
class ComparisonResult(Result):
    """Two evaluations, paired item by item; a row of the frame is a metric."""

    before: EvaluationWithTexts
    after: EvaluationWithTexts
    compared: tuple[Compared, ...]

    @property
    def summary(self) -> str:
        """Which models, and how many metrics changed beyond chance."""
        clear = sum(each.p_family < 0.05 for each in self.compared)
        models = f"{self.before.evaluation.model} -> {self.after.evaluation.model}"
        return f"{models}: {clear} of {len(self.compared)} metrics changed beyond chance"

    def to_frame(self) -> "polars.DataFrame":
        """A row a metric: before, after, the mean paired difference with its 95 % interval, p, p_family (Holm), n."""
        import polars as pl

        rows = [{**each.difference.model_dump(), "p": each.p, "p_family": each.p_family} for each in self.compared]
        figures = ("before", "after", "mean", "low", "high", "p", "p_family")
        return frame_of(rows, {"metric": pl.String, **dict.fromkeys(figures, pl.Float64), "n": pl.Int64})


def compare(before: EvaluationLike, after: EvaluationLike, *, seed: int = 0) -> ComparisonResult:
    """Compares two evaluations item by item: paired differences with intervals, tests, and what changed.

    Raises UserError where a folder holds no evaluation, or the two were not taken alike.
    """
    old, new = evaluation_from(before), evaluation_from(after)
    try:
        found = compare_evaluations(old.evaluation, new.evaluation, confidence=0.95, seed=seed)
    except ValueError as error:
        raise UserError(
            f"{_name(before)} and {_name(after)} are to be compared.",
            f"Their figures were not taken alike: {error}.",
            "Evaluate both on the same items in the same way, and compare those.",
        ) from None
    return ComparisonResult(old, new, tuple(found))


@dataclass(frozen=True, repr=False)
class VerdictResult(Result):
    """A verdict and its gates; a row of the frame is a gate. True where every gate passed."""

    name: str
    record: Verdict

    @property
    def verdict(self) -> str:
        """pass, regress or undecided."""
        return self.record.verdict

    def __bool__(self) -> bool:
        return self.record.verdict == "pass"

    @property
    def summary(self) -> str:
        """The verdict and whose."""
        return f"{self.name}: {self.record.verdict}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a gate: verdict, rule, figure, low, high, n, summary."""
        return gates_frame(self.record)


def gates_frame(verdict: Verdict) -> "polars.DataFrame":
    """A row a gate."""
    import polars as pl

    schema: dict[str, Any] = {"verdict": pl.String, "rule": pl.String, "figure": pl.Float64, "low": pl.Float64}
    more = {"high": pl.Float64, "n": pl.Int64, "summary": pl.String}
    return frame_of([gate.model_dump() for gate in verdict.gates], {**schema, **more})


def gate(
    before: EvaluationLike, after: EvaluationLike | None = None, gates: GatesLike | None = None, *, seed: int = 0
) -> VerdictResult:
    """The verdict: pass, regress or undecided.

    Of a run by itself, `gate("runs/x")`, it is the run's own. Two evaluations are held against `gates`; one by itself,
    `gate(scores, gates=[…])`, against gates that compare with nothing. Raises UserError where the two were not taken
    alike, or a gate looks at what was not measured.
    """
    if gates is None:
        return _own_verdict(before, after)
    wanted = _gates(gates)
    comparing = [each for each in wanted.gates if each.limit[0] not in ("at_least", "at_most")]
    if comparing and after is None:
        raise UserError(
            f"A gate asks {comparing[0].metric} to be {comparing[0].limit[0]} {comparing[0].limit[1]:g}.",
            "That compares with other scores, and there are none.",
            worded("Give them with --base SCORES.", "Give two evaluations: gate(before, after, gates)."),
        )
    last = before if after is None else after
    old, new = evaluation_from(before).evaluation, evaluation_from(last).evaluation
    missing = [each.metric for each in wanted.gates if new.measure(each.metric) is None]
    if missing:
        raise UserError(
            f"A gate looks at {missing[0]}.",
            f"{_name(last)} does not hold that metric, but {', '.join(each.metric for each in new.measures)}.",
            f"Measure it too ({command('eval')}), or remove the gate.",
        )
    try:
        verdict = decide(old, new, wanted.gates, confidence=wanted.confidence, seed=seed)
    except ValueError:
        raise UserError(
            f"{_name(last)} is to be judged against {_name(before)}.",
            f"Their figures were not taken alike: they differ in {unlike(old, new)}.",
            "Evaluate both on the same items in the same way.",
        ) from None
    return VerdictResult(new.model, verdict)


def _own_verdict(run: EvaluationLike, other: EvaluationLike | None) -> VerdictResult:
    folder = Path(_name(run))
    found = Run.read(folder)
    if other is not None or "evaluation" in found.info.stages:
        raise UserError(
            f"{folder} is to be judged{f' against {_name(other)}' if other is not None else ''}.",
            "Scores bring no gates of their own.",
            worded(
                "Give --gates FILE, a YAML file with `gates:` as in a spec.", "Give `gates`: a YAML file or a list."
            ),
        )
    return VerdictResult(found.info.name, read_verdict(found))


def _gates(given: GatesLike) -> GatesSpec:
    if isinstance(given, str | Path):
        return load_gates(Path(given))
    if isinstance(given, Mapping):
        return load_gates(given)
    gates = [each.model_dump(exclude_none=True) if isinstance(each, GateSpec) else dict(each) for each in given]
    return load_gates({"gates": gates})


def _name(given: EvaluationLike) -> str:
    """What messages call it: its folder."""
    return str(given if isinstance(given, str | Path) else given.folder)
