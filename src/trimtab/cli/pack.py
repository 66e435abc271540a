"""`trimtab pack`: rules of regions as of a day."""

from pathlib import Path

import typer

from .output import emit
from .tables import print_table

HELP = "Rules of regions, as of a day: check, show, compare. Not legal advice."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
AS_OF = typer.Option(None, "--as-of", metavar="DATE", help="The day, as 2027-01-01; today where none is given.")
AS_JSON = typer.Option(False, "--json", help="Print one JSON object.")
PACKS = typer.Argument(..., metavar="PACK", help="Shipped packs by name, or YAML files.")


@app.callback()
def _pack() -> None:
    """Rules of regions, as of a day. Not legal advice."""


@app.command("list")
def list_packs(as_json: bool = AS_JSON) -> None:
    """List the packs that are shipped."""
    from ..packs import SHIPPED

    if as_json:
        emit(SHIPPED)
    else:
        print_table(("pack", "what it holds"), list(SHIPPED.items()), left=("what it holds",))


@app.command("check")
def check(
    packs: list[str] = PACKS,
    as_of: str | None = typer.Option(None, "--as-of", metavar="DATE", help="On that day alone; else on any."),
    prompts: Path | None = typer.Option(None, metavar="FILE", help="Prompts to look through for one that two meet on."),
    as_json: bool = AS_JSON,
) -> None:
    """Look for what cannot both be had, with a witness; weaker rules, dead ones, gaps, languages that no check tells
    of. Exit code: 1 where a pack cannot be kept by itself, else 0."""
    from ..api import check_packs

    done = check_packs(packs, as_of=as_of, prompts=prompts)
    if as_json:
        findings = [finding.model_dump() for finding in done.findings]
        unexamined = [
            {"rules": [one, other], "wants": why.wants, "rule": why.rule} for one, other, why in done.unexamined
        ]
        emit({"packs": [each.name for each in done.packs], "findings": findings, "unexamined": unexamined})
    else:
        if done.findings:
            print_table(
                ("", "finding", "what, the witness, and what to do"),
                [
                    (
                        one.severity,
                        one.id,
                        "\n".join(filter(None, (one.summary, one.witness and f"witness: {one.witness}", one.remedy))),
                    )
                    for one in done.findings
                ],
                left=("finding",),
                fold=("what, the witness, and what to do",),
            )
        print(done.summary)
    raise typer.Exit(1 if done.blocks else 0)


@app.command("show")
def show(pack: str = typer.Argument(..., metavar="PACK"), as_of: str | None = AS_OF, as_json: bool = AS_JSON) -> None:
    """Show the rules that bind on a day: whose work each is, where it comes from, whether somebody read it there."""
    from ..api import pack_from, show_pack
    from ..report import bound_told, standing_told

    found = pack_from(pack)
    bounds = show_pack(found, as_of=as_of)
    notices = [each.pack.notice for each in found.line if each.pack.notice]
    if as_json:
        rules = [
            {"pack": one.pack, "standing": one.rule.standing, **one.rule.model_dump(mode="json")} for one in bounds
        ]
        emit(
            {"name": found.name, "extends": [each.name for each in found.line[:-1]], "notices": notices, "rules": rules}
        )
        return
    for title, work in (("the model's work", "model"), ("the server's work", "server"), ("people's work", "people")):
        rows = [(one.name, f"{bound_told(one)}\n{standing_told(one)}") for one in bounds if one.rule.by == work]
        if rows:
            print_table(
                (title, "what it says, and where it comes from"), rows, fold=("what it says, and where it comes from",)
            )
    for notice in notices:
        print(notice)


@app.command("diff")
def diff(
    first: str = typer.Argument(..., metavar="PACK"),
    second: str = typer.Argument(..., metavar="PACK"),
    as_of: str | None = AS_OF,
    as_json: bool = AS_JSON,
) -> None:
    """Show what differs between two packs on a day."""
    from ..api import diff_packs, pack_from
    from ..report import bound_told

    one, other = pack_from(first), pack_from(second)
    found = diff_packs(one, other, as_of=as_of)
    if as_json:
        emit(
            [
                {
                    "rule": each.rule,
                    "in": [name for name, side in ((one.name, each.first), (other.name, each.second)) if side],
                    "fields": each.how,
                }
                for each in found
            ]
        )
        return
    rows = [
        (
            each.rule,
            ", ".join(each.how) or f"only in {one.name if each.first else other.name}",
            bound_told(each.first) if each.first else "–",
            bound_told(each.second) if each.second else "–",
        )
        for each in found
    ]
    if rows:
        print_table(
            ("rule", "differs in", one.name, other.name), rows, left=("differs in",), fold=(one.name, other.name)
        )
    else:
        print(f"{one.name} and {other.name} are alike.")


@app.command("table")
def table(
    packs: list[str] = PACKS,
    out: Path = typer.Option(..., metavar="FILE", help="The HTML file to write."),
    as_of: str | None = AS_OF,
) -> None:
    """Write a table of packs by what their rules are about, as one HTML file."""
    from ..api import pack_table

    print(pack_table(packs, out, as_of=as_of))
