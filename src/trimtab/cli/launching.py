"""The options that say in how many processes to train, as every verb that trains reads them."""

from typing import TYPE_CHECKING

from ..spec import TrainingSpec

if TYPE_CHECKING:
    from ..train import Processes


def asked(settings: TrainingSpec, processes: int, zero: int, nodes: int = 1) -> "Processes | None":
    """What the options ask for; None for one process as ever. Raises UserError where it cannot be."""
    if (processes, zero, nodes) == (1, 0, 1):
        return None
    from ..train import Processes

    wanted = Processes(processes, zero, nodes)
    wanted.demand(settings)
    return wanted
