"""What verbs that train are told alike, and how they tell what stopped them."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ..methods import METHODS
from ..spec import AUTO
from .output import SPENT, WAITING, complain, complain_of, tell_spent, tell_waiting

METHOD_NAMES = f"{', '.join(METHODS)} or {AUTO}"
"""What `--method` takes."""
FRESH = (
    "Read review rooms anew: what people said since the run kept it counts too, and what hangs on it is done again. "
    "Without it a run keeps what they had said when it went on."
)
"""What `--fresh` does."""


@contextmanager
def stops_told(as_json: bool) -> Iterator[None]:
    """Within it, what stops a run before its end is told, with an exit code of its own. Raises `typer.Exit`."""
    from ..loop import AuditBlocked, BudgetSpent, WaitingForPeople

    try:
        yield
    except AuditBlocked as stopped:
        complain_of(stopped)
        raise typer.Exit(1) from None
    except WaitingForPeople as waiting:
        tell_waiting(waiting, as_json)
        raise typer.Exit(WAITING) from None
    except BudgetSpent as spent:
        tell_spent(spent, as_json)
        raise typer.Exit(SPENT) from None
    except KeyboardInterrupt:
        complain("stopped. The same command goes on where it stopped.")
        raise typer.Exit(130) from None
