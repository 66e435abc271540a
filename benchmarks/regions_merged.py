"""One adapter on the feedback of all regions, against an adapter a region: is there anything that routing buys?

    python benchmarks/regions_merged.py [SPEC] [--set KEY=VALUE ...] [--work FOLDER] [--at-once N]

Runs the recipe three-regions, or another spec with regions, with `merged: true`: beside each region's adapter one more
is trained on the rows that all of them were trained on, from the same start, and answers the same held-out prompts.
A row is a region and a model, the start, the region's own adapter or the merged one: the share of its prompts in which
all of its rules are kept, the share of answers that show another region's way where that is not asked for, and both
as differences from the start, paired, with the intervals that gates are decided by; help by points. Below stands each
rule by itself. Killed, the same command goes on where it was.
"""

from pathlib import Path
from typing import Any

from common import parser, show

from trimtab.cli.output import TerminalProgress
from trimtab.loop import RegionSettings, read_regions, run_regions
from trimtab.recipes import spec_path
from trimtab.records import Matrix, MatrixRate
from trimtab.spec import MERGED, LoadedRegions, load_any
from trimtab.store import Run


def share(found: MatrixRate | None) -> str:
    """A rate with its interval and number, the change beside it."""
    if found is None or found.rate is None or found.low is None or found.high is None:
        return "not judged" if found is None or not found.missing else f"not judged ({found.missing} missing)"
    told = f"{found.rate:.0%} [{found.low:.0%}, {found.high:.0%}] of {found.n}"
    if found.missing:
        told += f", {found.missing} not judged"
    if found.change is not None:
        told += f"; {found.change.mean:+.0%} [{found.change.low:+.0%}, {found.change.high:+.0%}]"
    return told


def points(matrix: Matrix, region: str, subject: str) -> str:
    """Help by points of a subject in a region."""
    for each in matrix.help:
        if (each.region, each.subject, each.metric) == (region, subject, "points") and each.mean is not None:
            return f"{each.mean:.2f} [{each.low:.2f}, {each.high:.2f}] of {each.n}"
    return "not measured"


def together(matrix: Matrix) -> list[list[str]]:
    """A row a region and model: all of its rules, all ways of others, help."""
    return [
        [
            region.name,
            "own" if subject == region.name else subject,
            share(matrix.kept_in(region.name, "", subject)),
            share(matrix.shown_in(region.name, "", "", subject)),
            points(matrix, region.name, subject),
        ]
        for region in matrix.regions
        for subject in (matrix.before, region.name, MERGED)
    ]


def by_rule(matrix: Matrix) -> list[list[str]]:
    """A row a rule of a region: how often each model keeps it there."""
    return [
        [region.name, rule.rule, *(share(matrix.kept_in(region.name, rule.rule, who)) for who in subjects)]
        for region in matrix.regions
        for subjects in [(matrix.before, region.name, MERGED)]
        for rule in region.rules
    ]


def main() -> None:
    """Runs both and prints the tables."""
    options = parser("regions_merged", __doc__)
    options.add_argument("spec", nargs="?", default="three-regions")
    options.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    options.add_argument("--work", type=Path, default=Path("benchmarks/out/regions_merged"))
    options.add_argument("--at-once", type=int, default=None)
    given = options.parse_args()
    changes = [*given.set, "merged=true", f"model.precision={given.precision}"]
    loaded = load_any(spec_path(given.spec), changes)
    if not isinstance(loaded, LoadedRegions):
        raise SystemExit(f"{given.spec} has no regions")
    run_regions(loaded, given.work, TerminalProgress(), RegionSettings(at_once=given.at_once))
    verdict, matrix = read_regions(Run.read(given.work, whole=True))
    result: dict[str, Any] = {
        "kept": [each.model_dump() for each in matrix.kept],
        "shown": [each.model_dump() for each in matrix.shown],
        "help": [each.model_dump() for each in matrix.help],
        "verdict": verdict.verdict,
    }
    title = "One adapter for all regions against one a region"
    header = ["region", "model", "its rules kept, all together", "another region's way shown", "help.points"]
    show(title, given, header, together(matrix), result, peers=("trl", "peft"))
    print("\n| region | rule | before | own | merged |\n|---|---|---:|---:|---:|")
    for row in by_rule(matrix):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
