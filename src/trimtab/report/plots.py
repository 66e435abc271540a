"""The plots: records to SVG, drawn by Altair and vl-convert, with no script in them.

Colours are the page's CSS variables, so a plot follows the page from light to dark; text is `currentColor`.
Every plot is about as wide as a phone, so that its letters stay readable there, and grows a bit on a laptop.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..records import Difference, Evaluation, Measure, RLStep, TrainingStep
from .format import number, there
from .tables import Change, change_of

if TYPE_CHECKING:
    import altair as alt

WIDTH = 380
"""Width of a plot in its own units, axes included."""
_CURVE_WIDTH = 300
"""Curves stand three in a row on a laptop, so they are narrower, and their letters no smaller."""
_CURVE_HEIGHT = 165
_PANEL_HEIGHT = 145
_TICKS = 6
_LETTER = 7.4
"""Room for one letter of a label: the reader's font may be wider than vl-convert's."""
_WORDS_METRIC = "style.words"
_BINS = 28
_TEXT = 12.5
_CHANGE_COLOURS: dict[Change, str] = {
    "better": "var(--after)",
    "worse": "var(--contrast)",
    "moved": "var(--after)",
    "unclear": "var(--before)",
    "missing": "var(--before)",
}


def training_line(
    curve: Sequence[TrainingStep] | Sequence[RLStep],
    figures: Sequence[tuple[str, str]],
    *,
    name: str,
) -> str | None:
    """One or two figures of the training curve over its steps; None where no step has them.

    `figures` pairs a field of `TrainingStep`, or of `RLStep`, with what the legend calls it; `name` makes the SVG's ids
    unique.
    """
    import altair as alt

    rows = [row for field, label in figures for row in _line_rows(curve, field, label)]
    if not rows:
        return None
    labels = [label for _, label in figures]
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=labels, range=["var(--after)", "var(--contrast)"][: len(labels)]),
        legend=alt.Legend(orient="top", title=None, symbolType="stroke") if len(labels) > 1 else None,
    )
    dash = alt.StrokeDash("what:N", scale=alt.Scale(domain=labels, range=[[1, 0], [6, 3]][: len(labels)]), legend=None)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("step:Q", title="step", axis=alt.Axis(tickMinStep=1, tickCount=_TICKS, format="d", grid=False)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=5)),
        color=colour,
    )
    sparse = len({row["step"] for row in rows}) < len(curve) or len(rows) <= len(labels)
    lines: Any = base.mark_line(strokeWidth=2).encode(strokeDash=dash)
    chart = lines + base.mark_point(filled=True, size=30, opacity=1) if sparse else lines
    return _svg(_sized(chart, _CURVE_WIDTH, _CURVE_HEIGHT), name)


def words_histogram(before: Evaluation, after: Evaluation) -> str | None:
    """How many answers have how many words, before above after, each mean marked; None without them."""
    import altair as alt

    sides = [("before", before.measure(_WORDS_METRIC)), ("after", after.measure(_WORDS_METRIC))]
    values = [
        {"side": side, "words": value}
        for side, measure in sides
        if measure
        for value in measure.values
        if value is not None
    ]
    if not values:
        return None
    most = max(row["words"] for row in values if isinstance(row["words"], float | int))
    panels = [
        _histogram(side, measure, max(1.0, float(most)), last=side == "after")
        for side, measure in sides
        if measure and any(value is not None for value in measure.values)
    ]
    return _svg(alt.vconcat(*panels, spacing=8).resolve_scale(x="shared", y="shared"), "words")


def effect_sizes(differences: Sequence[Difference], measures: Sequence[Measure]) -> str | None:
    """Each metric's effect (Cohen's d_z), its sign turned so that right is better; None where none has one.

    Metrics without a good direction are left out.
    """
    import altair as alt

    by_name = {difference.metric: difference for difference in differences}
    rows = []
    for measure in measures:
        difference = by_name.get(measure.metric)
        if difference is None or difference.effect is None or not there(difference.effect):
            continue
        if measure.better != "neither":
            turned = difference.effect if measure.better == "higher" else -difference.effect
            change = change_of(difference, measure.better)
            rows.append({"metric": measure.title, "effect": turned, "colour": _CHANGE_COLOURS[change]})
    if not rows:
        return None
    room = min(WIDTH / 2, 8 + _LETTER * max(len(str(row["metric"])) for row in rows))
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "metric:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelPadding=8, minExtent=room, labelLimit=room),
        ),
        color=alt.Color("colour:N", scale=None),
    )
    bars = base.mark_bar(height=7, cornerRadius=2).encode(
        x=alt.X("effect:Q", title="← worse · better →", axis=alt.Axis(tickCount=4))
    )
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(stroke="currentColor", opacity=0.6).encode(x=alt.datum(0))
    return _svg(_sized(bars + zero, WIDTH, 26 * len(rows)), "effects")


def _line_rows(curve: Sequence[TrainingStep] | Sequence[RLStep], field: str, label: str) -> list[dict[str, Any]]:
    known = [(step.step, getattr(step, field)) for step in curve if there(getattr(step, field))]
    return [{"step": step, "value": value, "what": label} for step, value in known]


def _over(measure: Measure) -> str:
    """How many answers a mean is over, where some could not be judged."""
    return f" of {measure.n:,}, {measure.missing:,} not judged" if measure.missing else ""


def _histogram(side: str, measure: Measure, most: float, *, last: bool) -> "alt.LayerChart":
    import altair as alt

    rows = [{"words": value} for value in measure.values if value is not None]
    bars = (
        alt.Chart(alt.Data(values=rows), height=_PANEL_HEIGHT, width=WIDTH - 58)
        .mark_bar(color=f"var(--{side})", binSpacing=1)
        .encode(
            x=alt.X(
                "words:Q",
                bin=alt.Bin(maxbins=_BINS, extent=[0, most]),
                title="words in the answer" if last else None,
                axis=alt.Axis(grid=False, labels=last, labelOverlap="greedy", labelSeparation=12),
                scale=alt.Scale(domain=[0, most], nice=True),
            ),
            y=alt.Y("count():Q", title="answers", axis=alt.Axis(tickCount=3, tickMinStep=1)),
        )
    )
    if not there(measure.mean):
        return alt.layer(bars)
    mean = alt.Chart(
        alt.Data(values=[{"mean": measure.mean, "text": f"{side}: mean {number(measure.mean, 1)}{_over(measure)}"}])
    )
    rule = mean.mark_rule(stroke="currentColor", strokeDash=[4, 3]).encode(x=alt.X("mean:Q"))
    right = (measure.mean or 0.0) > most / 2
    label = mean.mark_text(
        align="right" if right else "left",
        dx=-6 if right else 6,
        dy=0,
        fill="currentColor",
        fontWeight="bold",
    ).encode(x=alt.X("mean:Q"), y=alt.value(4), text="text:N")
    return alt.layer(bars, rule, label)


def _sized(chart: Any, width: int, height: int) -> Any:
    return chart.properties(width=width, height=height, autosize={"type": "fit-x", "contains": "padding"})


def _svg(chart: Any, name: str) -> str:
    import vl_convert

    chart = (
        chart.properties(background="transparent", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="currentColor",
            titleColor="currentColor",
            labelFontSize=_TEXT,
            titleFontSize=_TEXT,
            titleFontWeight="normal",
            gridColor="var(--line)",
            domainColor="var(--line)",
            tickColor="var(--line)",
        )
        .configure_legend(labelColor="currentColor", labelFontSize=_TEXT, symbolSize=240, symbolStrokeWidth=2.5)
        .configure_text(fontSize=_TEXT)
    )
    return _embeddable(vl_convert.vegalite_to_svg(chart.to_dict()), name)


def _embeddable(svg: str, name: str) -> str:
    """Fits an SVG into a page: ids of its own, no fixed size, no labels inside what is read out as one image.

    Vega numbers clip paths over the life of the process; numbered anew, equal plots give equal bytes.
    """
    ids = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    for index, old in enumerate(ids, 1):
        svg = svg.replace(f'id="{old}"', f'id="plot-{name}-{index}"').replace(
            f"url(#{old})", f"url(#plot-{name}-{index})"
        )
    svg = re.sub(r' (?:aria-[a-z]+|role|pointer-events|font-family)="[^"]*"', "", svg)
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r'\1 focusable="false" aria-hidden="true"', svg, count=1
    )
