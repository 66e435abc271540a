"""What a gate asks of two evaluations: on which side of its limit does a figure lie?"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..evaluate import errors_of, metric_named, rate_as_read
from ..metrics import PEOPLE, Metric
from ..records import Better, Evaluation, Measure, counted_reasons
from ..scorers import Confusion, Off
from ..spec import GateSpec
from ..stats import (
    Interval,
    exact_rate,
    mean_interval,
    paired_difference,
    paired_rate_interval,
    paired_ratio,
    with_room,
)
from .missing import Missing, ends_of, filled
from .people import ask_people
from .question import FEWEST, Bounded, Question, Unjudged
from .rule import rule_of

RATIOS = ("at_most_of_base", "at_least_of_base")
Values = NDArray[np.float64]


def ask(before: Evaluation, after: Evaluation, gate: GateSpec, seed: int) -> Question | Bounded | Unjudged:
    """The gate's question over two evaluations of the same items; `seed` is the bootstrap's.

    `before` is what the gate compares with, the baseline where it is against that.
    """
    if gate.metric.startswith(PEOPLE):
        return ask_people(before, after, gate)
    name, limit = gate.limit
    old, new = before.measure(gate.metric), after.measure(gate.metric)
    rule = rule_of(gate, new or old)
    if old is None or new is None:
        return Unjudged(gate, rule, limit, "the metric was not measured")
    absolute = name in ("at_least", "at_most")
    about = metric_named(gate.metric)
    places = _open_places(new) if absolute else old.unpaired_with(new, gate.against or "")
    unjudged = counted_reasons(places.values())
    if absolute and new.bounds and new.n >= FEWEST:
        low, high = _with_missing(new.bounds, new.n, len(places), about.scale)
        return Bounded(gate, rule, limit, name == "at_least", low, high, new.n, unjudged)
    if new.bounds or (old.bounds and not absolute):
        why = "the figure could not be controlled for, and bounds compare with nothing"
        return Unjudged(gate, rule, limit, why, unjudged)
    both = [(a, a) for a in new.values if a is not None] if absolute else [(b, a) for _, b, a in old.paired_with(new)]
    if len(both) < FEWEST:
        why = f"only {len(both)} items could be judged, and {FEWEST} are the fewest that count"
        return Unjudged(gate, rule, limit, why, unjudged, len(both))
    sides = np.array(both).T
    errors = errors_of(gate.metric, after)
    found = _asked(gate, rule, about, errors, new.better, sides[0], sides[1], seed)
    if isinstance(found, Unjudged):
        return replace(found, unjudged=unjudged, judged=len(both))
    if not places:
        return found
    low, high = ends_of(about.scale, [*sides[1], *([] if absolute else sides[0])])

    def with_all(end: float, other: float) -> Question | None:
        """The question with what is missing after at one end, and before at the other."""
        more = [(end, end)] * len(places) if absolute else filled(old, new, places, (other, end))
        every = np.array([*both, *more]).T
        made = _asked(gate, rule, about, errors, new.better, every[0], every[1], seed)
        return made if isinstance(made, Question) else None

    falls, rises = with_all(low, high), with_all(high, low)
    worst, best = (falls, rises) if found.upward else (rises, falls)
    return replace(found, missing=Missing(unjudged, len(both), about.scale is not None, worst, best))


def _asked(
    gate: GateSpec, rule: str, about: Metric, errors: Confusion | None, better: Better, b: Values, a: Values, seed: int
) -> Question | Unjudged:
    """The question over the values before and after, shape (n,) each; against a limit of its own `a` alone counts."""
    name, limit = gate.limit
    rate = about.rate

    def question(
        limit: float, upward: bool, interval: Callable[[float], Interval], spread: Sequence[float]
    ) -> Question:
        strict = interval if rate and name not in RATIOS else lambda sided: _widened(interval(sided), spread, sided)
        return Question(gate, rule, limit, upward, interval, strict, spread)

    def changed(
        limit: float, upward: bool, interval: Callable[[float], Interval], spread: Sequence[float], unit: float = 1.0
    ) -> Question:
        """The same of a change in units of `unit`, with room for how far its scorer's changes were off."""
        plain = question(limit, upward, interval, spread)
        if errors is None or errors.changes is None:
            return plain
        off, own, strict = Off(errors.changes.by / unit, errors.changes.count), plain.interval, plain.strict
        ends = (-1.0, 1.0) if name not in RATIOS else (0.0, np.inf)
        return replace(
            plain,
            interval=lambda sided: with_room(own(sided), off.by, off.count, ends=ends),
            strict=lambda sided: with_room(strict(sided), off.by, off.count, ends=ends),
            confusion=replace(errors, changes=off),
        )

    match name:
        case "at_least" | "at_most":
            plain = question(limit, name == "at_least", _own_interval(about, errors, a, seed), list(a))
            if errors is None:
                return replace(plain, exact=rate)
            return replace(plain, confusion=errors, scored=float(np.mean(a)))
        case "at_most_of_base" | "at_least_of_base":
            if b.sum() <= 0:
                return Unjudged(gate, rule, limit, "the mean before is zero, so there is no ratio to it")
            return changed(
                limit,
                name == "at_least_of_base",
                lambda sided: paired_ratio(b, a, confidence=2 * sided - 1, seed=seed),
                list((a - a.mean() / b.mean() * b) / b.mean()),  # the ratio, linearised
                float(b.mean()),
            )
        case "no_worse_by" | "better_by":
            sign = 1.0 if better == "higher" else -1.0
            return changed(
                sign * (-limit if name == "no_worse_by" else limit) + 0.0,  # never -0
                sign > 0,
                (lambda sided: paired_rate_interval(b, a, confidence=2 * sided - 1))
                if rate
                else (lambda sided: paired_difference(b, a, rate=False, confidence=2 * sided - 1, seed=seed)),
                list(a - b),
            )
        case _:
            raise AssertionError(f"no such limit: {name}")


def _own_interval(about: Metric, errors: Confusion | None, values: Values, seed: int) -> Callable[[float], Interval]:
    """The interval of a mean at a one-sided confidence: exact for a rate, corrected where its scorer's errors are
    known."""
    if errors is not None:
        known = errors
        return lambda sided: rate_as_read(float(values.sum()), len(values), known, 2 * sided - 1)
    if about.rate:
        return lambda sided: exact_rate(values, confidence=2 * sided - 1)
    return lambda sided: mean_interval(values, rate=False, confidence=2 * sided - 1, seed=seed)


def _open_places(measure: Measure) -> dict[int, str]:
    return {place: reason for reason, places in measure.unjudged.items() for place in places}


def _with_missing(
    bounds: tuple[float, float], n: int, missing: int, scale: tuple[float, float] | None
) -> tuple[float, float]:
    """The bounds of n items and of as many more as are missing, which may be anything on the scale."""
    if not missing:
        return bounds
    ends = scale or (-np.inf, np.inf)
    low, high = ((n * bound + missing * end) / (n + missing) for bound, end in zip(bounds, ends, strict=True))
    return float(low), float(high)


def _widened(interval: Interval, spread: Sequence[float], sided: float) -> Interval:
    """At least Student's interval around the same estimate; `spread` are values of items with the estimate's error."""
    from scipy.stats import t

    n = len(spread)
    half = float(t.ppf(sided, n - 1) * np.std(spread, ddof=1) / np.sqrt(n))
    return replace(
        interval, low=min(interval.low, interval.estimate - half), high=max(interval.high, interval.estimate + half)
    )
