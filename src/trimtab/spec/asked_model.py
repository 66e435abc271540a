"""A model that is asked for feedback: the run's own, another in this process, or one behind a server; what it costs."""

from typing import Self

from pydantic import Field, model_validator

from .base import Positive, Section


class AskedModelSpec(Section):
    """Who is asked: without `model` the run's start model itself; a model by name or folder in this process; with `url`
    the model of that name behind a server that speaks OpenAI's routes (its key is that of OPENAI_API_KEY).

    An answer has at most `max_new_tokens`. `prices` are those of a million tokens in and out, in any currency, and
    `max_cost` what the whole source may cost in it. `workers` calls are under way at once, each of which may last
    `timeout` seconds and is tried `attempts` times where the server is busy, silent or breaks off.
    """

    model: str | None = Field(default=None, min_length=1)
    url: str | None = Field(default=None, pattern=r"^https?://")
    max_new_tokens: Positive = 512
    prices: tuple[float, float] | None = None
    max_cost: float | None = Field(default=None, gt=0)
    workers: int = Field(default=8, ge=1, le=256)
    timeout: float = Field(default=60.0, gt=0)
    attempts: int = Field(default=4, ge=1, le=20)

    @model_validator(mode="after")
    def _a_server_and_its_prices(self) -> Self:
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
        return self
