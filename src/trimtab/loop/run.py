"""The whole loop: feedback, evaluation before, training, evaluation after, gate, report."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..records import TrainingSummary, Verdict
from ..spec import LoadedSpec
from ..store import Run
from .inputs import read_inputs
from .progress import Progress
from .publish import publish

if TYPE_CHECKING:
    from ..train import Processes


def run_loop(loaded: LoadedSpec, out: Path, progress: Progress, processes: "Processes | None" = None) -> Verdict:
    """Runs a spec in the folder `out`, going on where an earlier try stopped, and returns the verdict.

    Training takes place in `processes`, by itself in this one. Raises UserError where the spec's files cannot work,
    before anything heavy is loaded.
    """
    inputs = read_inputs(loaded)
    spec = loaded.spec
    with Run.open(out, name=spec.name, goal=spec.goal, spec=spec.model_dump(mode="json")) as run:
        from .stages import Stages

        stages = Stages(run, loaded, inputs, progress, processes)
        feedback = stages.feedback()
        before = stages.evaluate("before", None)
        training = stages.train(feedback)
        after = stages.evaluate("after", training)
        gate = stages.gate(before, after)
        run.keep_stages({stage.name for stage in (feedback, before, training, after, gate)} | {"feedback.sample"})
        verdict = gate.read("verdict.json", Verdict)
        publish(run)
        return verdict


def run_training(
    loaded: LoadedSpec, out: Path, progress: Progress, processes: "Processes | None" = None
) -> tuple[Path, TrainingSummary]:
    """Runs a spec's stages up to its training; returns the adapter's folder and what the training says of itself.

    `run_loop` on the same folder goes on from there. Raises UserError as it does, and `Prepared` where the training
    is to be started on several machines.
    """
    inputs = read_inputs(loaded)
    spec = loaded.spec
    with Run.open(out, name=spec.name, goal=spec.goal, spec=spec.model_dump(mode="json")) as run:
        from .stages import Stages

        stages = Stages(run, loaded, inputs, progress, processes)
        training = stages.train(stages.feedback())
        return training.folder / "adapter", training.read("summary.json", TrainingSummary)
