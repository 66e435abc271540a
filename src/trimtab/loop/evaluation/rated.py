"""An evaluation read with what labels make of the rates that a judge gave."""

from ...records import Evaluation, JudgedRate
from ...store import FileName, Run, Stage, rates_name


def rates_of(run: Run, evaluation: Stage) -> Stage | None:
    """The stage of a judge's rates in an evaluation, where it is of this very evaluation."""
    stage = run.current(rates_name(evaluation.name))
    told = stage.manifest if stage is not None else None
    if told is None or told.inputs.get("evaluation") != evaluation.output(FileName.EVALUATION):
        return None
    return stage


def with_judged(run: Run, evaluation: Stage) -> Evaluation:
    """The evaluation in a stage, with the rates that a judge gave in it, raw and corrected."""
    found, stage = evaluation.read(FileName.EVALUATION, Evaluation), rates_of(run, evaluation)
    if stage is None:
        return found
    return found.model_copy(update={"judged": tuple(stage.read_lines(FileName.JUDGED, JudgedRate))})
