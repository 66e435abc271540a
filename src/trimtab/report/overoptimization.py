"""Reward against gold: the checkpoints of a run as a plot, a table and a few facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from ..records import Overoptimization, OveroptimizationFit, RewardGain
from .figures import Figure
from .format import DASH, number, share, signed, span
from .plots import WIDTH, _sized, _svg

_HEIGHT = 230
_FORMS = {"rl": "d (α − β log d)", "bon": "d (α − β d)"}


@dataclass(frozen=True)
class CheckpointRow:
    """One checkpoint as text. Gains are over the start, empty at the start itself; `mark` is what it stands out by."""

    step: str
    mark: str
    proxy: str
    proxy_gain: str
    gold: str
    gold_gain: str
    components: tuple[str, ...]
    kl: str
    words: str
    repetition: str
    ended: str


@dataclass(frozen=True)
class RewardSection:
    """The section as every view shows it: `summary` under a `heading`, then figure, facts and table.

    `components` name the columns of the proxy's parts, where it has several.
    """

    alarm: bool
    summary: str
    prompts: int
    figure: Figure
    facts: tuple[tuple[str, str], ...]
    components: tuple[str, ...]
    rows: tuple[CheckpointRow, ...]

    @property
    def heading(self) -> str:
        """The alarm in words."""
        return "Alarm: gold fell while the proxy rose" if self.alarm else "No alarm"


def reward_section(found: Overoptimization | None) -> RewardSection | None:
    """The section, or None where no checkpoint was measured."""
    if found is None:
        return None
    names = tuple(dict.fromkeys(name for point in found.points for name in point.rewards))
    components = names if len(names) > 1 else ()
    return RewardSection(
        alarm=found.alarm,
        summary=found.summary,
        prompts=len(found.points[0].gold_values),
        figure=Figure("Gain over the start", _caption(found), reward_curves(found)),
        facts=_facts(found),
        components=components,
        rows=checkpoint_rows(found, components),
    )


def checkpoint_rows(found: Overoptimization, components: Sequence[str]) -> tuple[CheckpointRow, ...]:
    """The checkpoints in the order of their steps."""
    return tuple(
        CheckpointRow(
            step=f"{point.step:,}",
            mark=_mark(found, point.step),
            proxy=number(point.proxy),
            proxy_gain=_gain(proxy) if place else "",
            gold=number(point.gold),
            gold_gain=_gain(gold) if place else "",
            components=tuple(number(point.rewards.get(name)) for name in components),
            kl=number(point.kl, 2),
            words=number(point.words, 1),
            repetition=number(point.repetition),
            ended=share(point.ended),
        )
        for place, (point, proxy, gold) in enumerate(
            zip(found.points, found.proxy_gains, found.gold_gains, strict=True)
        )
    )


def reward_curves(found: Overoptimization) -> str:
    """Both rewards' gains over sqrt(KL), each in its own standard deviations at the start, with the curves fitted."""
    import altair as alt

    rows = [*_rows(found, "proxy reward"), *_rows(found, "gold")]
    labels, colours = ["proxy reward", "gold"], ["var(--contrast)", "var(--after)"]
    colour = alt.Color("what:N", scale=alt.Scale(domain=labels, range=colours), legend=None)
    legend = alt.Legend(orient="top", title=None, symbolType="stroke")
    x = alt.X("x:Q", title="√KL from the start (KL in nats an answer)", axis=alt.Axis(grid=False, tickCount=6))
    points = alt.Chart(alt.Data(values=rows)).encode(x=x, color=colour)
    bars = points.mark_rule(strokeWidth=1.5, opacity=0.55).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    dots = [
        points.transform_filter(alt.datum.what == label)
        .mark_point(filled=True, size=55, opacity=1, shape=shape)
        .encode(y="gain:Q")
        for label, shape in zip(labels, ("square", "circle"), strict=True)
    ]
    lines = (
        alt.Chart(alt.Data(values=[*_line(found, "proxy reward"), *_line(found, "gold")]))
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=alt.Y("gain:Q", title=None, axis=alt.Axis(tickCount=5)),
            color=colour.legend(legend),
            order="place:Q",
            strokeDash=alt.StrokeDash("what:N", scale=alt.Scale(domain=labels, range=[[6, 3], [1, 0]]), legend=None),
        )
    )
    return _svg(_sized(alt.layer(*_marks(found), lines, bars, *dots), WIDTH, _HEIGHT), "rewards")


def _marks(found: Overoptimization) -> list[Any]:
    """A line down at the kept checkpoint and, where there was an alarm, at the step that showed it."""
    import altair as alt

    named = [("kept", found.kept_step, 4.0)]
    if found.alarm_step is not None:
        named.append(("alarm", found.alarm_step, _HEIGHT - 8.0))
    middle = max(_distance(point.kl) for point in found.points) / 2
    marks = []
    for name, step, height in named:
        x = next(_distance(point.kl) for point in found.points if point.step == step)
        right = x > middle
        base = alt.Chart(alt.Data(values=[{"x": x, "text": f"{name}: step {step:,}"}])).encode(x="x:Q")
        marks += [
            base.mark_rule(stroke="currentColor", strokeDash=[4, 3], opacity=0.6),
            base.mark_text(
                align="right" if right else "left", dx=-6 if right else 6, fill="currentColor", fontWeight="bold"
            ).encode(y=alt.value(height), text="text:N"),
        ]
    return marks


def _rows(found: Overoptimization, what: str) -> list[dict[str, Any]]:
    gains, _, unit = _side(found, what)
    return [
        {
            "x": _distance(point.kl),
            "gain": gain.mean / unit,
            "low": gain.low / unit,
            "high": gain.high / unit,
            "what": what,
        }
        for point, gain in zip(found.points, gains, strict=True)
    ]


def _line(found: Overoptimization, what: str) -> list[dict[str, Any]]:
    """The fitted curve; where there is none, the checkpoints joined in the order of their steps."""
    _, fit, unit = _side(found, what)
    if fit is None or not fit.line:
        return [{**row, "place": place} for place, row in enumerate(_rows(found, what))]
    return [{"x": d, "gain": gain / unit, "what": what, "place": place} for place, (d, gain) in enumerate(fit.line)]


def _side(found: Overoptimization, what: str) -> tuple[Sequence[RewardGain], OveroptimizationFit | None, float]:
    """A reward's gains, its curve, and what it is drawn in."""
    if what == "gold":
        return found.gold_gains, found.gold_fit, found.gold_spread or 1.0
    return found.proxy_gains, found.proxy_fit, found.proxy_spread or 1.0


def _distance(kl: float) -> float:
    """sqrt(KL); an estimate below zero is that of a distance too small to see."""
    return sqrt(max(0.0, kl))


def _caption(found: Overoptimization) -> str:
    spreads = (("proxy reward", found.proxy_spread), ("gold", found.gold_spread))
    plain = " and ".join(name for name, spread in spreads if spread is None)
    lines = "Curves are fitted" if found.gold_fit and found.gold_fit.line else "Lines join the checkpoints"
    unit = "In standard deviations of a reward's values at the start, with 95% intervals."
    if plain:
        unit += f" At the start all values of the {plain} were equal, so it is drawn in its own units."
    return f"{unit} {lines}. Where gold turns down while the proxy rises, training serves the proxy alone."


def _facts(found: Overoptimization) -> tuple[tuple[str, str], ...]:
    facts = [
        ("checkpoint to keep", f"step {found.kept_step:,}"),
        ("alarm", "none" if found.alarm_step is None else f"at step {found.alarm_step:,}"),
    ]
    farthest = max(point.kl for point in found.points)
    fits = [(name, fit) for name, fit in (("gold", found.gold_fit), ("proxy", found.proxy_fit)) if fit]
    if not fits:
        return (*facts, ("fitted curves", "none, too few checkpoints"))
    facts.append(("fitted curves, d = √KL", _FORMS[fits[0][1].form]))
    for name, fit in fits:
        facts += [
            (f"{name}: coefficients", f"α\N{NO-BREAK SPACE}{number(fit.alpha)}, β\N{NO-BREAK SPACE}{number(fit.beta)}"),
            (f"{name}: R²", number(fit.r_squared)),
            (f"{name}: KL at the peak", _peak(fit, farthest)),
        ]
    return tuple(facts)


def _peak(fit: OveroptimizationFit, farthest: float) -> str:
    if fit.r_squared is not None and fit.r_squared <= 0:
        return "unknown, the curve does not fit"
    if fit.peak_kl is None:
        return "none"
    return f"{number(fit.peak_kl, 2)} nats" if fit.peak_kl <= farthest else "beyond those measured"


def _mark(found: Overoptimization, step: int) -> str:
    marks = [name for name, marked in (("kept", found.kept_step), ("alarm", found.alarm_step)) if step == marked]
    return ", ".join(marks)


def _gain(gain: RewardGain) -> str:
    interval = span(gain.low, gain.high)
    return signed(gain.mean) if interval == DASH else f"{signed(gain.mean)} ({interval})"
