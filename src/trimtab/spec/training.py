"""The section of a spec that says how the model is trained."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Fraction, Positive, Section
from .rl import RLSpec


class LoraSpec(Section):
    """The LoRA adapter (Hu et al. 2021): rank r, scale alpha / r, and the linear layers that get one."""

    rank: Positive = 16
    alpha: Positive = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"


class RewardSpec(Section):
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


class SFTSpec(Section):
    """Supervised fine-tuning as a first stage: its own epochs and learning rate, all else as `training` has it.

    `before` names the methods that it goes before; without it, all.
    """

    epochs: float = Field(default=1.0, gt=0)
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    before: tuple[Literal["dpo", "kto", "rlhf"], ...] = ("dpo", "kto", "rlhf")


class TrainingSpec(Section):
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
