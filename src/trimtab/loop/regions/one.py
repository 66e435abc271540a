"""One region's run, and where it lies."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...records import Verdict
from ...spec import LoadedSpec
from ...store import REGIONS, Run
from ..parts import precision_of
from ..progress import Progress, Tracker
from ..run import Among, run_loop

if TYPE_CHECKING:
    from ...train import Processes


@dataclass(frozen=True)
class RegionWork:
    """A region's run as it is to be made; nothing in it keeps it from going to another process."""

    name: str
    loaded: LoadedSpec
    out: Path
    among: Among
    processes: "Processes | None" = None
    fresh: bool = False
    max_cost: float | None = None

    def run(self, progress: Progress) -> Verdict:
        """Runs it to its end, as `run_loop`."""
        return run_loop(
            self.loaded, self.out, Named(progress, self.name), self.processes, fresh=self.fresh,
            max_cost=self.max_cost, among=self.among,
        )  # fmt: skip


def folder_of(out: Path, name: str) -> Path:
    """Where a region's run lies in the whole run's folder."""
    return out / REGIONS / name


def as_run(loaded: LoadedSpec, run: Run) -> LoadedSpec:
    """A region's spec in the precision of the whole run, wherever each was begun."""
    model = loaded.spec.model.model_copy(update={"precision": precision_of(run, loaded.spec.model.precision)})
    return replace(loaded, spec=loaded.spec.model_copy(update={"model": model}))


class Named:
    """A progress that says whose it is."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name

    def say(self, text: str) -> None:
        """One line."""
        self._progress.say(f"{self._name}: {text}")

    def track(self, title: str, total: int) -> AbstractContextManager[Tracker]:
        """Work of `total` steps."""
        return self._progress.track(f"{self._name}: {title}", total)
