"""Reward against gold in the report: there where checkpoints were measured, with every figure of theirs."""

import re
from dataclasses import replace
from html import unescape

import pytest

from made.report import made, made_rewards
from trimtab.records import Overoptimization
from trimtab.report import ReportData, model_card, render_html, render_markdown
from trimtab.report.format import number
from trimtab.report.overoptimization import reward_curves, reward_section


def _data(found: Overoptimization | None) -> ReportData:
    return replace(made(n=7), overoptimization=found)


def _section(page: str) -> str:
    return page.split('<section id="rewards">')[1].split("</section>")[0]


def test_nothing_is_shown_where_nothing_was_measured() -> None:
    data = _data(None)
    assert reward_section(None) is None
    for text in (render_html(data), render_markdown(data), model_card(data)):
        assert not re.search("gold|overoptim", text, re.IGNORECASE)
    assert 'id="rewards"' not in render_html(data)


def test_an_alarm_is_told_everywhere() -> None:
    found = made_rewards()
    assert found.alarm
    data = _data(found)
    section = unescape(_section(render_html(data)))
    assert '<div class="alarm regress">' in section
    assert "Alarm: gold fell while the proxy rose" in section
    for text in (section, render_markdown(data), model_card(data)):
        assert found.summary in text
    assert "**Alarm: gold fell while the proxy rose.**" in render_markdown(data)
    assert "- Training overoptimized its reward. Gold fell" in model_card(data).split("## Limits")[1]


def test_without_an_alarm_the_card_says_nothing_and_the_report_is_calm() -> None:
    found = made_rewards(turned=False)
    assert not found.alarm
    data = _data(found)
    section = unescape(_section(render_html(data)))
    assert '<div class="alarm">' in section
    assert "No alarm" in section
    assert found.summary in section
    assert "**No alarm.**" in render_markdown(data)
    assert "overoptimized" not in model_card(data)
    assert "alarm: step" not in section
    assert "beyond those measured" in section


def test_every_checkpoint_with_its_figures() -> None:
    found = made_rewards()
    data = _data(found)
    page, summary = _section(render_html(data)), render_markdown(data).split("## Reward against gold")[1]
    rows = [line for line in summary.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == page.count('<th scope="row"') == len(found.points)
    for point, gain, row in zip(found.points, found.gold_gains, rows, strict=True):
        figures = [number(point.proxy), number(point.gold), number(point.kl, 2), number(point.words, 1)]
        figures += [number(point.repetition), f"{point.ended:.0%}", *map(number, point.rewards.values())]
        assert all(f"| {figure} " in row for figure in figures)
        assert all(f'<td class="num">{figure}<' in page for figure in figures)
        if point.step:
            assert f"({number(gain.low)} to {number(gain.high)})" in row
        marks = ["kept"] * (point.step == found.kept_step) + ["alarm"] * (point.step == found.alarm_step)
        assert row.split("|")[2].strip() == ", ".join(marks)
    assert "helpfulness" in page
    assert summary.splitlines()[4].count("|") == rows[0].count("|") == 13


def test_a_single_component_needs_no_column() -> None:
    found = made_rewards()
    alone = [point.model_copy(update={"rewards": {"style": point.proxy}}) for point in found.points]
    section = reward_section(found.model_copy(update={"points": tuple(alone)}))
    assert section is not None
    assert section.components == ()
    assert all(row.components == () for row in section.rows)


def test_names_of_rewards_are_escaped() -> None:
    found = made_rewards()
    mark = "<b id=planted>|"
    points = [point.model_copy(update={"rewards": {mark: 0.5, "format": 0.1}}) for point in found.points]
    data = _data(found.model_copy(update={"points": tuple(points), "summary": mark}))
    assert "<b id=planted>" not in render_html(data)
    assert unescape(render_html(data)).count(mark) == 2
    head = next(line for line in render_markdown(data).splitlines() if line.startswith("| step"))
    assert len(re.findall(r"(?<!\\)\|", head)) == 13


def test_the_plot_marks_what_is_kept_and_draws_both_rewards() -> None:
    found = made_rewards()
    drawn = reward_curves(found)
    words = re.sub(r"<[^>]+>", " ", drawn)
    assert f"kept: step {found.kept_step}" in words
    assert f"alarm: step {found.alarm_step}" in words
    for said in ("proxy reward", "gold", "√KL"):
        assert said in words
    for colour in ("var(--after)", "var(--contrast)"):
        assert f'stroke="{colour}"' in drawn
        assert f'fill="{colour}"' in drawn
    assert drawn == reward_curves(made_rewards())


def test_gains_are_drawn_in_the_starts_standard_deviations() -> None:
    """A reward on another scale is the same picture."""
    found = made_rewards()
    scaled = made_rewards(gold_scale=10.0)
    assert scaled.gold_spread == pytest.approx(10 * (found.gold_spread or 0))
    assert scaled.gold_gains[3].mean == pytest.approx(10 * found.gold_gains[3].mean)
    assert _rounded(reward_curves(scaled)) == _rounded(reward_curves(found))


def test_a_reward_without_a_spread_is_drawn_in_its_own_units() -> None:
    found = made_rewards().model_copy(update={"gold_spread": None})
    section = reward_section(found)
    assert section is not None
    assert "all values of the gold were equal" in section.figure.caption
    assert _rounded(section.figure.svg) != _rounded(reward_curves(made_rewards()))


def test_the_peak_of_a_curve_that_does_not_fit_is_not_told() -> None:
    found = made_rewards()
    assert found.gold_fit is not None
    assert ("gold: KL at the peak", f"{found.gold_fit.peak_kl:.2f} nats") in reward_section(found).facts
    poor = found.model_copy(update={"gold_fit": found.gold_fit.model_copy(update={"r_squared": -0.2})})
    assert ("gold: KL at the peak", "unknown, the curve does not fit") in reward_section(poor).facts


@pytest.mark.parametrize("points", [1, 3])
def test_too_few_checkpoints_are_joined(points: int) -> None:
    found = made_rewards(points=points)
    section = reward_section(found)
    assert section is not None
    assert ("fitted curves", "none, too few checkpoints") in section.facts
    assert "Lines join the checkpoints" in section.figure.caption
    assert "NaN" not in section.figure.svg
    assert not re.search(r"\b(None|nan|NaN|inf)\b", _section(render_html(_data(found))))


def _rounded(svg: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.3f}", svg)
