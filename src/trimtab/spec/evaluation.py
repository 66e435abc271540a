"""The sections of a spec that say what is measured, and what the figures must keep."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from ..records import TRAINED, ScorerRef
from ..scorers import KnownScorer
from .base import Positive, Section


class BenchmarkSpec(Section):
    """A benchmark by its name, which alone is enough; else with how its items are asked.

    `data` is a file, or hub:OWNER/NAME[:SPLIT]; `most` takes that many items, spread evenly over the set.
    """

    name: str = Field(min_length=1)
    data: str | None = None
    most: Positive | None = None
    samples: Positive | None = None
    max_new_tokens: Positive | None = None
    chat: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @property
    def settings(self) -> dict[str, Any]:
        """What is asked otherwise than usual."""
        return self.model_dump(exclude={"name", "data"}, exclude_none=True)


class EvaluationSpec(Section):
    """How the model is measured before and after.

    Without `benchmarks` it is measured by what the spec has prompts, facts or a policy for. `data` is a folder that is
    searched for the public sets of others; a benchmark whose set is nowhere asks trimtab's own small one.
    `max_new_tokens` bounds the answers to the held-out prompts, `shares` adds metrics by their kind: "refused" gives
    `refused.KIND`, and so do "advised" and "redirected", which are about personal medical advice; `scorers` adds
    `score.NAME` of any scorer.
    """

    benchmarks: tuple[BenchmarkSpec, ...] = ()
    data: str | None = None
    max_new_tokens: Positive = 128
    shares: tuple[Literal["refused", "advised", "redirected"], ...] = ()
    scorers: tuple[KnownScorer, ...] = ()

    @field_validator("scorers")
    @classmethod
    def _measures_something_else(cls, scorers: tuple[ScorerRef, ...]) -> tuple[ScorerRef, ...]:
        names = [ref.name for ref in scorers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the scorer {', '.join(twice)} stands in it more than once")
        if any(ref.rule is not None or ref.reward == TRAINED for ref in scorers):
            raise ValueError("rules are measured as policy.RULE, and the run's own reward model measures nothing new")
        return scorers


class GateSpec(Section):
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


class GatesSpec(Section):
    """Gates by themselves, for the scores of `trimtab eval`."""

    gates: tuple[GateSpec, ...] = Field(min_length=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
