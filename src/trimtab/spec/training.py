"""The section of a spec that says how the model is trained."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticKnownError

from ..methods import METHODS, Method
from ..records import TRAINED, ScorerRef
from .base import Fraction, Positive, Section
from .rl import FEEDBACK, RewardTerm, RLSpec

UPPER_HALF = "{upper-half}"
"""In an expression for target modules: the numbers of the upper half of a model's layers, however many it has."""


class LoraSpec(Section):
    """The LoRA adapter (Hu et al. 2021): rank r, scale alpha / r, and the linear layers that get one.

    `target_modules` are all-linear, names, or an expression that whole names must meet, in which {upper-half} stands
    for the numbers of the upper half of the layers.
    """

    rank: Positive = 16
    alpha: Positive = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"

    def modules_of(self, layers: int) -> str | tuple[str, ...]:
        """`target_modules` in a model of so many layers."""
        if isinstance(self.target_modules, str) and UPPER_HALF in self.target_modules:
            numbers = "|".join(map(str, range(layers // 2, layers)))
            return self.target_modules.replace(UPPER_HALF, f"({numbers})")
        return self.target_modules

    @property
    def share(self) -> float:
        """The share of the layers, the upper ones, that training goes back through; 1 where that cannot be told."""
        return 0.5 if UPPER_HALF in self.target_modules else 1.0


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
    share_prefixes: bool | Literal["always"] = True
    lora: LoraSpec = LoraSpec()


class MonitorSpec(Section):
    """The Goodhart monitor of DPO, KTO and SFT: at the start and every `every` steps (as `checkpoint_every`, if not
    given) the model answers `prompts` training prompts that no row is about, and what the rows were judged by is held
    against an independent measure. RL has its own (`rl.gold`).

    `proxy` is what is rewarded, the rubric of the sampled feedback if not given; `gold` what is meant and not rewarded.
    """

    every: Positive | None = None
    prompts: int = Field(default=24, ge=8)
    max_new_tokens: Positive = 48
    proxy: RewardTerm = RewardTerm(rubric=FEEDBACK)
    gold: RewardTerm = RewardTerm(scorer=ScorerRef(scorer="help"))

    @model_validator(mode="after")
    def _offline_or_there(self) -> Self:
        for name, term in (("proxy", self.proxy), ("gold", self.gold)):
            if any(ref.reward == TRAINED for ref in term.refs):
                raise ValueError(f"`{name}` names the reward model that RL trains; name one that is there already")
        return self

    @property
    def refs(self) -> tuple[ScorerRef, ...]:
        """The scorers that it asks, the feedback's rubric apart."""
        return tuple(dict.fromkeys((*self.proxy.refs, *self.gold.refs)))


AUTO = "auto"
"""In place of a method: the one that suits the run's own feedback."""


def _one_of(names: Callable[[], Iterable[str]]) -> AfterValidator:
    """Refuses what is not among the names, in the words in which pydantic refuses it for a Literal."""

    def check(given: str) -> str:
        known = [repr(name) for name in names()]
        if repr(given) not in known:
            raise PydanticKnownError("literal_error", {"expected": " or ".join([", ".join(known[:-1]), known[-1]])})
        return given

    return AfterValidator(check)


def _after_sft() -> tuple[str, ...]:
    return tuple(name for name, method in METHODS.items() if method.after_sft)


class SFTSpec(Section):
    """Supervised fine-tuning as a first stage: its own epochs and learning rate, all else as `training` has it.

    `before` names the methods that it goes before; without it, all.
    """

    epochs: float = Field(default=1.0, gt=0)
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    before: tuple[Annotated[str, _one_of(_after_sft)], ...] = Field(default_factory=_after_sft)


class TrainingSpec(Section):
    """Training of a LoRA adapter by `method`: DPO (Rafailov et al. 2023), KTO (Ethayarajh et al. 2024), SFT, or RLHF.

    RLHF is a reward model by `reward` and on-policy RL by `rl` (Ouyang et al. 2022); `auto` takes what `trimtab advise`
    says of the run's own feedback. `sft_first` puts supervised fine-tuning before another method, whose reference is
    then the model after it. `beta` is DPO's and KTO's; `sft_weight` adds the chosen answers' negative log-likelihood to
    DPO. `soft_labels` trains DPO and a reward model by how likely a model found each chosen answer the better one,
    where its row tells; without it each counts as certain. `rehearsal_weight` adds to DPO and RL the KL divergence of
    the start model from the trained one on plain text
    that the start model wrote, in nats a token: it holds on to what no comparison speaks of, knowledge above all.
    `share_prefixes` computes shared tokens once (DPO, RL): true where it pays on this device (docs/gpu.md), always, or
    false; it changes the time of a step, not its result. `monitor` watches DPO, KTO and SFT for what their feedback
    does not judge.
    """

    method: Annotated[str, _one_of(lambda: (*METHODS, AUTO))] = "dpo"
    sft_first: SFTSpec | None = None
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    beta: float = Field(default=0.1, gt=0)
    sft_weight: float = Field(default=0.0, ge=0)
    soft_labels: bool = True
    rehearsal_weight: float = Field(default=0.0, ge=0)
    epochs: float = Field(default=1.0, gt=0)
    batch_size: Positive = 8
    accumulate: Positive = 1
    warmup: Fraction = 0.1
    max_length: int = Field(default=512, ge=16)
    max_grad_norm: float = Field(default=1.0, gt=0)
    checkpoint_every: Positive = 5
    probe_prompts: int = Field(default=8, ge=0)
    share_prefixes: bool | Literal["always"] = True
    lora: LoraSpec = LoraSpec()
    monitor: MonitorSpec | None = None
    reward: RewardSpec = RewardSpec()
    rl: RLSpec = RLSpec()

    @model_validator(mode="after")
    def _fits_the_method(self) -> Self:
        if self.method == AUTO:
            return self
        method = self.method_row
        least, why = method.batch
        if self.sft_first is not None and not method.after_sft:
            raise ValueError(f"`sft_first` goes before another method, and the method is {method.name} itself")
        if self.batch_size < least:
            raise ValueError(f"give a `batch_size` of at least {least}: {why}")
        for name in method.refuses:
            if getattr(self, name):
                owner = next(other.name for other in METHODS.values() if name in other.settings)
                raise ValueError(f"`{name}` is a term of {owner}'s loss, and the method is {method.name}")
        return self

    @property
    def first(self) -> SFTSpec | None:
        """The supervised fine-tuning that goes before the method, if any."""
        return self.sft_first if self.sft_first is not None and self.method in self.sft_first.before else None

    @property
    def first_training(self) -> "TrainingSpec":
        """The settings of that fine-tuning: its own, and of these what it reads."""
        assert self.first is not None
        sft = METHODS["sft"]
        own = self.first.model_dump(exclude={"before"})
        shared = self.model_dump(include={*sft.settings} - {"monitor"})  # the method itself is watched, no step before
        return TrainingSpec.model_validate({**shared, "method": sft.name, **own})

    @property
    def method_row(self) -> Method:
        """The method's row of the table, where it is no longer "auto"."""
        return METHODS[self.method]

    @property
    def deciding(self) -> dict[str, Any]:
        """The settings that decide what training ends in; a change of others does not train again."""
        found = self.model_dump(mode="json", include={"method", "sft_first", *self.method_row.settings})
        unused = {"monitor": None, "soft_labels": True}  # left out, they decide what they did before there were any
        return {name: value for name, value in found.items() if name not in unused or value != unused[name]}

    @property
    def watched(self) -> MonitorSpec | None:
        """The monitor of a method that reads its settings."""
        return self.monitor if self.method != AUTO and "monitor" in self.method_row.settings else None

    @property
    def trains_a_reward(self) -> bool:
        """Whether a reward model of the run's own is trained before the method."""
        return self.method != AUTO and self.method_row.on_policy and self.rl.trains_a_reward

    def by(self, name: str) -> "tuple[TrainingSpec, tuple[str, ...]]":
        """The settings with the method that "auto" came to, and the names of those that it does not go with."""
        method = METHODS[name]
        off = [setting for setting in method.refuses if getattr(self, setting)]
        if self.sft_first is not None and not method.after_sft:
            off.append("sft_first")
        return TrainingSpec.model_validate({**self.model_dump(exclude=set(off)), "method": name}), tuple(off)
