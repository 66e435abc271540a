"""How long work tells where it is: an interface, so that the loop knows nothing of terminals."""

from contextlib import AbstractContextManager
from typing import Protocol


class Tracker(Protocol):
    """One piece of work under way."""

    def step(self, done: int, note: str = "", total: int | None = None) -> None:
        """`done` of the total are done; `total` where it is known only now."""


class Progress(Protocol):
    """Where the loop says what it does. Everything goes to standard error; standard output is for results."""

    def say(self, text: str) -> None:
        """One line."""

    def track(self, title: str, total: int) -> AbstractContextManager[Tracker]:
        """Work of `total` steps, shown with the time left."""


class _Silent:
    def step(self, done: int, note: str = "", total: int | None = None) -> None:
        """Says nothing."""

    def __enter__(self) -> "_Silent":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


class Quiet:
    """A progress that shows nothing."""

    def say(self, text: str) -> None:
        """Says nothing."""

    def track(self, title: str, total: int) -> _Silent:
        """Tracks nothing."""
        return _Silent()
