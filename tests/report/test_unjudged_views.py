"""Every view of a verdict and of figures shows what could not be judged, and why."""

from dataclasses import replace

import pytest

from made.report import made, prompted
from trimtab.cli.measures import print_measures
from trimtab.cli.output import print_verdict, verdict_json
from trimtab.evaluate import differences, measure
from trimtab.gate import decide
from trimtab.records import Evaluation
from trimtab.report import ReportData, model_card, render_gates, render_html, render_junit, render_markdown
from trimtab.spec import GateSpec

TOLD = "31 of 119 could not be judged (filtered 30, empty 1)"


def without_some(evaluation: Evaluation) -> Evaluation:
    """The evaluation in which of 31 answers nothing is known."""
    why = ["filtered"] * 30 + ["empty"] + [None] * 88
    some = [
        measure(each.metric, [None] * 31 + list(each.values[31:]), 0, why=why) if each.metric == "style.ended" else each
        for each in evaluation.measures
    ]
    return evaluation.model_copy(update={"measures": tuple(some)})


@pytest.fixture(scope="module")
def data() -> ReportData:
    base = made()
    after = without_some(base.after)
    gates = [GateSpec(metric="style.ended", at_least=0.8), GateSpec(metric="style.words", at_most_of_base=0.6)]
    return replace(
        base,
        after=after,
        verdict=decide(base.before, after, gates, confidence=0.95, seed=0),
        differences=tuple(differences(base.before, after, confidence=0.95, seed=0)),
    )


def test_the_gate_is_open_and_says_so(data: ReportData) -> None:
    ended, words = data.verdict.gates
    assert (ended.verdict, ended.n, ended.missing) == ("undecided", 88, 31)
    assert (words.verdict, words.missing) == ("pass", 0)
    assert data.verdict.verdict == "undecided"


@pytest.mark.case("F06", "terminal, Markdown, JSON, JUnit, report and model card say how many were not judged")
def test_every_view_shows_them(data: ReportData, capsys: pytest.CaptureFixture[str]) -> None:
    print_verdict(data.verdict)
    print_measures(data)
    shown = capsys.readouterr().out
    assert TOLD in shown
    assert "not judged" in shown.splitlines()[1]
    assert "0 / 31" in shown
    plain = verdict_json(data.verdict)["gates"][0]
    assert plain["unjudged"] == {"filtered": 30, "empty": 1}
    assert plain["at_worst"] is not None
    assert "not judged=31" in render_junit("mine", data.verdict)
    assert TOLD in render_junit("mine", data.verdict)
    for text in (render_gates("mine", data.verdict), render_markdown(data), model_card(data)):
        assert TOLD in text
        assert "| 88 | 31 |" in text
    html = render_html(data)
    assert html.count(TOLD) >= 2  # beside the verdict, and the gate's own
    assert "0 / 31" in html
    assert "after: filtered 30, empty 1" in html


def test_with_nothing_missing_no_sentence_is_made_of_it() -> None:
    text = render_markdown(made())
    assert "could not be judged" not in text
    assert "| not judged |" in text


def test_with_a_baseline_all_three_are_counted() -> None:
    base = prompted()
    assert base.baseline is not None
    html = render_html(replace(base, baseline=without_some(base.baseline)))
    assert "0 / 31 / 0" in html
    assert "baseline: filtered 30, empty 1" in html
