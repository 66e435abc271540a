"""What a benchmark is: items, how a model meets them, and what is measured of what it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...records import Prompt, Score

if TYPE_CHECKING:
    from ...models import LoadedModel

Way = Literal["answers", "options", "rewards", "judge"]
"""How a model meets the items: it answers them, or gives log-probabilities, rewards or a judge's choice of answers."""


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
    """Values of metrics over one set of items, item by item."""

    over: str
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    values: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    `built_in` is our own small set (what the user brings where it is not `ours`), `published` the names under which
    the public set's file is found in a folder of data. `choose` gives one score an item, by a `sharing.Scorer` or
    `RewardScorer`; None where the model writes. `measured` turns items with their scores, or with the list of answers
    to each, into values.
    """

    name: str
    summary: str
    built_in: Path
    published: tuple[str, ...]
    read: Callable[[str | Path], Sequence[Any]]
    prompts: Callable[[Sequence[Any]], list[Prompt]]
    measured: Callable[[Sequence[Any], Sequence[Any]], list[Measured]]
    version: str
    way: Way = "answers"
    choose: "Callable[[LoadedModel, Sequence[Any], Any], list[Score]] | None" = None
    settings: Settings = Settings()
    ours: bool = True

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
