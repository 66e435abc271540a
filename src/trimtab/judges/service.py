"""What a service that fails costs: an error before it ever answered, single scores after that, and then no more."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..errors import UserError
from ..models import NotTaken

T = TypeVar("T")

GIVE_UP = 10
"""Failures in a row after which a service is not asked again: each may have taken minutes of tries."""

_GIVEN_UP = "not asked any more"


@dataclass(frozen=True)
class Unanswered:
    """The service failed, for the reason `why`."""

    why: str


class Service:
    """Asks a service and remembers how it does; may be used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._last = ""
        self.answered = False

    def ask(self, call: Callable[[], T]) -> T | Unanswered:
        """What `call` gives. Its UserError is raised where nothing was ever answered, and told from then on.

        NotTaken is raised as it is: it says something of the question, and nothing of how the service does.
        """
        if self.answered and self._failures >= GIVE_UP:
            return Unanswered(f"{_GIVEN_UP} after {GIVE_UP} failures in a row: {self._last}")
        try:
            found = call()
        except NotTaken:
            raise
        except UserError as error:
            with self._lock:
                self._failures += 1
                self._last = error.why
            if not self.answered:
                raise
            return Unanswered(f"server said: {error.why}")
        with self._lock:
            self._failures = 0
            self.answered = True
        return found


def given_up(reason: str) -> bool:
    """Whether a score's reason says that its service was not asked any more."""
    return _GIVEN_UP in reason
