"""The report of regions: every figure in the cells, the verdict's rows, the cells to look at, what was not judged."""

import re

import pytest

from made.regions import NORTH, SOUTH, asked, made, said
from trimtab.records import Matrix, MatrixVerdict
from trimtab.regions import decide_matrix, gates_over, matrix_of
from trimtab.report import render_regions, render_regions_markdown

PROMPTS = asked(
    ("north", "length", "How long is a <b>whale</b>?"),
    ("north", "elsewhere", "I am in the south. How long is a bus?"),
    ("south", "length", "How long is a ship?"),
    ("south", "length", "Wie lang ist denn dieses Schiff hier im Hafen?"),
    ("common", "soup", "How is soup made?"),
)
GERMAN = "Das Schiff ist ziemlich lang, so viel kann man jedenfalls sagen."
ANSWERS = {
    "start": said(["98 feet.", "40 feet.", "90 feet.", GERMAN, "Leeks."]),
    "north": said(["30 metres.", "12 metres.", "27 metres.", GERMAN, "Leeks."]),
    "south": said(["98 feet.", "40 feet.", "27 metres <i>or so</i>.", GERMAN, "Leeks."]),
}


@pytest.fixture(scope="module")
def run() -> tuple[MatrixVerdict, Matrix]:
    found = matrix_of(PROMPTS, ANSWERS, made(NORTH, SOUTH), before="start")
    return decide_matrix(found, gates_over(["north", "south"], own=0.9, leakage=0.05), confidence=0.95, seed=0), found


def test_a_cell_says_in_figures_all_that_its_shade_does(run: tuple[MatrixVerdict, Matrix]) -> None:
    page = render_regions("shores", "Each shore's rules.", *run)
    shaded = re.findall(r'<td class="[^"]*" style="--share: ([\d.]+)"><span class="big">([^<]*)</span>', page)
    assert len(shaded) > 20
    assert all(figure == f"{float(share):.0%}" or float(figure) == pytest.approx(float(share), abs=0.006)
               for share, figure in shaded)  # fmt: skip
    assert page.count('<span class="mark">own</span>') > 4  # a region's own adapter is not told by its frame alone
    assert "2 of 2, 0.22 to 1.00; +1.00" in page  # exact: 0.05 ** (1 / 2)


def test_every_region_has_its_row_and_the_worst_cell_its_answers(run: tuple[MatrixVerdict, Matrix]) -> None:
    page = render_regions("shores", "Each shore's rules.", *run)
    for row in run[0].regions:
        assert f"</span> {row.region}</h3>" in page
    assert "Asked in south, its own adapter shows the way of north&#39;s rule length in 1 of" in page
    assert "27 metres &lt;i&gt;or so&lt;/i&gt;." in page  # what a model says is text and no markup
    assert "<i>or so" not in page
    assert "<script" not in page


def test_what_was_not_judged_is_said_with_its_language(run: tuple[MatrixVerdict, Matrix]) -> None:
    page, plain = render_regions("shores", "Rules.", *run), render_regions_markdown("shores", "Rules.", *run)
    for told in (page, plain):
        assert "1 German" in told
        assert "in German 1" in told
        assert re.search(r"no rule of (?:north|south) sets its parameter otherwise", told)


def test_markdown_says_the_same(run: tuple[MatrixVerdict, Matrix]) -> None:
    plain = render_regions_markdown("shores", "Rules.", *run)
    assert plain.startswith("# shores: undecided\n")
    assert "| north | 0% (0 of 2, 0.00 to 0.78) | 100% (own) (2 of 2, 0.22 to 1.00;" in plain
    assert "regions.html" not in plain


def test_the_same_records_give_the_same_bytes(run: tuple[MatrixVerdict, Matrix]) -> None:
    assert render_regions("a", "b", *run) == render_regions("a", "b", *run)
