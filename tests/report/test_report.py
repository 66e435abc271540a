"""The report: what it must say, what it must never say, and that it needs nothing beside it."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from made.report import NASTY, bare, made
from trimtab.evaluate import metrics
from trimtab.records import Difference, Message
from trimtab.report import model_card, render_html, render_markdown
from trimtab.report.answers import shown_pairs, shown_twins
from trimtab.report.format import duration
from trimtab.report.tables import change_of, gate_rows, metric_rows

_VOID = {"meta", "br", "rect", "line", "path", "circle"}


class _Page(HTMLParser):
    """What a browser sees: tags, attributes, visible text, and the stack of open tags at the end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All visible text."""
        return "\n".join(self.texts)


@pytest.fixture(scope="module")
def page() -> str:
    """The report of the made run."""
    return render_html(made())


def test_needs_nothing_beside_it(page: str) -> None:
    seen = _Page(page)
    assert not {tag for tag, _ in seen.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
    }
    loading = [value for _, attrs in seen.tags for name, value in attrs.items() if name in {"src", "href", "srcset"}]
    assert loading == []
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on")]
    css = page.split("<style>")[1].split("</style>")[0]
    assert "@import" not in css
    assert "url(" not in css
    assert set(re.findall(r"https?://[^\"\s]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "default-src 'none'" in page


def test_is_well_formed(page: str) -> None:
    for content in (page, render_html(bare())):
        assert _Page(content).open == []


def test_answers_are_escaped_with_their_lines(page: str) -> None:
    assert "<script" not in page
    assert NASTY in unescape(page)
    assert NASTY in _Page(page).text
    assert re.search(r"\.text \{[^}]*white-space: pre-wrap", page)


def test_every_text_of_a_record_is_escaped() -> None:
    data = made(n=7)
    mark = "<b id=planted>&amp;"
    prompt = data.prompts[0].model_copy(
        update={
            "kind": mark,
            "messages": (Message(role="system", content=mark), Message(role="user", content=mark)),
        }
    )
    gate = data.verdict.gates[0].model_copy(update={"rule": mark, "summary": mark, "metric": mark})
    measure = data.after.measures[0].model_copy(update={"metric": mark, "title": mark, "unit": mark})
    planted = replace(
        data,
        info=data.info.model_copy(update={"goal": mark, "name": mark}),
        prompts=(prompt, *data.prompts[1:]),
        verdict=data.verdict.model_copy(update={"gates": (gate,)}),
        after=data.after.model_copy(update={"measures": (measure, *data.after.measures[1:])}),
        differences=(data.differences[0].model_copy(update={"metric": mark}), *data.differences[1:]),
        feedback=data.feedback.model_copy(update={"reasons": {mark: 1}, "notes": (mark,), "source": mark}),
        training=data.training.model_copy(update={"warnings": (mark,)}),
    )
    seen = _Page(render_html(planted))
    assert all(attrs.get("id") != "planted" for _, attrs in seen.tags)
    assert seen.text.count(mark) >= 12


def test_verdict_comes_before_any_table(page: str) -> None:
    for data, word, sentence in (
        (made(), "Pass", "4 of 4 gates met"),
        (made(verdict="regress"), "Regress", "a limit missed (Facts right)"),
        (made(verdict="undecided"), "Undecided", "cannot decide Facts right"),
    ):
        head = render_html(data).split("<table")[0]
        assert f'<p class="word">{word}</p>' in head
        assert sentence in head
        summary = render_markdown(data).split("|")[0]
        assert word.lower() in summary
        assert sentence in summary


def test_every_gate_with_its_figures() -> None:
    data = made(verdict="undecided")
    page, summary, card = _Page(render_html(data)).text, render_markdown(data), model_card(data)
    rows = gate_rows(data.verdict)
    assert len(rows) == len(data.verdict.gates)
    for row in rows:
        for said in (row.title, row.rule, row.figure, row.interval, row.limit, row.summary):
            assert said in page
            assert said in summary
            assert said in card
    for gate, row in zip(data.verdict.gates, rows, strict=True):
        assert row.figure == f"{gate.figure:.3f}".replace("-", "−")
        assert row.interval == f"{gate.low:.3f} to {gate.high:.3f}".replace("-", "−")
        assert row.limit == str(gate.limit).replace("-", "−")
    needed = data.verdict.gates[-1].needed_n
    assert needed is not None
    assert needed > 1000  # so that a comma is told
    assert f"needs about {needed:,}" in page
    assert f"400 (needs about {needed:,})" in summary
    assert rows[0].rule == "at most 60% of before"
    own = data.verdict.gates[0].model_copy(update={"rule": f"{rows[0].title} (own set): at most 60% of before"})
    (row,) = gate_rows(data.verdict.model_copy(update={"gates": (own,)}))
    assert (row.title, row.rule) == (f"{rows[0].title} (own set)", "at most 60% of before")


def test_every_metric_with_its_figures(page: str) -> None:
    data = made()
    seen, summary = _Page(page), render_markdown(data)
    tooltips = {attrs.get("title") for tag, attrs in seen.tags if tag == "summary"}
    rows = metric_rows(data)
    shown = [metric for metric in metrics() if metric.over in ("heldout", "facts")]
    assert [row.name for row in rows] == [metric.name for metric in shown]
    for row, metric in zip(rows, shown, strict=True):
        assert metric.summary in tooltips
        assert metric.summary in seen.texts
        for said in (
            row.title,
            row.before,
            row.before_interval,
            row.after,
            row.difference,
            row.difference_interval,
        ):
            assert said in seen.text
            assert said in summary
    words = next(row for row in rows if row.name == "style.words")
    measure, difference = data.before.measure("style.words"), data.differences[0]
    assert measure is not None
    assert words.before == f"{measure.mean:.1f}"
    assert words.difference == f"−{abs(difference.mean):.1f}"
    assert next(row for row in rows if row.name == "style.contractions").unjudged == "3 / 3"


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (0.1, 0.3, "higher", "better"),
        (0.1, 0.3, "lower", "worse"),
        (-0.3, -0.1, "higher", "worse"),
        (-0.3, -0.1, "lower", "better"),
        (-0.1, 0.1, "higher", "unclear"),
        (0.0, 0.0, "lower", "unclear"),
        (0.1, 0.3, "neither", "moved"),
        (float("nan"), 0.3, "higher", "missing"),
    ],
)
def test_change_follows_the_interval_and_the_good_direction(
    low: float, high: float, better: str, expected: str
) -> None:
    difference = Difference(
        metric="m",
        n=9,
        before=0,
        after=0,
        mean=0,
        low=low,
        high=high,
        ratio=None,
        ratio_low=None,
        ratio_high=None,
        effect=None,
    )
    assert change_of(difference, better) == expected  # type: ignore[arg-type]
    assert change_of(None, "higher") == "missing"


def test_twelve_pairs_each_shown_once(page: str) -> None:
    pairs = shown_pairs(made())
    assert page.count('<article class="pair">') == len(pairs) == 12
    assert len({pair.prompt_id for pair in pairs}) == 12
    pair = next(pair for pair in pairs if pair.prompt_id != made().prompts[0].id)
    before, after = pair.answers
    assert before.marks.endswith("words · cut at 128 tokens")
    assert after.marks.endswith("ended by itself")
    assert len(shown_pairs(bare())) == 2


@pytest.mark.parametrize(
    ("told", "mark", "unfinished"),
    [
        ({}, "cut at 128 tokens", True),
        ({"tokens": 0}, "cut", True),
        ({"end_told": False}, "words", False),
        ({"outcome": "not answered"}, "not judged: not answered", False),
        ({"outcome": "filtered", "tokens": 0}, "not judged: filtered", False),
    ],
)
def test_an_answer_is_called_unfinished_where_it_is(told: dict[str, object], mark: str, unfinished: bool) -> None:
    data = made()
    data = replace(data, answers_before=[each.model_copy(update=told) for each in data.answers_before])
    before = next(pair for pair in shown_pairs(data) if pair.prompt_id != data.prompts[0].id).answers[0]
    assert before.marks.endswith(mark)
    assert before.unfinished == unfinished


def test_twins_stand_side_by_side_and_are_not_shown_twice(page: str) -> None:
    data = made()
    ids = [prompt.id for prompt in data.prompts]
    twinned = {ids[0]: ids[7], ids[7]: ids[0], ids[1]: ids[9], ids[9]: ids[1], ids[2]: "trained-on"}
    topics = {ids[0]: "sleep", ids[1]: "burns"}
    prompts = tuple(
        prompt.model_copy(update={"twin": twinned.get(prompt.id), "topic": topics.get(prompt.id)})
        for prompt in data.prompts
    )
    data = replace(data, prompts=prompts)
    twins = shown_twins(data)
    assert [each.topic for each in twins] == ["sleep", "burns"]
    assert [tuple(pair.prompt_id for pair in each.sides) for each in twins] == [(ids[0], ids[7]), (ids[1], ids[9])]
    assert twins[0].sides[1].answers[1].text == data.answers_after[7].text
    assert not {pair.prompt_id for pair in shown_pairs(data)} & set(twinned.values()) - {"trained-on"}
    seen = _Page(render_html(data))
    assert [dict(attributes).get("class") for _, attributes in seen.tags].count("twins") == 2
    assert not seen.open
    assert "Near twins" in seen.text
    assert "Near twins" not in _Page(page).text


def test_words_of_an_answer_are_those_of_its_own_prompt() -> None:
    data = made()
    measure = data.after.measure("style.words")
    assert measure is not None
    for pair in shown_pairs(data):
        value = measure.values[data.after.items["heldout"].index(pair.prompt_id)]
        assert pair.answers[1].marks.split()[0] == f"{value:.0f}"


def test_plots_scale_are_labelled_and_share_no_id(page: str) -> None:
    seen = _Page(page)
    plots = [attrs for tag, attrs in seen.tags if attrs.get("role") == "img"]
    drawings = [attrs for tag, attrs in seen.tags if tag == "svg"]
    assert len(plots) == len(drawings) == 8
    assert all(attrs.get("aria-label") for attrs in plots)
    assert all(attrs.get("viewbox") and "width" not in attrs for attrs in drawings)
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_effects_point_right_where_better() -> None:
    from trimtab.report.plots import effect_sizes

    data = made()
    words = next(d for d in data.differences if d.metric == "style.words")
    assert words.effect is not None
    assert words.effect < 0
    measure = data.after.measure("style.words")
    assert measure is not None
    higher = measure.model_copy(update={"better": "higher"})
    good, bad = effect_sizes([words], [measure]), effect_sizes([words], [higher])
    assert good is not None
    assert bad is not None
    assert 'fill="var(--after)"' in good
    assert 'fill="var(--contrast)"' in bad
    assert "−" in re.sub(r"<[^>]+>", " ", bad)  # its axis goes below zero
    assert "−" not in re.sub(r"<[^>]+>", " ", good)


def test_what_is_missing_is_said_and_never_leaks() -> None:
    data = bare()
    for text in (_Page(render_html(data)).text, render_markdown(data), model_card(data)):
        assert not re.search(r"\b(None|nan|NaN|inf|undefined)\b", text)
        assert "not judged" in text
        assert "–" in text
    page = _Page(render_html(data)).text
    assert "The answer is empty." in page
    assert "Nothing to decide on" in page
    assert "not in a repository" in page


def test_no_curve_and_no_measure_in_common() -> None:
    data = made(n=3)
    alone = replace(
        data,
        before=data.before.model_copy(update={"measures": data.before.measures[:1]}),
        after=data.after.model_copy(update={"measures": data.after.measures[1:2]}),
        differences=(),
        training=data.training.model_copy(update={"curve": ()}),
        manifests={},
    )
    assert [(row.before == "–", row.after == "–", row.change) for row in metric_rows(alone)] == [
        (False, True, "missing"),
        (True, False, "missing"),
    ]
    assert 'role="img"' in render_html(alone)
    assert "The training</h3>" not in render_html(alone)


def test_same_input_same_bytes(page: str, drawn_once: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vl_convert.vegalite_to_svg", drawn_once)
    assert render_html(made()) == page
    assert render_markdown(made()) == render_markdown(made())
    assert model_card(made()) == model_card(made())


def test_provenance_holds_every_hash_whole(page: str) -> None:
    data = made()
    titles = {attrs.get("title") for tag, attrs in _Page(page).tags if tag == "code"}
    hashes = {
        value
        for manifest in data.manifests.values()
        for value in (*manifest.inputs.values(), *manifest.outputs.values())
    }
    assert hashes <= titles
    for manifest in data.manifests.values():
        assert duration(manifest.wall_seconds) in page
        assert manifest.git_revision is not None
        assert manifest.git_revision in page
