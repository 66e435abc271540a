"""What a judge is asked about a model's answers once these are written: the stages `judge.NAME` of an evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...evaluate import TRUTHFULQA_GENERATION, WINRATE, Measured, claims_to_judge, measured_truth, outcomes
from ...judges import Judge, Preference, judge_truth, truth_version
from ...records import Answer, Prompt, Score
from ...stats import LengthPrior
from ...store import FileName, Stage
from ..parts import said_in
from .items import BenchmarkItems


@dataclass(frozen=True)
class JudgeTask:
    """A benchmark's finished answers, what a judge is to say of each item, and what is measured of that.

    `version` and `inputs` decide the judge's scores; `told` goes into the evaluation's fingerprint.
    """

    asked: BenchmarkItems
    items: Sequence[Any]
    version: str
    inputs: Mapping[str, str]
    told: Mapping[str, str]
    judge: Callable[[Sequence[Any]], Sequence[Score]]
    measured: Callable[[Sequence[Score]], Measured]


def to_judge(
    asked: Sequence[BenchmarkItems],
    stages: Sequence[Stage],
    judge: Judge | None,
    other: Stage | None,
    against: str | None,
    prior: LengthPrior,
) -> list[JudgeTask]:
    """What there is for the judge to do about the benchmarks' answers, held in `stages`.

    `other` holds the answers of the model `against`, for the win rate, and `prior` is the judge's slope on length.
    """
    found: list[JudgeTask] = []
    if judge is None:
        return found
    for each, stage in zip(asked, stages, strict=True):
        if each.benchmark.name == TRUTHFULQA_GENERATION.name:
            found.append(_truth(each, stage, judge))
        elif each.benchmark.name == WINRATE.name and other is not None and against is not None:
            found.append(_preference(each, stage, judge, other, against, prior))
    return found


def _truth(asked: BenchmarkItems, own: Stage, judge: Judge) -> JudgeTask:
    texts = {item: answer.text for item, answer in _first_answers(own).items()}
    version = truth_version(judge)
    return JudgeTask(
        asked,
        asked.items,
        version,
        inputs={"own": own.output(FileName.ANSWERS), "data": asked.data},
        told={"judge of truth": version},
        judge=lambda some: judge_truth(judge, claims_to_judge(some, texts)),
        measured=lambda scores: measured_truth(asked.items, scores),
    )


def _preference(
    asked: BenchmarkItems, own: Stage, judge: Judge, other: Stage, against: str, prior: LengthPrior
) -> JudgeTask:
    """The judge's preference between two models' answers, with the characters of both."""
    said, theirs = _first_answers(own), _first_answers(other)

    def compare(some: Sequence[Prompt]) -> list[Score]:
        there = [prompt for prompt in some if not _missing(said[prompt.id], theirs[prompt.id])]
        rows = [(prompt.text, said[prompt.id].text, theirs[prompt.id].text) for prompt in there]
        found = dict(zip((prompt.id for prompt in there), judge.compare_all(rows), strict=True))
        return [_outcome(prompt, found.get(prompt.id), said[prompt.id], theirs[prompt.id]) for prompt in some]

    return JudgeTask(
        asked,
        asked.prompts,
        f"{judge.version}, mean of both orders",
        inputs={
            "own": own.output(FileName.ANSWERS),
            "other": other.output(FileName.ANSWERS),
            "data": asked.data,
        },
        told={
            "judge": judge.version,
            "against": against,
            "length": f"slope {prior.mean:.4g} with sd {prior.sd:.4g}",
        },
        judge=compare,
        measured=lambda scores: outcomes(asked.prompts, scores, prior),
    )


def _outcome(prompt: Prompt, found: Preference | None, own: Answer, other: Answer) -> Score:
    if found is None:
        return Score(scorer="winrate", value=None, reason=_missing(own, other))
    return Score(
        scorer="winrate",
        value=found.share,
        label="flipped" if found.flipped else None,
        reason=found.reason,
        details={"own": float(len(own.text)), "other": float(len(other.text))},
        served=found.served,
    )


def _missing(own: Answer, other: Answer) -> str:
    """Why two answers are not compared: one of them is not there, and that is no loss to the other."""
    return own.withheld or other.withheld


def _first_answers(stage: Stage) -> dict[str, Answer]:
    return {answer.prompt_id: answer for answer in said_in(stage) if answer.index == 0}
