"""The whole loop: feedback, evaluation before, training, evaluation after, gate, report."""

from pathlib import Path

from ..records import Verdict
from ..spec import LoadedSpec
from ..store import Run
from .advised import advised, with_method
from .inputs import read_inputs
from .progress import Progress
from .publish import publish
from .rewarding import trains_a_reward


def run_loop(loaded: LoadedSpec, out: Path, progress: Progress) -> Verdict:
    """Runs a spec in the folder `out`, going on where an earlier try stopped, and returns the verdict.

    Raises UserError where the spec's files cannot work, before anything heavy is loaded.
    """
    inputs = read_inputs(loaded)
    spec = loaded.spec
    with Run.open(out, name=spec.name, goal=spec.goal, spec=spec.model_dump(mode="json")) as run:
        if spec.training.method == "auto":
            loaded = with_method(loaded, run.resolve("method", lambda: advised(loaded, progress)))
            spec = loaded.spec
        from .stages import Stages

        stages = Stages(run, loaded, inputs, progress)
        feedback = stages.import_files() if inputs.files else stages.judge(stages.sample())
        before = stages.evaluate("before", None)
        sft = stages.train_sft(feedback) if spec.training.sft_first is not None else None
        reward = None
        if spec.training.method == "rlhf" and trains_a_reward(spec.training.rl):
            reward = stages.train_reward(feedback, sft)
        training = stages.train(feedback, sft, reward)
        after = stages.evaluate("after", training)
        gate = stages.gate(before, after)
        made = (feedback, before, sft, reward, training, after, gate)
        run.keep_stages({stage.name for stage in made if stage is not None} | {"feedback.sample"})
        verdict = gate.read("verdict.json", Verdict)
        publish(run)
        return verdict
