"""`evaluate`, `compare` and `gate`: a model's figures, two of them side by side, and the limits they must keep."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

from ..data import Source, read_points
from ..errors import UserError, command, option, worded
from ..evaluate import (
    HELDOUT,
    WINRATE,
    Compared,
    chosen,
    compare_evaluations,
    heldout_benchmark,
    policy_benchmark,
    unlike,
)
from ..gate import decide
from ..loop import (
    BenchmarkItems,
    EvaluationWithTexts,
    Progress,
    evaluate_model,
    read_evaluation,
    read_items,
    read_verdict,
    target_of,
)
from ..models import MockEngine
from ..records import Evaluation, Measure, PeopleMeasure, Verdict, also_thought
from ..spec import BASELINE, GateSpec, GatesSpec, load_gates, load_policy
from ..store import Run, StageName
from ..terminal import TerminalProgress
from .inputs import MarksLike, judge_from, marks_from
from .results import Result, frame_of
from .scores import ScoreResult

if TYPE_CHECKING:
    import polars

    from .runs import RunResult


@dataclass(frozen=True, repr=False)
class EvaluationResult(Result):
    """The figures of one model; a row of the frame is a metric.

    `texts` also holds what was asked and answered; `asked` the benchmarks with their items and `usage` what a judge was
    asked, where the evaluation was made by this call.
    """

    texts: EvaluationWithTexts
    folder: Path
    asked: tuple[BenchmarkItems, ...] = ()
    usage: dict[str, Any] = field(default_factory=dict)

    @property
    def evaluation(self) -> Evaluation:
        """The measures, item by item, with the fingerprint of how they were taken."""
        return self.texts.evaluation

    def __getitem__(self, metric: str) -> Measure | PeopleMeasure:
        """The measure of a metric, or what people said by it. Raises KeyError where there is none."""
        found = self.evaluation.figure(metric)
        if found is None:
            raise KeyError(metric)
        return found

    @property
    def summary(self) -> str:
        """The model and how many metrics."""
        return f"{self.evaluation.model}: {len(self.evaluation.figures)} metrics"

    def to_frame(self) -> "polars.DataFrame":
        """A row a metric: metric, mean, low and high (of the 95 % interval), n, unjudged, better, unit, title."""
        import polars as pl

        schema: dict[str, Any] = {"metric": pl.String, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        more = {"n": pl.Int64, "unjudged": pl.Int64, "better": pl.String, "unit": pl.String, "title": pl.String}
        rows = [{**each.model_dump(), "n": each.n, "unjudged": each.missing} for each in self.evaluation.figures]
        return frame_of(rows, {**schema, **more})


def evaluate(
    model: str | Path | MockEngine, benchmarks: str | Sequence[str] = "quick", out: str | Path | None = None, *,
    data: Mapping[str, Source] | None = None, folders: Sequence[str | Path] = (), policy: str | Path | None = None,
    samples: int | None = None, most: int | None = None, max_new_tokens: int | None = None, chat: bool | None = None,
    system: str | None = None,
    precision: Literal["auto", "fp32", "bf16"] = "auto", rows: int = 96, seed: int = 0, url: str | None = None,
    against: str | Path | None = None, judge_url: str | None = None, judge_model: str | None = None,
    rubric: str | Path | None = None, prices: tuple[float, float] | None = None, progress: Progress | None = None,
    variants: Sequence[str | Path] = (), thought: Sequence[MarksLike] = (), fresh: bool = False,
) -> EvaluationResult:  # fmt: skip
    """Measures a model by suites and benchmarks, item by item, into the folder `out` (`scores/MODEL` if none is given).

    `model` is a known name, a Hugging Face id, a folder, a run's folder, with `url` a model behind a server, or a
    `MockEngine`, which answers from a script. Called again, it goes on where it stopped. `data` gives a benchmark's
    items by its name; `folders` are searched for the public sets; without either each asks our own small set.
    `samples`, `most` (items), `max_new_tokens` and `chat` say how it is asked; `against` (the other model's scores) and
    the judge are what a win rate needs; `variants`, scores of a model asked to be concise or verbose against itself as
    it is, calibrate how much that judge is swayed by length. A `system` message stands before each prompt: of a
    prompted model only what it answers in a conversation is measured. What it thinks before an answer is not a part of
    it; `thought` are pairs of marks that open and close one, beside those that are known. A `fresh` evaluation asks
    everything again. Raises UserError where a benchmark needs what is not there, before anything is computed.
    """
    names = [benchmarks] if isinstance(benchmarks, str) else list(benchmarks)
    if precision not in ("auto", "fp32", "bf16"):
        given = f"{option('precision')} is {precision!r}."
        raise UserError(given, "There is no such precision.", "Give auto, fp32 or bf16.")
    if rubric and WINRATE.name not in names:
        raise UserError(
            f"{option('rubric')} is {rubric}.",
            "Only winrate is judged by a rubric of yours, and it is not asked for.",
            "Leave it out, or ask for winrate.",
        )
    ruled = policy_benchmark(load_policy(Path(policy)), Path(policy)) if policy is not None else None
    settings = {"samples": samples, "most": most, "max_new_tokens": max_new_tokens, "chat": chat}
    target = target_of(model if isinstance(model, MockEngine) else str(model), url)
    own = {HELDOUT.name: heldout_benchmark((), points=read_points(target.points))} if target.points else {}
    wanted = [own.get(each.name, each).with_settings(**settings) for each in chosen(names, ruled)]
    sources = _sources(data or {}, {name for each in wanted for name in (each.name, each.asked_as)})
    asked = read_items(wanted, {**target.sources, **sources}, [Path(folder) for folder in folders])
    judge = judge_from(judge_url, judge_model, rubric, prices)
    folder = Path(out) if out is not None else Path("scores") / (Path(target.name).name or "model")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with also_thought(marks_from(thought)):
        evaluate_model(
            target, asked, folder, precision=precision, rows=rows, seed=seed, progress=progress or TerminalProgress(),
            judge=judge, against=str(against) if against is not None else None,
            variants=[str(each) for each in variants], system=system, fresh=fresh,
        )  # fmt: skip
    return EvaluationResult(read_evaluation(str(folder)), folder, tuple(asked), judge.usage() if judge else {})


def _sources(data: Mapping[str, Source], names: set[str]) -> dict[str, Source]:
    for name in data:
        if name not in names:
            raise UserError(
                f"{option('data')} names {name!r}.",
                f"It is not among the benchmarks that are asked for: {', '.join(sorted(names))}.",
                "Name one of them, or ask for it too.",
            )
    return dict(data)


EvaluationLike: TypeAlias = Union[str, Path, EvaluationResult, ScoreResult, "RunResult"]
"""A folder of scores or of a run (its trained model; RUN:before for the one it started from), or a result of
`evaluate`, `run` or `score`."""
GatesLike: TypeAlias = str | Path | Mapping[str, Any] | Sequence[GateSpec | Mapping[str, Any]]
"""A YAML file, a mapping with `gates` and `confidence`, or a list of gates."""


def evaluation_from(given: EvaluationLike) -> EvaluationWithTexts:
    """The evaluation. Raises UserError where a folder holds none."""
    if isinstance(given, EvaluationResult | ScoreResult):
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
        models = " -> ".join(dict.fromkeys(each.evaluation.model for each in (self.before, self.after)))
        return f"{models}: {clear} of {len(self.compared)} metrics changed beyond chance"

    def to_frame(self) -> "polars.DataFrame":
        """A row a metric: before, after, the mean paired difference with its 95 % interval, p, p_family (Holm), n, and
        how many pairs are left out since a side could not be judged (unjudged)."""
        import polars as pl

        rows = [
            {
                **each.difference.model_dump(),
                "p": each.p,
                "p_family": each.p_family,
                "unjudged": each.difference.missing,
            }
            for each in self.compared
        ]
        schema: dict[str, Any] = {"metric": pl.String}
        schema |= dict.fromkeys(("before", "after", "mean", "low", "high", "p", "p_family"), pl.Float64)
        return frame_of(rows, schema | dict.fromkeys(("n", "unjudged"), pl.Int64))


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
        """A row a gate: verdict, rule, figure, low, high, n, unjudged, against, summary."""
        return gates_frame(self.record)


def gates_frame(verdict: Verdict) -> "polars.DataFrame":
    """A row a gate; `against` is what it was compared with."""
    import polars as pl

    schema: dict[str, Any] = {"verdict": pl.String, "rule": pl.String, "figure": pl.Float64, "low": pl.Float64}
    more = {"high": pl.Float64, "n": pl.Int64, "unjudged": pl.Int64, "against": pl.String, "summary": pl.String}
    return frame_of([{**gate.model_dump(), "unjudged": gate.missing} for gate in verdict.gates], {**schema, **more})


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
    prompted = [each for each in wanted.gates if each.against == BASELINE]
    if prompted:
        raise UserError(
            f"A gate compares {prompted[0].metric} with a baseline.",
            "That is measured by a run whose spec has one; scores bring none.",
            worded(
                "Give the baseline's scores with --base (RUN:baseline), and ask better_by or no_worse_by.",
                'Give the baseline\'s evaluation as `before` ("RUN:baseline"), and ask better_by or no_worse_by.',
            ),
        )
    comparing = [each for each in wanted.gates if each.against is not None]
    if comparing and after is None:
        raise UserError(
            f"A gate asks {comparing[0].metric} to be {comparing[0].limit[0]} {comparing[0].limit[1]:g}.",
            "That compares with other scores, and there are none.",
            worded("Give them with --base SCORES.", "Give two evaluations: gate(before, after, gates)."),
        )
    last = before if after is None else after
    old, new = evaluation_from(before).evaluation, evaluation_from(last).evaluation
    missing = [each.metric for each in wanted.gates if new.figure(each.metric) is None]
    if missing:
        raise UserError(
            f"A gate looks at {missing[0]}.",
            f"{_name(last)} does not hold that metric, but {', '.join(each.metric for each in new.figures)}.",
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
    if isinstance(run, ScoreResult):
        raise UserError("Scores are to be judged.", "They bring no gates of their own.", "Give `gates`.")
    folder = Path(_name(run))
    found = Run.read(folder) if other is None else None
    if found is None or StageName.EVALUATION in found.info.stages:
        raise UserError(
            f"{folder} is to be judged." if other is None else f"{_name(other)} is to be judged against {folder}.",
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
    """What messages call it: its folder, if it has one."""
    if isinstance(given, ScoreResult):
        return "what was scored"
    return str(given if isinstance(given, str | Path) else given.folder)
