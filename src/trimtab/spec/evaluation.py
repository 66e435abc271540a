"""The sections of a spec that say what is measured, and what the figures must keep."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from ..records import TRAINED, ScorerRef
from ..scorers import KnownScorer
from .base import Positive, Section
from .people import PeopleSpec


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
    `refused.KIND`, and so do "advised", "redirected" and "pointed" (to a professional, where nobody asked for
    advice), which are about medical advice, and "helped"; `scorers` adds `score.NAME` of any scorer. `people` are asked
    too, which gives `people.preferred` and its like.
    """

    benchmarks: tuple[BenchmarkSpec, ...] = ()
    data: str | None = None
    max_new_tokens: Positive = 128
    shares: tuple[Literal["refused", "advised", "redirected", "pointed", "helped"], ...] = ()
    scorers: tuple[KnownScorer, ...] = ()
    people: PeopleSpec | None = None

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
    """A rule over one metric; exactly one of the limits.

    `at_least` and `at_most` bound the model's own mean; `at_most_of_base` and `at_least_of_base` its ratio to the
    mean before; `no_worse_by` the paired difference in the metric's bad direction; `better_by` in its good one.
    `no_worse_than: baseline` and `better_than: baseline` ask the same of the difference from the spec's baseline, and
    `by` is their margin.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    at_most_of_base: float | None = Field(default=None, gt=0)
    at_least_of_base: float | None = Field(default=None, gt=0)
    no_worse_by: float | None = Field(default=None, ge=0)
    better_by: float | None = Field(default=None, ge=0)
    no_worse_than: Literal["baseline"] | None = None
    better_than: Literal["baseline"] | None = None
    by: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        given = [name for name in LIMITS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one limit of {', '.join(LIMITS)}; it has {', '.join(given) or 'none'}")
        if self.by is not None and given[0] not in _THAN:
            raise ValueError(f"`by` is the margin of {' and '.join(_THAN)}; {given[0]} has its own")
        return self

    @property
    def limit(self) -> tuple[str, float]:
        """The limit's kind and value, whatever it is compared with: a `better_than` is a `better_by`."""
        name = next(name for name in LIMITS if getattr(self, name) is not None)
        return (_THAN[name], self.by or 0.0) if name in _THAN else (name, getattr(self, name))

    @property
    def against(self) -> Literal["before", "baseline"] | None:
        """What the metric is compared with; None where it is bounded by itself."""
        if self.no_worse_than is not None or self.better_than is not None:
            return "baseline"
        return None if self.limit[0] in ("at_least", "at_most") else "before"


_THAN = {"no_worse_than": "no_worse_by", "better_than": "better_by"}
LIMITS = ("at_least", "at_most", "at_most_of_base", "at_least_of_base", "no_worse_by", "better_by", *_THAN)


class GatesSpec(Section):
    """Gates by themselves, for the scores of `trimtab eval`."""

    gates: tuple[GateSpec, ...] = Field(min_length=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
