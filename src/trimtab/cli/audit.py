"""`trimtab audit`: what is wrong with preference data, before it is trained on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from ..errors import UserError
from ..media import holds_media
from .output import TerminalProgress, complain, emit
from .tables import figure, print_table
from .told import COLUMN, FORM, IGNORE, SCALE, THOUGHT, columns_of, scale_of

if TYPE_CHECKING:
    from ..api import AuditResult
    from ..audit import RuleRows
    from ..records import Finding

HELP = """Audit comparisons: biases, noise, copies, cuts, leaks; each with its rows and a remedy.

Reads feedback of any type (JSON Lines, JSON, CSV, Parquet, or hub:OWNER/NAME) and audits the comparisons that it holds
or makes. A folder of images, video and audio is looked through file by file: what cannot be read or is misnamed,
copies, metadata that gives away a person, marks of provenance. Exit code: 1 where a finding blocks, else 0."""


def audit(
    data: str = typer.Argument(
        ..., metavar="DATA", help="Comparisons, feedback that makes some, or a folder of media."
    ),
    against: list[Path] = typer.Option([], metavar="FILE", help="A benchmark's items, to look for among the prompts."),
    model: str | None = typer.Option(
        None, help="The model to be trained: counts its tokens, and looks for off-policy."
    ),
    policy: Path | None = typer.Option(None, metavar="FILE", help="Rules that say which prompts are to be declined."),
    max_length: int = typer.Option(1024, min=1, help="Tokens of prompt and answer in training; used with --model."),
    fix: Path | None = typer.Option(
        None, metavar="OUT", help="Write new data with what can be mended mended, as JSONL."
    ),
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    ignore: list[str] = IGNORE,
    thought: list[str] = THOUGHT,
    seed: int = typer.Option(0, help="Draws the samples of the checks that do not read every row."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Runs the checks and prints what they found."""
    from ..api import audit as run_checks

    if Path(data).is_dir() and holds_media(Path(data)):
        alone = {"--against": against, "--model": model, "--policy": policy, "--fix": fix, "--ignore": ignore}
        _folder(Path(data), [name for name, value in alone.items() if value], as_json)
    if fix is not None and fix.exists():
        raise UserError(f"--fix is {fix}.", "That file exists, and data is never written over.", "Give a new name.")
    done = run_checks(
        data,
        against=against,
        model=model,
        policy=policy,
        max_length=max_length,
        seed=seed,
        form=form,
        scale=scale_of(scale),
        columns=columns_of(column),
        ignore=ignore,
        thought=thought,
        progress=TerminalProgress(),
    )
    counts = done.write_fixed(fix) if fix is not None else None
    if as_json:
        emit(
            {
                "n": done.audit.n,
                "findings": [finding.model_dump() for finding in done.findings],
                "rejected": [reject.model_dump() for reject in done.rejected],
                **({"rules": [asdict(group) for group in done.rules]} if done.rules else {}),
                **({"fixed": dict(counts)} if counts is not None else {}),
            }
        )
    else:
        _print(done, fix, counts)
    raise typer.Exit(1 if done.blocks else 0)


def _folder(folder: Path, given: list[str], as_json: bool) -> NoReturn:
    from ..api import audit_folder

    if given:
        raise UserError(
            f"{', '.join(given)} and {folder}, a folder of media.",
            "That goes with feedback in words; files of media are looked at and never rewritten.",
            "Leave the option out.",
        )
    done = audit_folder(folder, progress=TerminalProgress())
    if as_json:
        files = done.to_frame().to_dicts()
        emit({"n": len(files), "findings": [finding.model_dump() for finding in done.findings], "files": files})
    else:
        _print_findings(done.findings, "")
        print(done.summary)
    raise typer.Exit(1 if done.blocks else 0)


def _print_findings(findings: Sequence["Finding"], none: str) -> None:
    if findings:
        print_table(
            ("", "finding", "figure", "rows", "what, and what to do"),
            [
                (
                    one.severity,
                    one.id,
                    "" if one.figure is None else figure(one.figure),
                    f"{one.count:,}",
                    f"{one.summary}\n{one.remedy}\nrows: {', '.join(one.rows[:3])}{' …' if one.count > 3 else ''}",
                )
                for one in findings
            ],
            left=("finding",),
            fold=("what, and what to do",),
        )
    elif none:
        print(none)


def _print_rules(groups: Sequence["RuleRows"]) -> None:
    """What each rule of a constitution decided."""
    if groups:
        print_table(
            ("rule", "comparisons", "the longer one chosen", "rows behind findings"),
            [
                (
                    group.rule or "(none)",
                    f"{group.comparisons:,}",
                    f"{group.longer.estimate:.0%} [{group.longer.low:.0%}, {group.longer.high:.0%}]"
                    if group.longer is not None
                    else "–",
                    ", ".join(f"{name} {count:,}" for name, count in group.findings.items()),
                )
                for group in groups
            ],
            left=("rule", "the longer one chosen", "rows behind findings"),
            fold=("rows behind findings",),
        )


def _print(done: "AuditResult", fix: Path | None, counts: Counter[str] | None) -> None:
    _print_findings(done.findings, f"nothing found in {done.audit.n:,} comparisons")
    _print_rules(done.rules)
    if done.rejected:
        complain(f"{len(done.rejected):,} of {done.read.read:,} rows are no comparison and make none:")
        for reason, count in Counter(reject.reason for reject in done.rejected).most_common(5):
            complain(f"  {count:,} × {reason}")
    if counts is not None:
        left = ", ".join(f"{n:,} {name}" for name, n in counts.items() if name not in ("kept", "changed"))
        print(
            f"{fix}: {counts['kept']:,} rows kept, {counts['changed']:,} of them "
            f"changed{f'; left out: {left}' if left else ''}"
        )
