"""The whole loop: feedback, evaluation before, training, evaluation after, gate, report."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..records import Verdict
from ..spec import LoadedSpec, Spec
from ..store import Run, Stage
from .advised import advised, with_method
from .inputs import read_inputs
from .progress import Progress
from .publish import publish
from .rewarding import trains_a_reward
from .training import round_name

if TYPE_CHECKING:
    from .stages import Stages


def run_loop(loaded: LoadedSpec, out: Path, progress: Progress) -> Verdict:
    """Runs a spec in the folder `out`, going on where an earlier try stopped, and returns the verdict.

    Raises UserError where the spec's files cannot work, before anything heavy is loaded, and Blocked where the audit
    finds comparisons that must not be trained on.
    """
    inputs = read_inputs(loaded)
    spec = loaded.spec
    told = spec.model_dump(mode="json")
    with Run.open(out, name=spec.name, goal=spec.goal, spec=told, spec_folder=loaded.folder) as run:
        if spec.training.method == "auto":
            loaded = with_method(loaded, run.resolve("method", lambda: advised(loaded, progress)))
            spec = loaded.spec
        from .stages import Stages

        stages = Stages(run, loaded, inputs, progress)
        feedback = stages.import_files() if inputs.files else stages.judge(stages.sample())
        audited = stages.audit(feedback)
        before = stages.evaluate("before", None)
        sft = stages.train_sft(feedback) if spec.training.first is not None else None
        made = [feedback, before, *(stage for stage in (audited, sft) if stage is not None)]
        training = _train(stages, spec, feedback, sft, made)
        for number in range(2, spec.rounds + 1):
            stages.begin_round(number, training)
            feedback = stages.judge(stages.sample())
            audited = stages.audit(feedback)
            made += [feedback, *([audited] if audited is not None else [])]
            training = _train(stages, spec, feedback, None, made)
        after = stages.evaluate("after", training)
        gate = stages.gate(before, after)
        sampled = {round_name("feedback.sample", number) for number in range(1, spec.rounds + 1)}
        run.keep_stages({stage.name for stage in (*made, after, gate)} | sampled)
        verdict = gate.read("verdict.json", Verdict)
        publish(run)
        return verdict


def _train(stages: "Stages", spec: Spec, feedback: Stage, sft: Stage | None, made: list[Stage]) -> Stage:
    """A round's training, the reward model first where the method has one; its stages join those `made`."""
    reward = None
    if spec.training.method == "rlhf" and trains_a_reward(spec.training.rl):
        reward = stages.train_reward(feedback, sft)
        made.append(reward)
    training = stages.train(feedback, sft, reward)
    made.append(training)
    return training
