"""What keeps a region from coming to its end, in a form that crosses processes; the other regions go on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from ...errors import UserError
from ...judges import BudgetSpent
from ...records import Finding
from ...spec import SHARED
from ..blocked import AuditBlocked
from ..waiting import WaitingForPeople

Kind = Literal["mistake", "audit", "budget", "people"]
EXPECTED = (AuditBlocked, WaitingForPeople, BudgetSpent, UserError)
"""What may stop a run; anything else is a fault of the program."""


@dataclass(frozen=True)
class Stopped:
    """Why a region stopped: `told` is what is to be read, `findings` the audit's, `details` figures by their names."""

    region: str
    kind: Kind
    told: str
    findings: tuple[Finding, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Where it stopped, in words."""
        return "what is shared" if self.region == SHARED else f"region {self.region}"


class RegionsStopped(Exception):
    """Some regions stopped before their end; those in `done` are finished and kept. The same run goes on from here."""

    def __init__(self, stopped: Sequence[Stopped], done: Sequence[str]) -> None:
        told = "; ".join(f"{each.where}: {each.told}" for each in stopped)
        super().__init__(f"{told} Finished: {', '.join(done) or 'none'}.")
        self.stopped = tuple(stopped)
        self.done = tuple(done)


def why_stopped(region: str, error: BaseException) -> Stopped:
    """What one of the `EXPECTED` says of a region."""
    match error:
        case AuditBlocked():
            return Stopped(region, "audit", str(error), error.findings)
        case WaitingForPeople():
            return Stopped(region, "people", str(error), details={"have": error.have, "need": error.need})
        case BudgetSpent():
            spent = {"spent": error.spent, "limit": error.limit, "answered": error.answered, "questions": error.asked}
            return Stopped(region, "budget", str(error), details=spent)
        case _:
            return Stopped(region, "mistake", str(error))


@contextmanager
def naming(region: str) -> Iterator[None]:
    """Inside, what stops the run stops it in that region, and says so."""
    try:
        yield
    except EXPECTED as error:
        raise RegionsStopped([why_stopped(region, error)], ()) from error
