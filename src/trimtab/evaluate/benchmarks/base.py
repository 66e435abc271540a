"""What a benchmark is: items, how a model meets them, and what is measured of what it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ...data import Source
from ...metrics import Metric
from ...records import Prompt, Score
from ...scorers import Opened, versions

if TYPE_CHECKING:
    from ...models import LoadedModel

Way = Literal["answers", "options", "rewards", "judge", "divergence"]
"""How a model meets the items: it answers them; gives log-probabilities, rewards or a judge's choice of answers; or its
answers to them are held against the model that training started from."""


@dataclass(frozen=True)
class Settings:
    """How items are asked. `most` takes that many, spread evenly over the set; without `chat` the model goes on raw.

    `samples` answers a prompt are drawn at `temperature` and `top_p`; temperature 0 is greedy.
    """

    most: int | None = None
    samples: int = 1
    max_new_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    chat: bool = True


@dataclass(frozen=True)
class Measured:
    """Values of metrics over one set of items, item by item; `reasons` say of some metrics why each is as it is.

    `unjudged` tell why an item that should have a value has none, None where it has one or the metric is not about it;
    of a metric that it does not name, every item without a value should have one.
    `bounds` are low, high and the number of items behind them of a metric whose figure the items cannot tell; its
    values are None.
    """

    over: str
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    values: Mapping[str, Sequence[float | None]]
    reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unjudged: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    `built_in` is our own small set (what the user brings where it is not `ours`; None where there is none),
    `published` the names under which the public set's file is found in a folder of data. `choose` gives one score an
    item, by a `sharing.Scorer` or `RewardScorer`, or for a divergence by the start model, of pairs of a prompt and the
    answer to it; None where the model writes. `measured` turns items with their scores, or with the list of answers to
    each, into values of `metrics`, or of metrics whose names `family` knows. `version` tells whatever else decides the
    values. `of` is the benchmark whose items and answers these are, where it is another. What is measured by `scorers`
    that need a model is measured by others of the same refs with `by`. `notes` say what a reader should know of its
    metrics before believing them.
    """

    name: str
    summary: str
    read: Callable[[Source], Sequence[Any]]
    prompts: Callable[[Sequence[Any]], list[Prompt]]
    measured: Callable[[Sequence[Any], Sequence[Any]], list[Measured]]
    version: str
    metrics: tuple[Metric, ...]
    family: Callable[[str], Metric | None] = lambda name: None
    built_in: Source | None = None
    published: tuple[str, ...] = ()
    way: Way = "answers"
    choose: "Callable[[LoadedModel, Sequence[Any], Any], list[Score]] | None" = None
    settings: Settings = Settings()
    ours: bool = True
    of: str = ""
    scorers: Opened = field(default_factory=dict)
    by: "Callable[[Opened], Benchmark] | None" = None
    notes: tuple[str, ...] = ()

    @property
    def asked_as(self) -> str:
        """The benchmark whose items and answers these are."""
        return self.of or self.name

    @property
    def writes(self) -> bool:
        """Whether the model writes answers for it."""
        return self.way in ("answers", "divergence")

    @property
    def prompted(self) -> bool:
        """Whether a system message can stand before its prompts: the model answers them, as a conversation."""
        return self.way == "answers" and self.settings.chat

    def metric(self, name: str) -> Metric | None:
        """The metric of that name that it measures; None where it does not."""
        return next((each for each in self.metrics if each.name == name), None) or self.family(name)

    def with_scorers(self, opened: Opened) -> "Benchmark":
        """The same benchmark, measured by scorers that are made ready."""
        return self if self.by is None else replace(self.by(opened), settings=self.settings)

    def with_settings(self, **changes: Any) -> "Benchmark":
        """The same benchmark asked in another way; None changes nothing, nor do `samples` where decoding is greedy."""
        given = {name: value for name, value in changes.items() if value is not None}
        if self.settings.temperature == 0:
            given.pop("samples", None)  # they would all be one answer
        return replace(self, settings=replace(self.settings, **given))


def spread(items: Sequence[Any], most: int | None) -> list[Any]:
    """At most `most` items, spread evenly over a set that is ordered by kind."""
    count = len(items) if most is None else min(most, len(items))
    return [items[i * len(items) // count] for i in range(count)] if count else []


def scorer_versions(names: Sequence[str]) -> str:
    """The versions of registered scorers, as a part of a benchmark's own."""
    return ", ".join(f"{name} {version}" for name, version in versions(names).items())
