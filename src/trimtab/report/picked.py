"""Which prompts the report shows: where the answer fell most, where it gained most, and some between, by rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..evaluate import deviation
from ..records import Measure
from .data import ReportData
from .format import counted
from .tables import metric_of

HELP = ("help.helps", "help.points")
"""What a fall is looked for in first: whether an answer helps, and how many of its points it makes."""
EACH = 4
"""Prompts of each sort: falls, gains, and spread evenly over the others."""


@dataclass(frozen=True)
class Picked:
    """A prompt's place, and why it is shown."""

    index: int
    why: str


def picked(data: ReportData, among: Sequence[int]) -> list[Picked]:
    """The largest falls, then the largest gains, then others spread evenly; of equals the earlier prompt counts.

    `among` are the places of prompts that may be shown.
    """
    change, of = _changes(data)
    known = [(change[data.prompts[index].id], index) for index in among if data.prompts[index].id in change]
    down = [Picked(i, f"fell most in {of}") for c, i in sorted(known, key=lambda k: (k[0], k[1]))[:EACH] if c < 0]
    up = [Picked(i, f"gained most in {of}") for c, i in sorted(known, key=lambda k: (-k[0], k[1]))[:EACH] if c > 0]
    shown = {pick.index for pick in (*down, *up)}
    rest = [index for index in among if index not in shown]
    count = min(3 * EACH - len(shown), len(rest))
    between = [Picked(rest[i * len(rest) // count], "one of those spread evenly") for i in range(count)]
    return [*down, *up, *between]


def picked_note(data: ReportData, whys: Sequence[str]) -> str:
    """How the shown prompts were chosen, in words; `whys` are those of each."""
    down, up = (sum(why.startswith(word) for why in whys) for word in ("fell", "gained"))
    total = counted(len(data.prompts), "held-out prompt")
    if not down and not up:
        return f"{len(whys)} of {total}, spread evenly over them. Nobody picked them."
    _, of = _changes(data)
    return (
        f"{len(whys)} of {total}: the {down} that fell most in {of}, the {up} that gained most, and "
        f"{len(whys) - down - up} spread evenly over the others. A rule picked them, nobody's taste."
    )


def _changes(data: ReportData) -> tuple[dict[str, float], str]:
    """How much better each held-out item became, above 0 for better, and in what.

    In help where that is measured: helping counts 1, all points made another 1. Else in what gates look at: the item's
    worst change, each in standard deviations of its metric before.
    """
    helped = [found for name in HELP if (found := _shift(data, name)) is not None]
    if helped:
        return _combined(helped, sum), "help"
    gated = [_scaled(data, name) for name in dict.fromkeys(gate.metric for gate in data.verdict.gates)]
    return _combined([each for each in gated if each], min), "what the gates look at"


def _combined(shifts: Sequence[Mapping[str, float]], how: Callable[[Iterable[float]], float]) -> dict[str, float]:
    items: Iterable[str] = dict.fromkeys(item for shift in shifts for item in shift)
    return {item: how(shift[item] for shift in shifts if item in shift) for item in items}


def _shift(data: ReportData, name: str) -> dict[str, float] | None:
    """The change of each item for the better; None where the metric was not measured over held-out prompts."""
    before, after, metric = data.before.measure(name), data.after.measure(name), metric_of(name)
    if before is None or after is None or metric is None or metric.better == "neither":
        return None
    ids, sign = _items(data, after), 1.0 if metric.better == "higher" else -1.0
    if not ids:
        return None
    return {ids[place]: sign * (a - b) for place, b, a in before.paired_with(after)}


def _scaled(data: ReportData, name: str) -> dict[str, float]:
    shift, before = _shift(data, name), data.before.measure(name)
    spread = deviation(before) if before is not None else None
    return {item: change / spread for item, change in shift.items()} if shift and spread else {}


def _items(data: ReportData, measure: Measure) -> tuple[str, ...]:
    """The ids of a measure's items, where they are held-out prompts."""
    ids = data.after.items.get(measure.over, ())
    return ids if {prompt.id for prompt in data.prompts}.issuperset(ids) else ()
