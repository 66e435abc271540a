"""The spec: what is to be done in one run. Every field has a reader; an unknown one is refused."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ..records import ThoughtMarks
from .base import Positive, Section
from .baseline import BaselineSpec
from .evaluation import EvaluationSpec, GateSpec
from .feedback import AuditSpec, FeedbackSpec
from .judges import JudgesSpec
from .rl import FEEDBACK
from .training import TrainingSpec


class ModelSpec(Section):
    """The model to start from: an alias, a Hugging Face id or a folder, with an adapter folder on top if given.

    `thought` are marks that its thoughts stand between, beside those that are known (docs/scorers.md).
    """

    name: str = Field(min_length=1)
    adapter: str | None = None
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    thought: tuple[ThoughtMarks, ...] = ()


class PromptsSpec(Section):
    """Prompt files (JSONL), relative to the spec's folder; `points` say what good answers to any of them would."""

    train: str
    heldout: str
    facts: str | None = None
    points: str | None = None


class Spec(Section):
    """One run, from goal to gates.

    `rounds` repeats feedback and training: each round's answers are sampled from the model that the round before ended
    in, judged, and trained on with that model as the reference (iterative DPO or RLHF; Xiong et al. 2024, "Iterative
    Preference Learning from Human Feedback", algorithm 2), by a rubric or by people in a review room. Files, and rooms
    that others fill, are part of the first round alone.

    `policy` names a file of rules (docs/policy.md). What breaks one of severity block is not taught as the better
    side; the audit knows which prompts are to be declined; the evaluation measures `policy.RULE` and `policy.any`.

    `baseline` is the prompt that training has to beat: the start model under a system message, measured beside it.

    `judges` says which calibrations are at hand of models that judge, and what they must keep to decide by themselves.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)
    goal: str = Field(min_length=1)
    seed: int = Field(default=0, ge=0, lt=2**31)
    decode_batch_size: Positive = 96
    rounds: Positive = 1
    model: ModelSpec
    prompts: PromptsSpec
    policy: str | None = None
    feedback: FeedbackSpec
    audit: AuditSpec = AuditSpec()
    training: TrainingSpec = TrainingSpec()
    evaluation: EvaluationSpec = EvaluationSpec()
    baseline: BaselineSpec | None = None
    judges: JudgesSpec = JudgesSpec()
    gates: tuple[GateSpec, ...] = Field(min_length=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _watches_something(self) -> Self:
        watched = self.training.watched
        if watched is not None and watched.proxy.rubric == FEEDBACK and self.feedback.sample is None:
            raise ValueError(
                "`training.monitor` watches the rubric that judged the feedback, and no source is judged by one; give "
                "`training.monitor.proxy`, or remove the monitor"
            )
        return self

    @model_validator(mode="after")
    def _samples_each_round(self) -> Self:
        if self.rounds > 1 and not self.feedback.drawn:
            raise ValueError(
                f"`rounds` is {self.rounds}, and without a source that samples a round has no feedback of its own"
            )
        return self
