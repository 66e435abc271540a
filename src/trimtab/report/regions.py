"""The report of a run of regions: the verdict with a row a region, the matrix as heat maps, the worst cells."""

from ..records import Matrix, MatrixVerdict, RegionVerdict, Verdict, WorstCell
from .format import share
from .markdown import gates_table, line, table
from .pages import page_style, page_template
from .regions_tables import Table, not_judged, subjects_told, tables_of, unseen
from .tables import VERDICT_WORDS, gate_rows, gates_met, verdict_sentence

NOTHING = "Nothing that a region's own adapter says breaks a rule of it or shows another's way."
"""What stands where there is no cell to look at."""


def render_regions(name: str, goal: str, verdict: MatrixVerdict, matrix: Matrix) -> str:
    """The report as one HTML file that needs nothing else. The same records give the same bytes."""
    whole = plain_verdict(verdict)
    return page_template("regions").render(
        css=page_style(),
        name=name,
        goal=goal,
        verdict=verdict,
        words=VERDICT_WORDS,
        sentence=verdict_sentence(whole),
        met=gates_met(whole),
        confidence=share(verdict.confidence),
        regions=[(row, gate_rows(_verdict(row, verdict.confidence))) for row in verdict.regions],
        matrix=matrix,
        subjects=subjects_told(matrix),
        tables=tables_of(matrix),
        worst=[(cell, told(cell)) for cell in matrix.worst],
        missing=list(not_judged(matrix)),
        unseen=list(unseen(matrix)),
        nothing=NOTHING,
    )


def render_regions_markdown(name: str, goal: str, verdict: MatrixVerdict, matrix: Matrix) -> str:
    """The same in Markdown, for a pull request or a chat."""
    whole = plain_verdict(verdict)
    rows = [
        (line(row.region), f"**{VERDICT_WORDS[row.verdict]}**", gates_met(_verdict(row, verdict.confidence)))
        for row in verdict.regions
    ]
    by_region = [
        part
        for row in verdict.regions
        for part in (f"### {line(row.region)}", "", *gates_table(_verdict(row, verdict.confidence)), "")
    ]
    nothing = [] if matrix.worst else [NOTHING, ""]
    return "\n".join(
        [
            f"# {line(name)}: {VERDICT_WORDS[verdict.verdict].lower()}",
            "",
            f"**{gates_met(whole)}.** {verdict_sentence(whole)}",
            "",
            f"Goal: {line(goal)}",
            "",
            "## Regions",
            "",
            *table(("region", "verdict", "gates"), "lll", rows),
            "",
            *by_region,
            *(part for each in tables_of(matrix) for part in _in_markdown(each)),
            "## Cells to look at",
            "",
            *(part for cell in matrix.worst for part in _cell_in_markdown(cell)),
            *nothing,
            "## What was not judged",
            "",
            *(f"- {line(each)}" for each in (*not_judged(matrix), *matrix.notes, *unseen(matrix))),
            "",
        ]
    )


def plain_verdict(verdict: MatrixVerdict) -> Verdict:
    """All gates of all regions as one verdict."""
    gates = tuple(gate for row in verdict.regions for gate in row.gates)
    return Verdict(verdict=verdict.verdict, confidence=verdict.confidence, gates=gates)


def told(cell: WorstCell) -> str:
    """What a cell shows, in a sentence."""
    of = f"{cell.count:,} of {cell.n:,} answers"
    if cell.of == cell.region:
        return f"Asked in {cell.region}, its own adapter breaks its rule {cell.rule} in {of}."
    return f"Asked in {cell.region}, its own adapter shows the way of {cell.of}'s rule {cell.rule} in {of}."


def _verdict(row: RegionVerdict, confidence: float) -> Verdict:
    """A region's row as a verdict."""
    return Verdict(verdict=row.verdict, confidence=confidence, gates=row.gates)


def _in_markdown(each: Table) -> list[str]:
    empty = [""] * (len(each.head) - 1)
    rows = [
        (line(label), *(line(cell.text) for cell in cells)) if cells else (f"**{line(label)}**", *empty)
        for label, cells in each.rows
    ]
    return [
        f"## {line(each.title)}",
        "",
        line(each.lead),
        "",
        *table([line(head) for head in each.head], "l" * len(each.head), rows),
        "",
    ]


def _cell_in_markdown(cell: WorstCell) -> list[str]:
    found = [f"**{line(told(cell))}**", ""]
    for each in cell.answers:
        found += [
            f"- prompt ({line(each.prompt_id)}): {line(each.prompt)}",
            f"  - before: {line(each.before) or 'empty'}",
            f"  - {line(cell.subject)}: {line(each.answer) or 'empty'}",
            f"  - shown by: {line(each.evidence)}",
        ]
    return [*found, ""]
