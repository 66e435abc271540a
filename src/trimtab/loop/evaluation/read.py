"""Evaluations read back: of a run (before, after, its baseline), or of a folder that `trimtab eval` wrote."""

from dataclasses import dataclass
from pathlib import Path

from ...errors import UserError, command, option
from ...evaluate import HELDOUT
from ...records import Evaluation, Prompt, also_thought
from ...store import FileName, Run, Stage, StageName, benchmark_name, evaluation_name
from ..asking import SIDES
from ..parts import marks_in, said_in
from ..said import people_of, with_people
from .rated import with_judged

_WHICH = ("before", "baseline", "after")
_ASKED = (benchmark_name("answer", ""), benchmark_name("choose", ""))


@dataclass(frozen=True)
class EvaluationWithTexts:
    """An evaluation with its texts: what was asked and what the model said first, by the items' set and id."""

    evaluation: Evaluation
    asked: dict[tuple[str, str], str]
    said: dict[tuple[str, str], str]


def read_evaluation(place: str) -> EvaluationWithTexts:
    """The evaluation in a folder of scores; of a run's trained model; with `:before` behind a run, of its start model,
    and with `:baseline` of that under the spec's system message.

    Raises UserError where there is no such folder or it has not come so far.
    """
    folder, colon, which = place.rpartition(":")
    if not colon or which not in _WHICH:
        if colon and Path(folder).is_dir() and not Path(place).is_dir():
            raise UserError(
                f"{place!r} asks for {which!r} of the run in {folder}.",
                "A run has no such side.",
                f"Give {folder} for its trained model, or one of {', '.join(f'{folder}:{side}' for side in _WHICH)}.",
            )
        folder, which = place, ""
    run = Run.read(Path(folder), scores=True)
    if which == StageName.BASELINE.rpartition(".")[2] and not run.info.spec.get("baseline"):
        raise UserError(
            f"The baseline of {run.folder} is asked for.",
            "Its spec has none.",
            "Add `baseline: {system: …}` and run it.",
        )
    if StageName.EVALUATION in run.info.stages and not which:
        stage, scope = (
            _finished(run, StageName.EVALUATION, f"Give the same {command('eval')} again with {option('out', folder)}"),
            "",
        )
    else:
        which = which or "after"
        stage = _finished(run, evaluation_name(which), f"Give {command('run')} again with {option('out', folder)}")
        scope = f".{which}"
    found = with_judged(run, stage)
    if side := next((each for each in SIDES if each == which), None):
        found = with_people(found, side, people_of(run))
    texts = EvaluationWithTexts(found, {}, {})
    with also_thought(marks_in(run.info.spec)):
        _gather(stage, HELDOUT.name, texts)
        for name in run.info.stages:
            part = run.current(name)
            if part is not None and name.startswith(_ASKED) and name.endswith(scope):
                _gather(part, name.partition(".")[2].removesuffix(scope), texts)
    return texts


def _gather(stage: Stage, over: str, texts: EvaluationWithTexts) -> None:
    if (stage.folder / FileName.PROMPTS).is_file():
        texts.asked.update({(over, prompt.id): prompt.text for prompt in stage.read_lines(FileName.PROMPTS, Prompt)})
    if (stage.folder / FileName.ANSWERS).is_file():
        texts.said.update({(over, answer.prompt_id): answer.text for answer in said_in(stage) if answer.index == 0})


def _finished(run: Run, name: str, again: str) -> Stage:
    stage = run.current(name)
    if stage is None:
        raise UserError(
            f"The folder is {run.folder}.",
            f"Its stage `{name}` is not finished.",
            f"{again}: it goes on where it stopped.",
        )
    return stage
