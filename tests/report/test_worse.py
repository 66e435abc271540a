"""What got worse, and which answers are shown: falls are found whatever gates look at, and never out of sight."""

from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from made.parts import evaluation
from made.report import made, prompted
from trimtab.evaluate import differences
from trimtab.gate import decide
from trimtab.report import ReportData, falls, falls_note, model_card, render_html, render_markdown, truth_note
from trimtab.report.answers import shown_pairs
from trimtab.report.picked import EACH, picked, picked_note
from trimtab.report.tables import title_of
from trimtab.spec import GateSpec

N = 40


def run(gates: Sequence[GateSpec], **columns: tuple[Sequence[float | None], Sequence[float | None]]) -> ReportData:
    """The made run with these metrics of its first prompts, before and after."""
    data = made(n=N)
    named = {name.replace("__", "."): sides for name, sides in columns.items()}
    items = {"heldout": [prompt.id for prompt in data.prompts]}
    before, after = (
        evaluation({name: list(pair[side]) for name, pair in named.items()}, items=items) for side in (0, 1)
    )
    return replace(
        data,
        before=before,
        after=after,
        differences=tuple(differences(before, after, confidence=0.95, seed=0)),
        verdict=decide(before, after, gates, confidence=0.95, seed=0),
    )


def wobbling(level: float, by: float = 0.1) -> list[float]:
    return [level * (1 + by * (1 if i % 2 else -1)) for i in range(N)]


def test_every_fall_is_told_with_a_gate_or_without_worst_first() -> None:
    data = run(
        [GateSpec(metric="style.repetition", no_worse_by=0.5)],
        style__repetition=([0.1] * N, [0.1 + 0.01 * (i % 3) for i in range(N)]),
        style__on_topic=(wobbling(0.6), wobbling(0.3, 0.3)),
        style__friendliness=(wobbling(0.3), wobbling(0.6)),
    )
    found = falls(data)
    titles = [title_of("style.on_topic"), title_of("style.repetition")]
    assert [(fall.title, fall.gated) for fall in found] == list(zip(titles, (False, True), strict=True))
    effects = {shift.metric: abs(shift.effect or 0) for shift in data.differences}
    assert effects["style.on_topic"] > effects["style.repetition"]
    assert "no gate looks at it" in found[0].sentence
    assert "no gate" not in found[1].sentence
    for view in (unescape(render_html(data)), render_markdown(data), model_card(data)):
        assert view.index(found[0].title) >= 0
        assert "What got worse" in view
        assert "no gate looks at it" in view
    page = render_html(data)
    assert page.index("What got worse") < page.index("<table")  # beside the verdict


def test_falls_against_the_baseline_are_told_as_such() -> None:
    data = prompted()
    than = {(fall.title, fall.than) for fall in falls(data)}
    topic = next(fall for fall in falls(data) if fall.than == "the baseline")
    assert topic.sentence.split(":")[0].endswith("against the baseline")
    assert len(than) == len(falls(data))


def test_where_nothing_fell_it_says_how_small_a_fall_it_would_have_seen() -> None:
    better = [x + 0.2 + 0.01 * (i % 5) for i, x in enumerate(wobbling(0.3))]
    data = run([GateSpec(metric="style.friendliness", better_by=0)], style__friendliness=(wobbling(0.3), better))
    assert falls(data) == []
    shift = data.differences[0]
    assert shift.smallest is not None
    assert f"{shift.smallest:.3f}" in falls_note(data)
    assert "No metric got clearly worse than before" in render_markdown(data)


def test_what_nobody_checked_is_said_to_be_unchecked() -> None:
    data = made()
    assert "nothing was checked. What no point" in truth_note(data)
    for view in (render_html(data), render_markdown(data), model_card(data)):
        assert "nothing was checked" in view


def test_falls_come_first_then_gains_then_others_spread_evenly() -> None:
    before = [100.0] * N
    after = [100.0 - (i % 2) for i in range(N)]
    for place, value in ((7, 190.0), (3, 170.0), (30, 5.0), (12, 20.0)):
        after[place] = value
    before[0] = 103.0  # some spread before
    data = run([GateSpec(metric="style.words", no_worse_by=5)], style__words=(before, after))
    picks = picked(data, range(N))
    assert [pick.index for pick in picks[:2]] == [7, 3]
    assert all(pick.why == "fell most in what the gates look at" for pick in picks[:2])
    gains = [pick.index for pick in picks if pick.why.startswith("gained")]
    assert gains[:2] == [30, 12]
    assert len(gains) == EACH
    rest = [pick.index for pick in picks if pick.why.startswith("one")]
    assert rest == sorted(rest)
    assert rest[-1] - rest[0] > N // 2
    assert len(picks) == len({pick.index for pick in picks}) == 3 * EACH
    note = picked_note(data, [pick.why for pick in picks])
    assert "the 2 that fell most" in note
    assert note in unescape(render_html(data))
    assert [pair.prompt_id for pair in shown_pairs(data)] == [data.prompts[pick.index].id for pick in picks]


def test_a_metric_that_is_neither_good_nor_bad_picks_nobody() -> None:
    data = run([GateSpec(metric="kl.per_token", at_most=9)], kl__per_token=(wobbling(0.1), wobbling(0.3)))
    assert {pick.why for pick in picked(data, range(N))} == {"one of those spread evenly"}


def test_why_a_scorer_judged_so_stands_under_the_answer() -> None:
    data = made(n=9)
    item = data.prompts[0].id
    told = replace(data, reasons={"after": {("style.words", item): "it <stops>"}})
    answers = next(pair.answers for pair in shown_pairs(told) if pair.prompt_id == item)
    said = [[each for each in answer.judged if each.endswith("(it <stops>)")] for answer in answers]
    assert [len(some) for some in said] == [0, 1]
    assert said[1][0].startswith("Words: ")
    assert said[1][0] in unescape(render_html(told))
    assert "it <stops>" not in render_html(told)


def test_falls_are_looked_for_in_help_where_that_is_measured() -> None:
    """Whatever gates look at: the prompts whose answers stopped helping come first, then those that began to."""
    helped_before = [float(i < 20) for i in range(N)]
    helped_after = [float((i not in (4, 9) and i < 20) or i == 33) for i in range(N)]
    words = [200.0 if i == 21 else 50.0 + i % 2 for i in range(N)]
    data = run(
        [GateSpec(metric="style.words", at_most_of_base=1)],
        help__helps=(helped_before, helped_after),
        style__words=([50.0 + i % 3 for i in range(N)], words),
    )
    picks = picked(data, range(N))
    assert [(pick.index, pick.why) for pick in picks[:3]] == [
        (4, "fell most in help"),
        (9, "fell most in help"),
        (33, "gained most in help"),
    ]
    said = next(pair for pair in shown_pairs(data) if pair.prompt_id == data.prompts[4].id).answers
    assert any(each.endswith(": 1") for each in said[0].judged)


def test_points_made_and_lost_count_beside_helping() -> None:
    ones = [1.0] * N
    points = [0.0 if i == 6 else 0.5 if i == 2 else 1.0 for i in range(N)]
    helps = [float(i != 2) for i in range(N)]
    data = run([GateSpec(metric="help.points", no_worse_by=1)], help__helps=(ones, helps), help__points=(ones, points))
    assert [pick.index for pick in picked(data, range(N))[:2]] == [2, 6]  # one and a half lost, one lost


def test_known_falsehoods_are_told_with_what_was_checked() -> None:
    checked = [None if i % 2 else float(i < 10) for i in range(N)]
    before = [None if i % 2 else float(i < 4) for i in range(N)]
    gates = [GateSpec(metric="style.words", at_most=99)]
    data = run(gates, help__false=(before, checked), style__words=([5.0] * N, [4.0] * N))
    note = truth_note(data)
    assert "25%" in note
    assert "10% before" in note
    assert "20 of 40 answers" in note
    assert "unchecked" in note
    for view in (unescape(render_html(data)), render_markdown(data)):
        assert "Falsehood: " in view
