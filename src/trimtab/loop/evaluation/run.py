"""The evaluation of one model into a folder, which is a run directory of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...evaluate import Measured
from ...judges import Judge
from ...records import Calibration, Evaluation, Policy, Score, added_marks
from ...store import FileName, Run, Stage, StageName
from ..parts import marked, precision_of, said_in
from ..progress import Progress
from .engine import Evaluator
from .items import BenchmarkItems, other_answers, refuse_impossible
from .judging import to_judge
from .length import length_prior
from .rates import Rates
from .subject import Subject
from .target import Target

if TYPE_CHECKING:
    from ...models import LoadedModel, ModelRef

_FRESH = "fresh"
"""How often the model in a folder was asked afresh."""


def evaluate_model(
    target: Target,
    asked: Sequence[BenchmarkItems],
    out: Path,
    *,
    precision: Literal["auto", "fp32", "bf16"],
    rows: int,
    seed: int,
    progress: Progress,
    judge: Judge | None = None,
    against: str | None = None,
    variants: Sequence[str] = (),
    system: str | None = None,
    fresh: bool = False,
    calibrations: Sequence[Calibration] = (),
    policy: Policy | None = None,
) -> Evaluation:
    """Runs the benchmarks in the folder `out`, going on where an earlier try stopped, and returns the measures.

    `judge` also says which answers of truthfulqa-generation are true and informative; `judge` and `against`, a folder
    of scores that hold the other model's answers, are what a win rate needs, and `variants` calibrate the judge on
    length (see `length_prior`). `system` is a message before each prompt. A `fresh` one asks everything again, as it
    must where another model stands behind the same name. `calibrations` correct the rates of the judges, and of the
    rules of the `policy`, that they are of. Raises UserError where the model cannot do what a benchmark needs,
    before anything is computed.
    """
    refuse_impossible(target, asked, system)
    other = other_answers(asked, judge, against)
    prior = length_prior(variants, judge)
    with Run.open(out, name=target.name, goal="evaluation", spec=marked(added_marks())) as run:
        if fresh:
            run.renew(_FRESH)
        subject = _subject(run, target, precision, progress, system)
        work = Evaluator(run, subject, rows=rows, seed=seed, progress=progress)
        stages = [work.ask(each) for each in asked]
        extra: list[tuple[BenchmarkItems, Measured]] = []
        told: dict[str, str] = {}
        for what in to_judge(asked, stages, judge, other, against, prior):
            extra.append((what.asked, what.measured(work.judged(what).read_lines(FileName.SCORES, Score))))
            told |= what.told
        last = work.measured(StageName.EVALUATION, asked, extra, told)
        rated = work.rated(last, asked, Rates(calibrations, {}, policy, judge, _first(other)))
        run.keep_stages({stage.name for stage in (*work.stages.values(), last, *rated)})
        return last.read(FileName.EVALUATION, Evaluation)


def _first(stage: Stage | None) -> dict[str, str]:
    """The first answer to each prompt of a stage."""
    return {} if stage is None else {one.prompt_id: one.text for one in said_in(stage) if one.index == 0}


def _subject(
    run: Run, target: Target, precision: Literal["auto", "fp32", "bf16"], progress: Progress, system: str | None
) -> Subject:
    own = None if target.endpoint else precision_of(run, precision)

    def load(ref: "ModelRef | None", reward: bool = False) -> "LoadedModel":
        from ... import models

        assert ref is not None
        assert own is not None
        return models.load(ref, own, progress.say, reward=reward)

    return Subject(
        name=target.name if system is None else f"{target.name} + system message",
        identity={
            "model": target.identity(progress.say),
            **({_FRESH: run.info.resolved[_FRESH]} if _FRESH in run.info.resolved else {}),
        },
        precision=own,
        load=lambda reward: load(target.ref, reward),
        start=None if target.start is None else lambda: load(target.start),
        endpoint=target.endpoint,
        system=system,
    )
