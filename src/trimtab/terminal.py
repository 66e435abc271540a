"""Progress as people see it: bars on a terminal, a line now and then elsewhere, also in a notebook."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PLAIN_EVERY = 15.0
"""Seconds between two lines of progress where there is no terminal."""


class TerminalProgress:
    """Bars with the time left on a terminal, a plain line now and then elsewhere; to standard error, or the cell."""

    def __init__(self) -> None:
        from rich.console import Console

        aside = not Console().is_jupyter  # a notebook paints standard error red
        self._console = Console(stderr=aside, highlight=False, markup=False, soft_wrap=True)
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """One line, with the time since the start."""
        elapsed = int(time.monotonic() - self._start)
        self._console.print(f"[{elapsed // 60:3d}:{elapsed % 60:02d}] {text}")

    @contextmanager
    def track(self, title: str, total: int) -> Iterator["_BarTracker | _LineTracker"]:
        """Shows `total` steps of work."""
        if not self._console.is_terminal:
            yield _LineTracker(self, title, total)
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Bar(*columns, console=self._console, transient=True) as bar:
            yield _BarTracker(bar, title, total)


class _BarTracker:
    def __init__(self, bar: "Bar", title: str, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=total, note="")

    def step(self, done: int, note: str = "", total: int | None = None) -> None:
        """Moves the bar."""
        self._bar.update(self._task, completed=done, total=total, note=note)


class _LineTracker:
    def __init__(self, progress: TerminalProgress, title: str, total: int) -> None:
        self._progress = progress
        self._title = title
        self._total = total
        self._start = self._said = time.monotonic()

    def step(self, done: int, note: str = "", total: int | None = None) -> None:
        """Prints a line if the last is long ago, or the work is done."""
        self._total = total or self._total
        now = time.monotonic()
        if now - self._said < _PLAIN_EVERY and done < self._total:
            return
        self._said = now
        left = (now - self._start) / done * (self._total - done) if done else 0.0
        self._progress.say(
            f"{self._title}: {done}/{self._total}"
            + (f", about {left:.0f} s left" if left else "")
            + (f", {note}" if note else "")
        )
