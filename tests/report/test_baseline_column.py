"""The baseline in every view: a column, a third answer, differences from it; where there is none, what to try."""

from dataclasses import replace
from html import unescape

import pytest

from made.report import SYSTEM, made, prompted
from trimtab.report import ReportData, model_card, render_html, render_markdown
from trimtab.report.answers import shown_pairs
from trimtab.report.tables import gate_rows, metric_rows


@pytest.fixture(scope="module")
def data() -> ReportData:
    return prompted()


def views(data: ReportData) -> tuple[str, str, str]:
    return unescape(render_html(data)), render_markdown(data), model_card(data)


def test_every_metric_that_it_has_stands_in_its_column(data: ReportData) -> None:
    rows = {row.name: row for row in metric_rows(data)}
    assert data.baseline is not None
    seen = views(data)
    for measure in data.baseline.measures:
        row = rows[measure.metric]
        shift = next(each for each in data.differences_baseline if each.metric == measure.metric)
        assert float(row.baseline) == pytest.approx(measure.mean, abs=0.06)
        assert float(row.from_baseline.replace("−", "-")) == pytest.approx(shift.mean, abs=0.06)
        for view in seen:
            for said in (row.baseline, row.baseline_interval, row.from_baseline, row.from_baseline_interval):
                assert said in view
    assert rows["facts.accuracy"].baseline == rows["kl.per_token"].from_baseline == "–"  # it was not asked
    assert rows["style.on_topic"].from_baseline_change == "worse"
    assert rows["style.on_topic"].from_baseline_words == "▼ worse"


def test_its_message_is_told_and_escaped(data: ReportData) -> None:
    assert "<Three>" not in render_html(data)
    assert f"the start under “{SYSTEM}”" in unescape(render_html(data))
    for view in views(data)[1:]:
        assert "the start under “You are friendly. \\<Three\\> sentences at most.”" in view


def test_three_answers_stand_side_by_side(data: ReportData) -> None:
    for pair in shown_pairs(data):
        assert [answer.side for answer in pair.answers] == ["Before", "Baseline", "After"]
        assert pair.answers[1].text.startswith("Prompted: ")
    page = render_html(data)
    assert page.count('class="sides three"') == 12
    assert page.count('class="side baseline"') == 12


def test_without_one_the_prompt_to_try_first_is_told() -> None:
    plain = made()
    goal = str(plain.info.goal)
    for view in views(plain):
        assert "no baseline was measured: the prompt a user would try first is “" in view
        assert goal.rstrip(".") in view
        assert "After − baseline" not in view
        assert "after - baseline" not in view
    assert all(len(pair.answers) == 2 for pair in shown_pairs(plain))
    assert 'class="side baseline"' not in render_html(plain)


def test_a_gate_tells_the_items_that_it_needs_or_how_far_it_sees() -> None:
    data = made()
    first = data.verdict.gates[-1].model_copy(update={"power_n": 1234, "shows": 0.05})
    second = first.model_copy(update={"power_n": None})
    changed = replace(data, verdict=data.verdict.model_copy(update={"gates": (first, second)}))
    assert [row.power for row in gate_rows(changed.verdict)] == ["1,234 items", "sees 0.05"]
    for view in views(changed):
        assert "1,234 items" in view
        assert "sees 0.05" in view
