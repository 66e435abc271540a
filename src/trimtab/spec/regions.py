"""A spec of several regions: what they share, what each has of its own, and how they are held against each other."""

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from .base import Fraction, Positive, Section
from .baseline import BaselineSpec
from .evaluation import EvaluationSpec, GateSpec
from .feedback import AuditSpec, FeedbackSpec
from .judges import JudgesSpec
from .schema import ModelSpec, PromptsSpec
from .training import TrainingSpec

START, SHARED, COMMON, MERGED = "start", "shared", "common", "merged"
"""What a matrix calls the model that all begin with, that with the shared adapter, the prompts of no region, and the
model trained on all regions' feedback at once. No region has such a name."""
RESERVED = (START, SHARED, COMMON, MERGED, "elsewhere", "own", "all")

RegionName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=20)]


class CommonPromptsSpec(Section):
    """Prompts of no region, which all answer alike. `train` is what shared feedback is about; `facts` and `points` are
    those of every region that gives none of its own."""

    train: str | None = None
    heldout: str
    facts: str | None = None
    points: str | None = None


class RegionSpec(Section):
    """One region: its rules (a pack's file, or a shipped one's name), its prompts and its feedback.

    `audit`, `training`, `evaluation` and `baseline` are put over the whole spec's, key by key; `gates` come on top of
    its gates.
    """

    policy: str = Field(min_length=1)
    prompts: PromptsSpec
    feedback: FeedbackSpec
    audit: dict[str, Any] | None = None
    training: dict[str, Any] | None = None
    evaluation: dict[str, Any] | None = None
    baseline: dict[str, Any] | None = None
    gates: tuple[GateSpec, ...] = ()


class MatrixSpec(Section):
    """What must hold over regions: the least share of a region's `own` rules that its adapter keeps, taken together,
    and the most of the answers that show another region's (`leakage`). None asks nothing."""

    own: Fraction | None = 0.9
    leakage: Fraction | None = 0.05


class RegionsSpec(Section):
    """One assistant in several regions (docs/regions.md).

    Every key that a spec of one run has stands for all regions, save for `feedback`: that is what is shared, and is
    trained on once, before the regions. `at_once` is how many regions are at work at a time; `merged` trains one more
    adapter on the feedback of all, for comparison.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=40)
    goal: str = Field(min_length=1)
    seed: int = Field(default=0, ge=0, lt=2**31)
    decode_batch_size: Positive = 96
    model: ModelSpec
    prompts: CommonPromptsSpec
    policy: str | None = None
    feedback: FeedbackSpec | None = None
    regions: dict[RegionName, RegionSpec] = Field(min_length=2)
    audit: AuditSpec = AuditSpec()
    training: TrainingSpec = TrainingSpec()
    evaluation: EvaluationSpec = EvaluationSpec()
    baseline: BaselineSpec | None = None
    judges: JudgesSpec = JudgesSpec()
    gates: tuple[GateSpec, ...] = ()
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    matrix: MatrixSpec = MatrixSpec()
    merged: bool = False
    at_once: Positive = 1

    @field_validator("regions")
    @classmethod
    def _have_names(cls, regions: dict[str, RegionSpec]) -> dict[str, RegionSpec]:
        taken = [name for name in regions if name in RESERVED]
        if taken:
            raise ValueError(f"no region can be called {taken[0]!r}: the matrix calls something else so")
        return regions

    @model_validator(mode="after")
    def _shares_what_it_trains_on(self) -> Self:
        if self.feedback is None and self.prompts.train is not None:
            raise ValueError(
                "`prompts.train` is given and nothing shared is trained on; give `feedback`, or leave `prompts.train` "
                "out: each region has training prompts of its own"
            )
        if self.feedback is not None and self.prompts.train is None:
            raise ValueError("`feedback` is shared by all regions, and `prompts.train` does not say what it is about")
        return self
