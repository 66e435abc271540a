"""What a service that fails costs: an error before it ever answered, single scores after that, and then no more."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..errors import UserError
from ..models import NotTaken
from ..records import Score

T = TypeVar("T")

GIVE_UP = 10
"""Failures in a row after which a service is not asked again: each may have taken minutes of tries."""

COULD_NOT = "could not judge: "
"""What the reason of a score without a value begins with."""
_GIVEN_UP = "not asked any more after"


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
            return Unanswered(f"{_GIVEN_UP} {GIVE_UP} failures in a row: {self._last}")
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


def given_up(score: Score) -> str:
    """Why a score's service was not asked any more, if it was not; "" of any other score, whatever its judge wrote."""
    why = score.reason.removeprefix(COULD_NOT)
    return why if score.value is None and why != score.reason and why.startswith(_GIVEN_UP) else ""
