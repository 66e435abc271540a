"""`trimtab audit`: what is wrong with preference data, before it is trained on."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from .output import TerminalProgress, complain, emit

if TYPE_CHECKING:
    from ..audit import Audit
    from ..data import Framed

HELP = """Audit comparisons: biases, noise, copies, cuts, leaks; each with its rows and a remedy.

Reads feedback of any type (JSON Lines, JSON, CSV, Parquet, or hub:OWNER/NAME) and audits the comparisons that it holds
or makes. Exit code: 1 where a finding blocks, else 0."""

_SAY_EVERY = 200_000
"""Rows between two lines that say how far reading is."""


def audit(
    data: str = typer.Argument(..., metavar="DATA", help="Comparisons, or feedback that comparisons are made of."),
    against: list[Path] = typer.Option([], metavar="FILE", help="A benchmark's items, to look for among the prompts."),
    model: str | None = typer.Option(
        None, help="The model to be trained: counts its tokens, and looks for off-policy."
    ),
    policy: Path | None = typer.Option(None, metavar="FILE", help="Rules that say which prompts are to be declined."),
    max_length: int = typer.Option(1024, min=1, help="Tokens of prompt and answer in training; used with --model."),
    fix: Path | None = typer.Option(
        None, metavar="OUT", help="Write new data with what can be mended mended, as JSONL."
    ),
    seed: int = typer.Option(0, help="Draws the samples of the checks that do not read every row."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Runs the checks and prints what they found."""
    from ..audit import audit as run_checks
    from ..audit import builtin_items, read_items
    from ..data import read_frame, title_of
    from ..spec import load_policy

    rules = load_policy(policy) if policy is not None else None
    if fix is not None and fix.exists():
        raise UserError(f"--fix is {fix}.", "That file exists, and data is never written over.", "Give a new name.")
    progress = TerminalProgress()
    framed = read_frame(
        data, lambda read: progress.say(f"{read:,} rows read") if read % _SAY_EVERY == 0 < read else None
    )
    progress.say(f"read {framed.read:,} rows of {title_of(data)}, {len(framed.rejected):,} rejected")
    if framed.made:
        progress.say(f"{len(framed.made):,} comparisons are made of other types of feedback")
    if framed.table.height == 0:
        raise UserError(
            f"{title_of(data)} was given as comparisons.",
            f"None of its {framed.read} rows is one or makes one"
            + (f": {framed.rejected[0].row}: {framed.rejected[0].reason}." if framed.rejected else "."),
            "Give rows with prompt, chosen and rejected, or others that make comparisons (docs/feedback.md).",
        )
    items = [*builtin_items(), *(item for path in against for item in read_items(path))]
    loaded = _loaded(model, progress)
    with progress.track("checks", 1) as tracker:
        done = run_checks(
            framed.table,
            against=items,
            model=getattr(loaded, "model", None),
            tokenizer=getattr(loaded, "tokenizer", None),
            max_length=max_length,
            policy=rules,
            seed=seed,
            told=lambda check, at, total: tracker.step(at, check, total),
        )
    counts = _write(fix, framed, done) if fix is not None else None
    if as_json:
        emit(
            {
                "n": done.n,
                "findings": [finding.model_dump() for finding in done.findings],
                "rejected": [reject.model_dump() for reject in framed.rejected],
                **({"fixed": dict(counts)} if counts is not None else {}),
            }
        )
    else:
        _print(done, framed, fix, counts)
    raise typer.Exit(1 if done.blocks else 0)


def _loaded(model: str | None, progress: TerminalProgress) -> Any:
    if model is None:
        return None
    from ..models import ModelRef, best_precision, load

    return load(ModelRef(model), best_precision("auto"), progress.say)


def _write(out: Path, framed: "Framed", done: "Audit") -> Counter[str]:
    """Writes the mended rows to a file that must not be there yet."""
    from ..audit import mended

    counts: Counter[str] = Counter()
    beside = out.with_name(f".{out.name}.part")
    try:
        with beside.open("x", encoding="utf-8") as file:
            for row in mended(framed, done.found, counts):
                file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        out.hardlink_to(beside)  # fails where another has made the file meanwhile
    except OSError as error:
        raise UserError(f"--fix is {out}.", f"It cannot be written: {error.strerror}.", "Give another file.") from None
    finally:
        beside.unlink(missing_ok=True)
    return counts


def _print(done: "Audit", framed: "Framed", fix: Path | None, counts: Counter[str] | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if done.findings:
        table = Table(box=None, pad_edge=False)
        for name in ("", "finding", "figure", "rows"):
            table.add_column(name, justify="right" if name in ("figure", "rows") else "left", no_wrap=name != "")
        table.add_column("what, and what to do", ratio=1)
        for one in done.findings:
            figure = "" if one.figure is None else f"{one.figure:.3g}"
            told = f"{one.summary}\n{one.remedy}\nrows: {', '.join(one.rows[:3])}{' …' if one.count > 3 else ''}"
            table.add_row(one.severity, one.id, figure, f"{one.count:,}", told)
        console.print(table)
    else:
        print(f"nothing found in {done.n:,} comparisons")
    if framed.rejected:
        complain(f"{len(framed.rejected):,} of {framed.read:,} rows are no comparison and make none:")
        for reason, count in Counter(reject.reason for reject in framed.rejected).most_common(5):
            complain(f"  {count:,} × {reason}")
    if counts is not None:
        left = ", ".join(f"{n:,} {name}" for name, n in counts.items() if name not in ("kept", "changed"))
        print(
            f"{fix}: {counts['kept']:,} rows kept, {counts['changed']:,} of them "
            f"changed{f'; left out: {left}' if left else ''}"
        )
