"""`gate`: the limits that a model's figures must keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import UserError, command, option, worded
from ..evaluate import unlike
from ..gate import decide
from ..loop import read_verdict
from ..metrics import PEOPLE
from ..records import Verdict
from ..spec import BASELINE, GateSpec, GatesSpec, load_gates
from ..store import Run, StageName
from .measures import EvaluationLike, name_of, with_said_in
from .results import Result, frame_of
from .scores import ScoreResult

if TYPE_CHECKING:
    import polars

GatesLike: TypeAlias = str | Path | Mapping[str, Any] | Sequence[GateSpec | Mapping[str, Any]]
"""A YAML file, a mapping with `gates` and `confidence`, or a list of gates."""


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
    before: EvaluationLike, after: EvaluationLike | None = None, gates: GatesLike | None = None, *, seed: int = 0,
    room: str | None = None,
) -> VerdictResult:  # fmt: skip
    """The verdict: pass, regress or undecided.

    Of a run by itself, `gate("runs/x")`, it is the run's own. Two evaluations are held against `gates`; one by itself,
    `gate(scores, gates=[…])`, against gates that compare with nothing. A gate on `people.*` looks at what was said of
    these answers in the review `room`, or when the run went on. Raises UserError where the two were not taken alike, or
    a gate looks at what was not measured.
    """
    if gates is None:
        if room is not None:
            raise UserError(
                f"{option('room')} is {room}.",
                "A run's own verdict hangs on what people had said when it went on.",
                worded("Give --gates FILE too, or run it again with --fresh.", "Give `gates` too."),
            )
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
    found = [each.evaluation for each in with_said_in(room, [before] if after is None else [before, after])]
    old, new = found[0], found[-1]
    missing = [each.metric for each in wanted.gates if new.figure(each.metric) is None]
    if missing and missing[0].startswith(PEOPLE):
        raise UserError(
            f"A gate looks at {missing[0]}.",
            f"People were not asked for it of the answers of {name_of(last)}" + (f" in {room}." if room else "."),
            f"Give the review room in which they judged these answers ({option('room')}), or remove the gate.",
        )
    if missing:
        raise UserError(
            f"A gate looks at {missing[0]}.",
            f"{name_of(last)} does not hold that metric, but {', '.join(each.metric for each in new.figures)}.",
            f"Measure it too ({command('eval')}), or remove the gate.",
        )
    try:
        verdict = decide(old, new, wanted.gates, confidence=wanted.confidence, seed=seed)
    except ValueError:
        raise UserError(
            f"{name_of(last)} is to be judged against {name_of(before)}.",
            f"Their figures were not taken alike: they differ in {unlike(old, new)}.",
            "Evaluate both on the same items in the same way.",
        ) from None
    return VerdictResult(new.model, verdict)


def _own_verdict(run: EvaluationLike, other: EvaluationLike | None) -> VerdictResult:
    if isinstance(run, ScoreResult):
        raise UserError("Scores are to be judged.", "They bring no gates of their own.", "Give `gates`.")
    folder = Path(name_of(run))
    found = Run.read(folder, scores=True) if other is None else None
    if found is None or StageName.EVALUATION in found.info.stages:
        raise UserError(
            f"{folder} is to be judged." if other is None else f"{name_of(other)} is to be judged against {folder}.",
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
