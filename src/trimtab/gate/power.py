"""How many items a gate on a paired difference needs, before there are any and once its spread is known.

A gate of confidence c passes where the difference's one-sided interval keeps the limit, which is a two-sided test at
2 (1 - c) that looks one way; `stats.pairs_needed` gives its items for a power of 80 % (Miller 2024, eq. 9).
"""

from collections.abc import Callable, Sequence

import numpy as np

from ..evaluate import metric_named
from ..records import GateResult, Verdict
from ..spec import GateSpec
from ..stats import pairs_needed, smallest_shown

PAIRED = ("no_worse_by", "better_by")
"""Limits of a paired difference."""
CHANGED = 0.25
"""Share of items that change sides, assumed of a rate that was never measured: of 160 prompts of our first recipe 36
did in whether they were helped, of 240 open facts 39."""
SPREAD = 0.3
"""Standard deviation of paired differences assumed of other shares, whose items lie between 0 and 1."""


def power_of(gate: GateSpec, spread: Sequence[float], confidence: float) -> tuple[int | None, float | None]:
    """The items that pass an unchanged model with 80 % power, and what beyond the limit these items show so often.

    `spread` are the paired differences. The first is None without a margin, both where nothing varies or the gate is on
    no paired difference.
    """
    kind, margin = gate.limit
    deviation = float(np.std(spread, ddof=1)) if len(spread) > 1 else 0.0
    if kind not in PAIRED or deviation <= 0:
        return None, None
    alpha = 2 * (1 - confidence)
    shows = smallest_shown(deviation, len(spread), alpha=alpha)
    return _needed(gate, deviation, alpha) if margin else None, shows


def planned(
    gates: Sequence[GateSpec], items: Callable[[str], int], confidence: float, measured: Verdict | None = None
) -> list[str]:
    """A line for each gate on a paired difference: what it needs for 80 % power, and what there is.

    `items` counts those that a metric is taken over; a verdict `measured` with the same gates gives their spread,
    which is assumed of shares otherwise.
    """
    told = []
    known = {(each.metric, each.against, each.limit): each for each in (measured.gates if measured else ())}
    for gate in gates:
        kind, margin = gate.limit
        if kind not in PAIRED:
            continue
        sign = (1.0 if metric_named(gate.metric).better == "higher" else -1.0) * (1 if kind == "better_by" else -1)
        found = known.get((gate.metric, gate.against, sign * margin))
        told.append(f"{_called(gate)}: {_said(gate, items(gate.metric), confidence, found)}")
    return told


def _said(gate: GateSpec, there: int, confidence: float, found: GateResult | None) -> str:
    kind, margin = gate.limit
    metric, alpha = metric_named(gate.metric), 2 * (1 - confidence)
    if found is not None and found.shows is not None:
        shows, needed, how = found.shows * (found.n / there) ** 0.5, found.power_n, "by the spread measured last"
    elif metric.unit == "share":
        spread = CHANGED**0.5 if metric.rate else SPREAD
        shows = smallest_shown(spread, there, alpha=alpha)
        needed = _needed(gate, spread, alpha) if margin else None
        how = f"if {CHANGED:.0%} of the items change sides" if metric.rate else f"at a spread of {SPREAD:g}"
    else:
        return f"{there} items; how many it needs shows once its spread is measured"
    if kind == "better_by" or needed is None:
        return f"{there} items show {shows:.2g} beyond the limit with 80 % power ({how})"
    enough = "enough" if there >= needed else "too few"
    return f"needs {needed} items for 80 % power, and there are {there}: {enough} ({how})"


def _needed(gate: GateSpec, spread: float, alpha: float) -> int | None:
    kind, margin = gate.limit
    return pairs_needed(margin, spread, alpha=alpha) if kind == "no_worse_by" and margin else None


def _called(gate: GateSpec) -> str:
    kind, margin = gate.limit
    what = "no worse than" if kind == "no_worse_by" else "better than"
    other = "the baseline" if gate.against == "baseline" else "before"
    return f"{gate.metric}, {what} {other}" + (f" by {margin:g}" if margin else "")
