"""What a run's own judges made of single answers: higher is better."""

from pathlib import Path

from ..errors import UserError
from ..records import Evaluation, Message, Prompt, Ranking, also_thought, text_of
from ..store import FileName, Run, StageName
from .parts import marks_in, said_in


def answers_judged(folder: Path, metric: str | None = None) -> dict[tuple[str, str], float]:
    """Marks by the prompt's turns, a line each, and the answer: by the rubric that judged the sampled answers of every
    round, whose ranks they are; of the held-out answers before and after by a `metric`, higher being better.

    Raises UserError where the run has judged nothing by it.
    """
    run = Run.read(folder)
    found = _ranked(run) if metric is None else _measured(run, metric)
    if not found:
        raise UserError(
            f"The judge is {'the rubric' if metric is None else metric} of the run in {folder}.",
            "It has judged no answer there.",
            "Name a metric that the run measures before and after."
            if metric is None
            else "Name a metric whose items are the held-out answers, and one way of which is good.",
        )
    return found


def _ranked(run: Run) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for name in run.info.stages:
        stage = run.current(name) if name.startswith(StageName.JUDGE) else None
        if stage is not None and (stage.folder / FileName.RANKINGS).is_file():
            for each in stage.read_lines(FileName.RANKINGS, Ranking):
                for said, rank in zip(each.completions, each.ranks, strict=True):
                    found[asked_in_lines(each.prompt), text_of(said)] = -float(rank)
    return found


def _measured(run: Run, metric: str) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    with also_thought(marks_in(run.info.spec)):
        for name in (StageName.BEFORE, StageName.AFTER):
            stage = run.current(name)
            evaluation = stage.read(FileName.EVALUATION, Evaluation) if stage is not None else None
            measure = evaluation.measure(metric) if evaluation is not None else None
            if stage is None or evaluation is None or measure is None or measure.better == "neither":
                continue
            sign = 1.0 if measure.better == "higher" else -1.0
            values = dict(zip(evaluation.items[measure.over], measure.values, strict=True))
            asked = {
                prompt.id: asked_in_lines(prompt.messages) for prompt in stage.read_lines(FileName.PROMPTS, Prompt)
            }
            for answer in said_in(stage):
                value = values.get(answer.prompt_id)
                if value is not None and answer.index == 0:
                    found[asked[answer.prompt_id], answer.text] = sign * value
    return found


def asked_in_lines(prompt: tuple[Message, ...]) -> str:
    """A prompt's turns, a line each."""
    return "\n".join(turn.content for turn in prompt)
