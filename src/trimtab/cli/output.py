"""What every verb shares: messages to standard error, results to standard output, exit codes, progress."""

import json
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import UserNote

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from ..loop import AuditBlocked
    from ..records import Verdict

EXIT = {"pass": 0, "regress": 1, "undecided": 3}
"""Exit code of each verdict; 2 is a user's mistake."""

_PLAIN_EVERY = 15.0
"""Seconds between two lines of progress where there is no terminal."""


def complain(text: str) -> None:
    """An error, to standard error."""
    print(f"trimtab: {text}", file=sys.stderr)


def complain_of(blocked: "AuditBlocked") -> None:
    """What the audit found that stops a run, and what to do."""
    complain("the audit stopped the run before it trained:")
    for finding in blocked.findings:
        complain(f"  {finding.id}: {finding.summary} {finding.remedy}")
    complain("Mend the data (`trimtab audit --fix`), or accept what is meant with --set 'audit.accept=[ID]'.")


def show_notes_plainly() -> None:
    """From here on a `UserNote` is one line on standard error; other warnings stay as they are."""
    usual = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, UserNote):
            complain(f"note: {message}")
        else:
            usual(message, category, filename, lineno, file, line)

    warnings.showwarning = show


def emit(value: Any) -> None:
    """A result as one JSON object, to standard output."""
    print(json.dumps(value, ensure_ascii=False))


class TerminalProgress:
    """Bars with the time left on a terminal, a plain line now and then elsewhere; all to standard error."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
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


def print_verdict(verdict: "Verdict") -> None:
    """The verdict and its gates as a table in plain text, to standard output."""
    print(f"verdict: {verdict.verdict}")
    for gate in verdict.gates:
        figure = "not judged" if gate.figure is None else f"{gate.figure:.3g} [{gate.low:.3g}, {gate.high:.3g}]"
        print(f"  {gate.verdict:<9}  {gate.rule:<48}  {figure:<28}  n={gate.n}")
        if gate.verdict != "pass":
            print(f"             {gate.summary}")


def verdict_json(verdict: "Verdict") -> dict[str, Any]:
    """The verdict in the form of `--json`."""
    return {"verdict": verdict.verdict, "gates": [gate.model_dump() for gate in verdict.gates]}
