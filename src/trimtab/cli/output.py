"""What every verb shares: messages to standard error, results to standard output, exit codes, progress."""

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import UserNote
from ..terminal import TerminalProgress as TerminalProgress
from .tables import print_table

if TYPE_CHECKING:
    from ..loop import AuditBlocked, BudgetSpent, WaitingForPeople
    from ..records import Verdict

EXIT = {"pass": 0, "regress": 1, "undecided": 3}
"""Exit code of each verdict; 2 is a user's mistake."""
WAITING = 4
"""Exit code of a run that waits for people."""
SPENT = 5
"""Exit code of a run whose judges have spent what they may."""


def complain(text: str) -> None:
    """An error, to standard error."""
    print(f"trimtab: {text}", file=sys.stderr)


def complain_of(blocked: "AuditBlocked") -> None:
    """What the audit found that stops a run, and what to do."""
    complain("the audit stopped the run before it trained:")
    for finding in blocked.findings:
        complain(f"  {finding.id}: {finding.summary} {finding.remedy}")
    complain("Mend the data (`trimtab audit --fix`), or accept what is meant with --set 'audit.accept=[ID]'.")


def tell_waiting(waiting: "WaitingForPeople", as_json: bool) -> None:
    """That a run waits for people, and how many judgements there are."""
    complain(f"{waiting} The same command goes on when enough is there.")
    if as_json:
        emit({"state": "waiting", "have": waiting.have, "need": waiting.need})


def tell_spent(
    spent: "BudgetSpent", as_json: bool, again: str = "The same command with a higher --max-cost goes on."
) -> None:
    """That what judges may cost is spent, how far they came, and how it goes on."""
    complain(f"{spent} {again}")
    if as_json:
        told = {"spent": spent.spent, "limit": spent.limit, "answered": spent.answered, "questions": spent.asked}
        emit({"state": "budget spent", **told})


def show_notes_plainly() -> None:
    """Within `warnings.catch_warnings`: a `UserNote` is one line on standard error; other warnings stay as they are."""
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


def print_verdict(verdict: "Verdict") -> None:
    """The verdict and its gates as a table in plain text, to standard output."""
    from ..report import gates_met, independence_word

    print(f"verdict: {verdict.verdict}, {gates_met(verdict)}")
    rows = []
    for gate in verdict.gates:
        if gate.low is None:
            found = "not judged"
        else:
            found = f"{'?' if gate.figure is None else format(gate.figure, '.3g')} [{gate.low:.3g}, {gate.high:.3g}]"
        measure, why = independence_word(verdict, gate.metric), "" if gate.verdict == "pass" else gate.summary
        why = why or gate.missing_told
        rows.append((gate.verdict, gate.rule, measure, found, str(gate.n), str(gate.missing), why))
    titles = ("verdict", "gate", "measure", "figure", "n", "not judged", "why")
    print_table(titles, rows, left=("gate", "measure", "figure"), fold=("why",))


def verdict_json(verdict: "Verdict") -> dict[str, Any]:
    """The verdict in the form of `--json`."""
    gates = [{**gate.model_dump(), "rewarded": verdict.is_rewarded(gate.metric)} for gate in verdict.gates]
    return {"verdict": verdict.verdict, "gates": gates, "rewarded": verdict.rewarded}
