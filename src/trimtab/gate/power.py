"""How many items a gate needs, before there are any and once the spread of its differences is known.

A gate on a paired difference, of confidence c, passes where the difference's one-sided interval keeps the limit, which
is a two-sided test at 2 (1 - c) that looks one way; `stats.pairs_needed` gives its items for a power of 80 % (Miller
2024, eq. 9). A gate on a rate passes up to a count that is known beforehand, and how often a model of a given rate
keeps within it is the binomial's, exactly: nothing has to be assumed.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ..evaluate import metric_named, rate_as_read
from ..metrics import PEOPLE
from ..records import GateResult, Verdict
from ..scorers import Confusion
from ..spec import GateSpec
from ..stats import exact_interval, pairs_needed, smallest_shown

PAIRED = ("no_worse_by", "better_by")
"""Limits of a paired difference."""
CHANGED = 0.25
"""Share of items that change sides, assumed of a rate that was never measured: of 160 prompts of our first recipe 36
did in whether they were helped, of 240 open facts 39."""
SPREAD = 0.3
"""Standard deviation of paired differences assumed of other shares, whose items lie between 0 and 1."""


POWER = 0.8
"""How often a gate is to pass: four times in five."""
_FEWEST_SOUGHT = 10**5
"""Items beyond which no number is told that would let a gate on a rate pass."""


def power_of(
    gate: GateSpec, spread: Sequence[float], confidence: float, errors: Confusion | None
) -> tuple[int | None, float | None]:
    """The items that pass an unchanged model with 80 % power, and what beyond the limit these items show so often.

    `spread` are the paired differences, or a rate's items. The first is None without a margin, both where nothing
    varies or the gate is on neither a paired difference nor a rate, or no count of that many items passes it. `errors`
    are those of the metric's scorer, where they are known.
    """
    kind, margin = gate.limit
    if is_on_rate(gate):
        true = passing_rate(gate, len(spread), confidence, errors)
        corrected = errors is not None  # the rate as scored is not what is limited
        return None, None if true is None or corrected else abs(true - margin)
    deviation = float(np.std(spread, ddof=1)) if len(spread) > 1 else 0.0
    if kind not in PAIRED or deviation <= 0:
        return None, None
    alpha = 2 * (1 - confidence)
    shows = smallest_shown(deviation, len(spread), alpha=alpha)
    return _needed(gate, deviation, alpha) if margin else None, shows


def planned(
    gates: Sequence[GateSpec],
    items: Callable[[str], int],
    confidence: float,
    measured: Verdict | None = None,
    *,
    by_points: bool = False,
) -> list[str]:
    """A line for each gate on a paired difference or a rate: what it needs for 80 % power, and what there is.

    `items` counts those that a metric is taken over; a verdict `measured` with the same gates gives their spread,
    which is assumed of shares otherwise; `by_points` says whether help will be judged by points.
    """
    told = []
    known = {(each.metric, each.against, each.limit): each for each in (measured.gates if measured else ())}
    for gate in gates:
        if gate.metric.startswith(PEOPLE):  # how people spread is not known before they are asked
            continue
        kind, margin = gate.limit
        errors = metric_named(gate.metric).errors(by_points=by_points)
        if is_on_rate(gate):
            told.append(f"{_called(gate)}: {_rate_said(gate, items(gate.metric), confidence, errors)}")
        if kind not in PAIRED:
            continue
        sign = (1.0 if metric_named(gate.metric).better == "higher" else -1.0) * (1 if kind == "better_by" else -1)
        found = known.get((gate.metric, gate.against, sign * margin))
        told.append(f"{_called(gate)}: {_said(gate, items(gate.metric), confidence, found)}{_room(errors)}")
    return told


def is_on_rate(gate: GateSpec) -> bool:
    """Whether a gate holds a rate against a limit of its own."""
    return gate.limit[0] in ("at_least", "at_most") and metric_named(gate.metric).rate


def _room(errors: Confusion | None) -> str:
    """What no number of items takes away from a paired difference, in words."""
    off = errors.changes if errors is not None else None
    return f"; besides, its scorer's changes were {off.told}, which no items take away" if off is not None else ""


def passing_count(gate: GateSpec, n: int, confidence: float, errors: Confusion | None = None) -> int | None:
    """The count of n items with which a gate on a rate just passes: the most for `at_most`, the fewest for `at_least`;
    None where none passes."""
    kind, limit = gate.limit

    def passes(count: int) -> bool:
        two_sided = 2 * confidence - 1
        found = rate_as_read(count, n, errors, two_sided) if errors else exact_interval(count, n, two_sided)
        return found.low >= limit if kind == "at_least" else found.high <= limit

    # passes() holds from the best count on up to one that is searched for by halving
    best, worst = (n, -1) if kind == "at_least" else (0, n + 1)
    if n < 1 or not passes(best):
        return None
    while abs(best - worst) > 1:
        middle = (best + worst) // 2
        best, worst = (middle, worst) if passes(middle) else (best, middle)
    return best


def passing_rate(gate: GateSpec, n: int, confidence: float, errors: Confusion | None = None) -> float | None:
    """The true rate, as scored, of a model that passes a gate on a rate four times in five; None where none passes."""
    from scipy.special import betaincinv  # the quantile of a beta distribution; scipy.stats is slow to load

    count = passing_count(gate, n, confidence, errors)
    if count is None:
        return None
    if gate.limit[0] == "at_least":
        return float(betaincinv(count, n - count + 1, POWER)) if count else 0.0
    return float(betaincinv(count + 1, n - count, 1 - POWER)) if count < n else 1.0


def _rate_said(gate: GateSpec, n: int, confidence: float, errors: Confusion | None) -> str:
    count, rate = passing_count(gate, n, confidence, errors), passing_rate(gate, n, confidence, errors)
    if count is None or rate is None:
        fewest = _fewest(gate, n, confidence, errors)
        more = f"{fewest} items are the fewest that can" if fewest else "nor would more items"
        return f"no count of {n} items passes it; {more}"
    side = "fewer" if gate.limit[0] == "at_most" else "more"
    heard = ", as its scorer hears it," if errors else ""
    return f"passes where {count} or {side} of {n} items count; a true rate of {rate:.3g}{heard} does so 4 times in 5"


def _fewest(gate: GateSpec, n: int, confidence: float, errors: Confusion | None) -> int | None:
    """The fewest items of which some count passes a gate on a rate; None where no number does."""
    low, high = n, max(1, n)
    while passing_count(gate, high, confidence, errors) is None:
        low, high = high, 2 * high
        if high > _FEWEST_SOUGHT:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passing_count(gate, middle, confidence, errors) is None else (low, middle)
    return high


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
    if is_on_rate(gate):
        return f"{gate.metric}, {kind.replace('_', ' ')} {margin:g}"
    what = "no worse than" if kind == "no_worse_by" else "better than"
    other = "the baseline" if gate.against == "baseline" else "before"
    return f"{gate.metric}, {what} {other}" + (f" by {margin:g}" if margin else "")
