"""The spec: what is to be done in one run. Every field has a reader; an unknown one is refused."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ..scorers import Criterion
from .base import Fraction, Positive
from .base import Section as _Section
from .rl import RLSpec


class ModelSpec(_Section):
    """The model to start from: an alias, a Hugging Face id or a folder, with an adapter folder on top if given."""

    name: str = Field(min_length=1)
    adapter: str | None = None
    precision: Literal["auto", "fp32", "bf16"] = "auto"


class PromptsSpec(_Section):
    """Prompt files (JSONL), relative to the spec's folder."""

    train: str
    heldout: str
    facts: str | None = None


class SamplingSpec(_Section):
    """Feedback from the model itself: several samples a prompt, judged by the rubric, best against worst."""

    samples_per_prompt: int = Field(default=4, ge=2, le=64)
    max_new_tokens: Positive = 96
    temperature: float = Field(default=0.9, gt=0, le=5)
    top_p: float = Field(default=0.95, gt=0, le=1)
    trim_to_sentences: int = Field(default=0, ge=0, le=20)
    rubric: tuple[Criterion, ...] = Field(min_length=1)
    margin: float = Field(default=0.1, ge=0, lt=1)
    most: Positive | None = None

    @field_validator("rubric")
    @classmethod
    def _each_scorer_once(cls, rubric: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        names = [criterion.scorer for criterion in rubric]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the scorer {', '.join(twice)} stands in it more than once; weigh a scorer once")
        return rubric


class FileSpec(_Section):
    """A file of feedback of any type (docs/feedback.md), relative to the spec's folder.

    `weight` is how often its rows are taken: 2.0 each row twice, 0.5 a seeded half. `margin` is for ratings: the share
    of the scale by which two answers must be rated apart to make a comparison; 0.25 is one point of a scale of 1 to 5.
    """

    path: str = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, le=100)
    margin: Fraction = 0.25


class FeedbackSpec(_Section):
    """Where feedback comes from: `sample` makes comparisons, `files` names files that hold supervision."""

    sample: SamplingSpec | None = None
    files: tuple[FileSpec, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.sample is None) == (not self.files):
            raise ValueError(
                "give either `sample` (make comparisons) or `files` (a list of files of feedback), not both or neither"
            )
        return self


class LoraSpec(_Section):
    """The LoRA adapter (Hu et al. 2021): rank r, scale alpha / r, and the linear layers that get one."""

    rank: Positive = 16
    alpha: Positive = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"


class RewardSpec(_Section):
    """A reward model: the Bradley-Terry loss on comparisons or rankings, with a LoRA adapter and a head of one output.

    `heldout` is the share of the prompts that is kept back to measure it; `heads` how many heads are fitted afterwards,
    each on a resample of the comparisons, to tell how sure a reward is. `center` adds that weight times the mean square
    of a pair's summed rewards, which keeps rewards around zero (Eisenstein et al. 2023, "Helping or Herding?").
    """

    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    epochs: float = Field(default=1.0, gt=0)
    batch_size: Positive = 8
    accumulate: Positive = 1
    warmup: Fraction = 0.1
    max_length: int = Field(default=512, ge=16)
    max_grad_norm: float = Field(default=1.0, gt=0)
    checkpoint_every: Positive = 20
    heldout: float = Field(default=0.15, ge=0, lt=1)
    heads: int = Field(default=4, ge=0, le=64)
    center: float = Field(default=0.0, ge=0)
    share_prefixes: bool = True
    lora: LoraSpec = LoraSpec()


Method = Literal["dpo", "kto", "sft", "rlhf"]
"""Ways to train. RLHF is a reward model, then on-policy RL."""


class SFTSpec(_Section):
    """Supervised fine-tuning as a first stage: its own epochs and learning rate, all else as `training` has it.

    `before` names the methods that it goes before; without it, all.
    """

    epochs: float = Field(default=1.0, gt=0)
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    before: tuple[Literal["dpo", "kto", "rlhf"], ...] = ("dpo", "kto", "rlhf")


class TrainingSpec(_Section):
    """Training of a LoRA adapter by `method`: DPO (Rafailov et al. 2023), KTO (Ethayarajh et al. 2024), SFT, or RLHF.

    RLHF is a reward model by `reward` and on-policy RL by `rl` (Ouyang et al. 2022); `auto` takes what `trimtab advise`
    says of the run's own feedback. `sft_first` puts supervised fine-tuning before another method, whose reference is
    then the model after it. `beta` is DPO's and KTO's; `sft_weight` adds the chosen answers' negative log-likelihood to
    DPO. `rehearsal_weight` adds to DPO and RL the KL divergence of the start model from the trained one on plain text
    that the start model wrote, in nats a token: it holds on to what no comparison speaks of, knowledge above all.
    `share_prefixes` computes shared tokens once (DPO, RL); it changes the time of a step, not its result.
    """

    method: Literal["dpo", "kto", "sft", "rlhf", "auto"] = "dpo"
    sft_first: SFTSpec | None = None
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    beta: float = Field(default=0.1, gt=0)
    sft_weight: float = Field(default=0.0, ge=0)
    rehearsal_weight: float = Field(default=0.0, ge=0)
    epochs: float = Field(default=1.0, gt=0)
    batch_size: Positive = 8
    accumulate: Positive = 1
    warmup: Fraction = 0.1
    max_length: int = Field(default=512, ge=16)
    max_grad_norm: float = Field(default=1.0, gt=0)
    checkpoint_every: Positive = 5
    probe_prompts: int = Field(default=8, ge=0)
    share_prefixes: bool = True
    lora: LoraSpec = LoraSpec()
    reward: RewardSpec = RewardSpec()
    rl: RLSpec = RLSpec()

    @model_validator(mode="after")
    def _fits_the_method(self) -> Self:
        if self.method == "sft" and self.sft_first is not None:
            raise ValueError("`sft_first` goes before another method, and the method is sft itself")
        if self.method == "kto" and self.batch_size < 2:
            raise ValueError(
                "give a `batch_size` of at least 2: kto estimates its KL from the other answers of a batch"
            )
        for name in ("sft_weight", "rehearsal_weight"):
            if self.method in ("kto", "sft") and getattr(self, name):
                raise ValueError(f"`{name}` is a term of dpo's loss, and the method is {self.method}")
        return self

    @property
    def first(self) -> SFTSpec | None:
        """The supervised fine-tuning that goes before the method, if any."""
        return self.sft_first if self.sft_first is not None and self.method in self.sft_first.before else None

    @property
    def resolved(self) -> Method:
        """The method, where it is no longer "auto"."""
        assert self.method != "auto"
        return self.method


class AuditSpec(_Section):
    """The audit of comparisons before training on them: findings of these ids do not stop a run, however they weigh."""

    accept: tuple[str, ...] = ()


class EvaluationSpec(_Section):
    """How the model is measured before and after: greedy answers to the held-out prompts, and the facts test.

    `shares` adds metrics by the kind of prompt: "refused" gives `refused.KIND`, and so do "advised" and
    "redirected", which are about personal medical advice.
    """

    max_new_tokens: Positive = 128
    shares: tuple[Literal["refused", "advised", "redirected"], ...] = ()


class GateSpec(_Section):
    """A rule over one metric; exactly one of the six limits.

    `at_least` and `at_most` bound the model's own mean; `at_most_of_base` and `at_least_of_base` its ratio to the
    mean before; `no_worse_by` the paired difference in the metric's bad direction; `better_by` in its good one.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    at_most_of_base: float | None = Field(default=None, gt=0)
    at_least_of_base: float | None = Field(default=None, gt=0)
    no_worse_by: float | None = Field(default=None, ge=0)
    better_by: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        given = [name for name in LIMITS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one limit of {', '.join(LIMITS)}; it has {', '.join(given) or 'none'}")
        return self

    @property
    def limit(self) -> tuple[str, float]:
        """The limit's name and value."""
        return next((name, getattr(self, name)) for name in LIMITS if getattr(self, name) is not None)


LIMITS = ("at_least", "at_most", "at_most_of_base", "at_least_of_base", "no_worse_by", "better_by")


class GatesSpec(_Section):
    """Gates by themselves, for the scores of `trimtab eval`."""

    gates: tuple[GateSpec, ...] = Field(min_length=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)


class Spec(_Section):
    """One run, from goal to gates.

    `rounds` repeats feedback and training: each round's answers are sampled from the model that the round before ended
    in, judged, and trained on with that model as the reference (iterative DPO or RLHF; Xiong et al. 2024, "Iterative
    Preference Learning from Human Feedback", algorithm 2).

    `policy` names a file of rules (docs/policy.md). What breaks one of severity block is not taught as the better
    side; the audit knows which prompts are to be declined; the evaluation measures `policy.RULE` and `policy.any`.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)
    goal: str = Field(min_length=1)
    seed: int = Field(default=0, ge=0, lt=2**31)
    rows: Positive = 96
    rounds: Positive = 1
    model: ModelSpec
    prompts: PromptsSpec
    policy: str | None = None
    feedback: FeedbackSpec
    audit: AuditSpec = AuditSpec()
    training: TrainingSpec = TrainingSpec()
    evaluation: EvaluationSpec = EvaluationSpec()
    gates: tuple[GateSpec, ...] = Field(min_length=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _samples_each_round(self) -> Self:
        if self.rounds > 1 and self.feedback.sample is None:
            raise ValueError(
                f"`rounds` is {self.rounds}, and without `feedback.sample` a round has no feedback of its own"
            )
        return self
