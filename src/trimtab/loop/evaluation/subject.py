"""The model that an evaluation is about, wherever it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...models import Endpoint, LoadedModel, MockEngine, Precision


@dataclass(frozen=True)
class Subject:
    """The model that is measured.

    `identity` tells it from every other, as the inputs of stages; `precision` is None where it is not ours to choose.
    `load` brings it into memory, as a reward model where that is asked for; `start` gives the model that its training
    started from, None where it is that model itself. `system` stands before every prompt that is answered as a
    conversation (`Benchmark.prompted`), and none other is to be asked of it.
    """

    name: str
    identity: Mapping[str, str]
    precision: "Precision | None"
    load: "Callable[[bool], LoadedModel]"
    start: "Callable[[], LoadedModel] | None" = None
    endpoint: "Endpoint | MockEngine | None" = None
    system: str | None = None
