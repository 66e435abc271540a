"""`trimtab diagnose --reward`: what a reward model pays for besides a better answer."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..errors import UserError
from .output import TerminalProgress, complain, emit
from .tables import figure, interval, print_table

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
    print_table(
        ("probe", "figure", "95% interval", "n", "fires above", ""),
        [
            (
                each.id,
                figure(each.figure),
                "not measured" if each.figure is None else interval(each.low, each.high),
                str(each.n),
                "" if each.figure is None else f"{each.warn_above:g}",
                each.fires.upper() if each.fires else "",
            )
            for each in results
        ],
        left=("95% interval", ""),
    )


def print_findings(found: "list[Finding]") -> None:
    """Findings in plain text, to standard output."""
    if not found:
        print("\nno finding")
    for each in found:
        print(f"\n{each.severity}: {each.title} ({each.id})\n  {each.summary}\n  fix: {each.remedy}")
