"""The source `critique` of a spec: a constitution, who revises answers by it, and what a revision may lose."""

from pydantic import Field, field_validator

from ..scorers import Criterion
from .asked_model import AskedModelSpec
from .base import Fraction, Positive
from .drawing import DecodedSpec
from .rubric import usable_rubric


class CriticSpec(AskedModelSpec):
    """Who criticises and revises, and how it decodes."""

    max_new_tokens: Positive = 128
    temperature: float = Field(default=0.7, ge=0, le=5)
    top_p: float = Field(default=0.95, gt=0, le=1)


class CritiqueSpec(DecodedSpec):
    """AI feedback by revision: answers of the model's own, each criticised by rules that are drawn from those of the
    constitution that are about the prompt, and written anew (Bai et al. 2022, "Constitutional AI", section 3.1).

    In each of `rounds` the critic is shown `rules_per_round` rules; `rules` names those that it is drawn from. What
    the `rubric` says of both decides whether a revision is taught: in all it must earn `margin` more than the answer,
    and no scorer's marks may fall by more than `loss`. A revision that was cut counts up to its first
    `trim_to_sentences` sentences. `weight` is how often a row is taken.
    """

    constitution: str = Field(min_length=1)
    rules: tuple[str, ...] = ()
    rounds: int = Field(default=1, ge=1, le=8)
    rules_per_round: int = Field(default=1, ge=1, le=8)
    critic: CriticSpec = CriticSpec()
    samples_per_prompt: int = Field(default=1, ge=1, le=64)
    rubric: tuple[Criterion, ...] = Field(min_length=1)
    margin: float = Field(default=0.0, ge=0, lt=1)
    loss: Fraction = 0.1
    trim_to_sentences: int = Field(default=0, ge=0, le=20)
    weight: float = Field(default=1.0, gt=0, le=100)

    @field_validator("rubric")
    @classmethod
    def _each_scorer_once(cls, rubric: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return usable_rubric(rubric)
