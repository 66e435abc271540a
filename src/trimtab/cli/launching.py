"""The options that say by what method and in how many processes to train, for every verb that trains."""

from typing import TYPE_CHECKING

from ..methods import METHODS
from ..spec import AUTO, TrainingSpec

if TYPE_CHECKING:
    from ..train import Processes

METHOD_NAMES = f"{', '.join(METHODS)} or {AUTO}"
"""What `--method` takes."""


def asked(settings: TrainingSpec, processes: int, zero: int, nodes: int = 1) -> "Processes | None":
    """What the options ask for; None for one process as ever. Raises UserError where it cannot be."""
    if (processes, zero, nodes) == (1, 0, 1):
        return None
    from ..train import Processes

    wanted = Processes(processes, zero, nodes)
    wanted.demand(settings)
    return wanted
