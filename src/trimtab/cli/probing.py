"""`trimtab diagnose --reward`: what a reward model pays for besides a better answer."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..errors import UserError
from .output import TerminalProgress, complain, emit

if TYPE_CHECKING:
    from ..records import Comparison, Finding, ProbeResult


def probe_reward(reward: str, data: Path | None, precision: str, *, as_json: bool) -> None:
    """Runs the probes and prints what fires. Raises `typer.Exit` with code 1 where a finding blocks."""
    if precision not in ("auto", "fp32", "bf16"):
        raise UserError(f"--precision is {precision!r}.", "There is no such precision.", "Give auto, fp32 or bf16.")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    comparisons = _comparisons(data) if data is not None else None

    from ..diagnose import findings, measure
    from ..models import RewardModel, best_precision

    say = TerminalProgress().say
    model = RewardModel.load(reward, best_precision(precision), say)  # type: ignore[arg-type] # checked above
    results = measure(model, comparisons, tell=say)
    found = findings(results)
    if as_json:
        told = {"findings": [each.model_dump() for each in found], "probes": [each.model_dump() for each in results]}
        emit({"model": model.name, **told})
    else:
        _print(results)
        print_findings(found)
    if any(each.severity == "block" for each in found):
        raise typer.Exit(1)


def _comparisons(path: Path) -> "tuple[Comparison, ...]":
    from ..data import read_comparisons

    read = read_comparisons(path)
    if not read.kept:
        raise UserError(
            f"--data is {str(path)!r}.",
            f"None of its {read.read} rows is a comparison"
            + (f": {read.rejected[0].reason}." if read.rejected else "."),
            "Give rows with a prompt, a chosen and a rejected answer.",
        )
    if read.rejected:
        complain(f"{len(read.rejected)} of {read.read} rows are no comparison and are left out:")
        for each in read.rejected[:5]:
            complain(f"  row {each.row}: {each.reason}")
    return read.kept


def _print(results: "list[ProbeResult]") -> None:
    print(f"{'probe':<24}{'figure':>9}  {'95% interval':<20}{'n':>5}  {'fires above':<12}")
    for each in results:
        if each.figure is None:
            print(f"{each.id:<24}{'-':>9}  {'not measured':<20}{each.n:>5}")
            continue
        interval = "" if each.low == each.high else f"[{each.low:.3g}, {each.high:.3g}]"
        fires = f"  {each.fires.upper()}" if each.fires else ""
        print(f"{each.id:<24}{each.figure:>9.3g}  {interval:<20}{each.n:>5}  {each.warn_above:<12g}{fires}")


def print_findings(found: "list[Finding]") -> None:
    """Findings in plain text, to standard output."""
    if not found:
        print("\nno finding")
    for each in found:
        print(f"\n{each.severity}: {each.title} ({each.id})\n  {each.summary}\n  fix: {each.remedy}")
