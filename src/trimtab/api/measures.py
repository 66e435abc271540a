"""`evaluate` and `compare`: a model's figures, and two models' side by side."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

from ..calibration import read_calibration
from ..data import Source, read_points
from ..errors import UserError, option
from ..evaluate import (
    HELDOUT,
    WINRATE,
    Compared,
    chosen,
    compare_evaluations,
    heldout_benchmark,
    policy_benchmark,
)
from ..loop import (
    BenchmarkItems,
    EvaluationWithTexts,
    Progress,
    evaluate_model,
    people_in_room,
    read_evaluation,
    read_items,
    target_of,
)
from ..models import MockEngine
from ..records import Evaluation, Measure, MeasuredSide, PeopleMeasure, also_thought
from ..spec import load_policy
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
    calibrations: Sequence[str | Path] = (),
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
    everything again. `calibrations` of a judge (docs/judges.md) correct the rates that it gives. Raises UserError where
    a benchmark needs what is not there, before anything is computed.
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
    rules = load_policy(Path(policy)) if policy is not None else None
    ruled = policy_benchmark(rules, Path(policy)) if policy is not None and rules is not None else None
    known = [read_calibration(Path(each)) for each in calibrations]
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
            variants=[str(each) for each in variants], system=system, fresh=fresh, calibrations=known, policy=rules,
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


def evaluation_from(given: EvaluationLike) -> EvaluationWithTexts:
    """The evaluation. Raises UserError where a folder holds none."""
    if isinstance(given, EvaluationResult | ScoreResult):
        return given.texts
    return read_evaluation(str(given)) if isinstance(given, str | Path) else given.evaluation().texts


def with_said_in(room: str | None, given: Sequence[EvaluationLike]) -> list[EvaluationWithTexts]:
    """The evaluations, before and after, with what people said of their answers in a room, if one is given.

    Raises UserError as `evaluation_from`, where there is no such room, or where no folder says what the answers are.
    """
    found = [evaluation_from(each) for each in given]
    if room is None:
        return found
    if not all(isinstance(each, str | Path) for each in given):
        raise UserError(
            f"{option('room')} is {room}.",
            "What was judged there is told by folders, and another value is given.",
            "Give the folders of scores or of runs: RUN:before, RUN.",
        )
    said = people_in_room(room, [name_of(each) for each in given])
    sides: tuple[MeasuredSide, ...] = ("before", "after") if len(given) > 1 else ("after",)
    return [
        replace(each, evaluation=each.evaluation.model_copy(update={"people": said[side]}))
        for each, side in zip(found, sides, strict=True)
    ]


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


def compare(
    before: EvaluationLike, after: EvaluationLike, *, seed: int = 0, room: str | None = None
) -> ComparisonResult:
    """Compares two evaluations item by item: paired differences with intervals, tests, and what changed.

    With the review `room` in which people judged the answers of both, what they said is compared too. Raises UserError
    where a folder holds no evaluation, or the two were not taken alike.
    """
    old, new = with_said_in(room, (before, after))
    try:
        found = compare_evaluations(old.evaluation, new.evaluation, confidence=0.95, seed=seed)
    except ValueError as error:
        raise UserError(
            f"{name_of(before)} and {name_of(after)} are to be compared.",
            f"Their figures were not taken alike: {error}.",
            "Evaluate both on the same items in the same way, and compare those.",
        ) from None
    return ComparisonResult(old, new, tuple(found))


def name_of(given: EvaluationLike) -> str:
    """What messages call it: its folder, if it has one."""
    if isinstance(given, ScoreResult):
        return "what was scored"
    return str(given if isinstance(given, str | Path) else given.folder)
