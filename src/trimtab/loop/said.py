"""What people said of a run's answers, read beside its evaluations."""

from ..records import Evaluation, MeasuredSide, PeopleMeasure
from ..store import FileName, Run, Stage, StageName


def with_people(evaluation: Evaluation, side: MeasuredSide, people: Stage | None) -> Evaluation:
    """An evaluation with what people said of its answers."""
    if people is None:
        return evaluation
    said = tuple(each for each in people.read_lines(FileName.PEOPLE, PeopleMeasure) if each.of == side)
    return evaluation.model_copy(update={"people": said})


def people_of(run: Run) -> Stage | None:
    """The stage of what people said, where that is of the answers that the run has now."""
    stage = run.current(StageName.PEOPLE)
    told = stage.manifest if stage is not None else None
    if stage is None or told is None:
        return None
    sides = [("before", StageName.BEFORE), ("after", StageName.AFTER)]
    for side, name in [*sides, *([("baseline", StageName.BASELINE)] if "baseline" in told.inputs else [])]:
        answered = run.current(name)
        made = answered.manifest if answered is not None else None
        if made is None or told.inputs.get(side) != made.outputs.get(FileName.ANSWERS):
            return None
    return stage
