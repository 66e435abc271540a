"""The section of a spec that says how on-policy RL is done."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ..records import TRAINED, ScorerRef
from ..scorers import Criterion, KnownScorer
from .base import Fraction, Positive, Section

FEEDBACK = "feedback"
"""The rubric that the run's comparisons were judged by."""


class RewardTerm(Section):
    """One part of the reward; exactly one of three.

    `scorer`: any scorer's value; `rubric`: marks between 0 and 1, "feedback" for the rubric of `feedback.sample` or
    criteria of its own; `model`: short for a `scorer` that is a reward model, "trained" for the run's own or a folder.
    Terms are added up by their weights, and a negative weight asks for less of it. A reward model's figure is first
    scaled to mean 0 and deviation 1 on the start model's own answers, so that weights mean the same for every model.
    `uncertainty` takes so many deviations of the model's heads off its mean (Coste et al. 2023, "Reward Model Ensembles
    Help Mitigate Overoptimization").
    """

    model: str | None = None
    rubric: Literal["feedback"] | tuple[Criterion, ...] | None = None
    scorer: KnownScorer | None = None
    weight: float = 1.0
    uncertainty: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [name for name in ("model", "rubric", "scorer") if getattr(self, name) not in (None, ())]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of model, rubric and scorer; it has {', '.join(given) or 'none'}")
        if self.uncertainty and self.model is None:
            raise ValueError("`uncertainty` goes with `model`")
        if self.weight == 0:
            raise ValueError("a weight of 0 rewards nothing; remove the term")
        return self

    @property
    def name(self) -> str:
        """What logs and reports call it."""
        return self.scorer.name if self.scorer else "rubric" if self.rubric else "model"

    @property
    def ref(self) -> ScorerRef | None:
        """The scorer whose value it is; None for a rubric's marks."""
        return self.scorer if self.model is None else ScorerRef(reward=self.model, uncertainty=self.uncertainty)

    @property
    def scaled(self) -> bool:
        """Whether its figures have no natural unit."""
        return self.ref is not None and self.ref.reward is not None

    @property
    def refs(self) -> tuple[ScorerRef, ...]:
        """The scorers that it asks; none for the feedback's rubric, which has its own."""
        own = (each.scorer for each in self.rubric) if isinstance(self.rubric, tuple) else ()
        return (*own, *((self.ref,) if self.ref is not None else ()))


class KLSpec(Section):
    """The price of leaving the reference: `beta` a nat, of the KL summed over an answer (for GRPO, a token's).

    With `target`, in nats an answer, beta adapts: it grows while the KL lies above and falls while it lies below
    (Ziegler et al. 2019, "Fine-Tuning Language Models from Human Preferences", section 2.2).
    """

    beta: float = Field(default=0.05, ge=0)
    target: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _adapts_something(self) -> Self:
        if self.target is not None and self.beta == 0:
            raise ValueError("`target` adapts beta, and a beta of 0 stays 0 however it is scaled")
        return self


class PPOSpec(Section):
    """What PPO has beside the others: a value function and advantages by GAE (Schulman et al. 2015, 2017)."""

    discount: Fraction = 1.0
    gae_lambda: Fraction = 0.95
    value_clip: float = Field(default=0.2, gt=0)
    value_learning_rate: float = Field(default=1e-3, gt=0, le=1)


class RLSpec(Section):
    """On-policy RL from the start model: answers are sampled from the policy at temperature 1, rewarded, learned from.

    A step samples `samples_per_prompt` answers to each of `prompts_per_step` prompts; `iterations` optimizer steps are
    made on each sample, with the ratio of new to old probabilities clipped to 1 ± `clip`. An answer cut at
    `max_new_tokens` loses `truncation_penalty`, whatever the reward says of it: else the cap would be a way to please.
    `gold` is an independent measure that is watched and never trained on; where it turns down while the reward rises,
    the run tells, and the checkpoint kept is the best by gold.
    """

    algorithm: Literal["rloo", "grpo", "ppo"] = "rloo"
    steps: Positive = 24
    prompts_per_step: Positive = 8
    samples_per_prompt: int = Field(default=4, ge=2, le=64)
    max_new_tokens: Positive = 48
    iterations: Positive = 1
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    clip: float = Field(default=0.2, gt=0, lt=1)
    kl: KLSpec = KLSpec()
    rewards: tuple[RewardTerm, ...] = Field(default=(RewardTerm(model=TRAINED),), min_length=1)
    gold: RewardTerm | None = None
    truncation_penalty: float = Field(default=1.0, ge=0)
    watch_every: Positive = 6
    watch_prompts: int = Field(default=24, ge=8)
    ppo: PPOSpec = PPOSpec()

    @property
    def trains_a_reward(self) -> bool:
        """Whether the run has to train a reward model of its own."""
        return any(ref.reward == TRAINED for ref in self.refs)

    @property
    def refs(self) -> tuple[ScorerRef, ...]:
        """The scorers that the rewards and gold ask, the feedback's rubric apart."""
        terms = (*self.rewards, *((self.gold,) if self.gold else ()))
        return tuple(dict.fromkeys(ref for term in terms for ref in term.refs))

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [term.name for term in self.rewards]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"the reward {', '.join(twice)} stands in it more than once; logs could not tell them apart"
            )
        if self.algorithm == "ppo" and self.kl.beta == 0:
            raise ValueError("PPO's token rewards are made of the KL from the reference; give kl.beta above 0")
        if self.watch_every % self.iterations:
            raise ValueError(
                f"watch_every ({self.watch_every}) must be a multiple of iterations ({self.iterations}): a checkpoint "
                "between two steps on one sample could not be resumed from"
            )
        return self
