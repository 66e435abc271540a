"""The source `constitution` of a spec: a file of rules, a judge that compares by them, and what asking may cost."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Positive, Section
from .baseline import BASELINE, SystemMessage

_TOLD_APART = ("prices", "max_cost", "workers", "timeout", "attempts")
"""Settings of a judge that change no answer."""


class RuleJudgeSpec(Section):
    """Who compares: without `model` the run's start model itself; a model by name or folder in this process; with
    `url` the model of that name behind a server that speaks OpenAI's routes (its key is that of OPENAI_API_KEY).

    `labels` are read from the probabilities of the letters A and B (`log-probabilities`), or from what it says
    (`votes`, so many in each order); `auto` tries the first once. `prices` are those of a million tokens in and out,
    in any currency, and `max_cost` what the whole source may cost in it. `workers` calls are under way at once, each
    of which may last `timeout` seconds and is tried `attempts` times where the server is busy.
    """

    model: str | None = Field(default=None, min_length=1)
    url: str | None = Field(default=None, pattern=r"^https?://")
    labels: Literal["auto", "log-probabilities", "votes"] = "auto"
    votes: int = Field(default=1, ge=1, le=16)
    temperature: float = Field(default=0.0, ge=0, le=2)
    max_new_tokens: Positive = 512
    prices: tuple[float, float] | None = None
    max_cost: float | None = Field(default=None, gt=0)
    workers: int = Field(default=8, ge=1, le=256)
    timeout: float = Field(default=60.0, gt=0)
    attempts: int = Field(default=4, ge=1, le=20)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.url is not None and self.model is None:
            raise ValueError("`url` names a server, and `model` which of its models is asked; give both")
        if self.url is None and (self.prices is not None or self.max_cost is not None):
            raise ValueError("`prices` and `max_cost` are a server's, and there is no `url`")
        if self.prices is not None and min(self.prices) < 0:
            raise ValueError("a price is below zero")
        if self.max_cost is not None and self.prices is None:
            raise ValueError("`max_cost` needs `prices`: those of a million tokens in and of a million out")
        if self.max_cost is not None and self.prices is not None and max(self.prices) == 0:
            raise ValueError("`max_cost` limits what costs nothing: both `prices` are 0")
        if self.votes > 1 and self.temperature == 0:
            raise ValueError(f"{self.votes} votes at temperature 0 are one vote; give a `temperature` above 0")
        if self.labels == "log-probabilities" and (self.votes > 1 or self.temperature > 0):
            raise ValueError("`votes` and `temperature` are for labels by votes; log-probabilities are read once")
        return self

    @property
    def deciding(self) -> dict[str, object]:
        """What of it decides what is said."""
        return self.model_dump(exclude=set(_TOLD_APART))


class ConstitutionSpec(Section):
    """AI feedback: two answers of the model's own to each prompt, compared by a rule that is drawn from those of the
    file at `path` that are about the prompt (Bai et al. 2022, "Constitutional AI", section 4.1); `rules` names some.

    Every pair is asked in both orders. A tie, or a preference by less than `margin` (of twice the distance of the soft
    label from a half), makes no comparison: it is kept in a list for people. An answer that was cut counts up to its
    last whole sentence. `weight` is how often a comparison is taken, so that people's, which are another source, can
    be the larger or the smaller share.
    """

    path: str = Field(min_length=1)
    rules: tuple[str, ...] = ()
    judge: RuleJudgeSpec = RuleJudgeSpec()
    max_new_tokens: Positive = 96
    temperature: float = Field(default=0.9, gt=0, le=5)
    top_p: float = Field(default=0.95, gt=0, le=1)
    margin: float = Field(default=0.0, ge=0, lt=1)
    weight: float = Field(default=1.0, gt=0, le=100)
    system: SystemMessage | None = None

    @property
    def samples_per_prompt(self) -> int:
        """Two answers are compared."""
        return 2

    def told(self, baseline: str | None) -> str | None:
        """The system message that answers are sampled under, where the spec's baseline has this one."""
        return baseline if self.system == BASELINE else self.system
