"""What was noted of the answers, and who a server says has given them, stands where a reader of figures sees it."""

from dataclasses import replace
from html import unescape

import pytest

from made.report import made
from trimtab.records import Figure, JudgedRate
from trimtab.report import ReportData, model_card, render_html, render_markdown

SAME = "heldout: all answers to one prompt are the same, at temperature 1: what answers is greedy"
CUT = "overrefusal: of 70 answers there are 34 filtered"
SERVED = ("model-a, fingerprint fp1", "model-b, fingerprint fp2")


def noted() -> ReportData:
    data = made()
    before = data.before.model_copy(update={"notes": (SAME,), "served": SERVED})
    after = data.after.model_copy(update={"notes": (SAME, CUT)})
    return replace(data, before=before, after=after)


def views(data: ReportData) -> list[str]:
    return [unescape(render_html(data)), render_markdown(data), model_card(data)]


def test_every_view_tells_it_before_the_figures() -> None:
    for number, view in enumerate(views(noted())):
        assert f"before, after: {SAME}" in view
        assert f"after: {CUT}" in view
        assert f"before: answered by {', '.join(SERVED)}, as the server says" in view
        if number < 2:  # the model card has it among the limits
            assert view.index("Noted of the answers") < view.index("Before and after")


@pytest.mark.parametrize("number", range(3))
def test_where_nothing_was_noted_nothing_is_said(number: int) -> None:
    view = views(made())[number]
    assert "Noted of the answers" not in view
    assert "as the server says" not in view


def test_a_judges_rate_stands_raw_and_corrected_in_every_view_or_is_told_to_be_raw() -> None:
    data = made()
    metric, title = data.after.measures[0].metric, data.after.measures[0].title
    raw = JudgedRate(metric=metric, title=title, judge="j", raw=Figure(estimate=0.4, low=0.3, high=0.5, n=90), items=90)
    known = Figure(estimate=0.3, low=0.2, high=0.45, n=90)
    told = raw.model_copy(update={"corrected": known, "how": "labels", "labelled": 30})
    for rate, behind in ((raw, "raw, not calibrated"), (told, "after corrected 0.3 [0.2, 0.45]")):
        after = data.after.model_copy(update={"judged": (rate,)})
        shown = replace(data, after=after, corrected=(f"after: {rate.says}",))
        for number, view in enumerate(views(shown)):
            assert f"after: {metric}: 40.0% by the judge j" in view.replace("\\", "")
            if number < 2:
                assert f"{title} (by a judge: {behind})" in view.replace("\\", "")
