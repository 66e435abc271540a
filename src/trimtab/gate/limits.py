"""What a gate asks of two evaluations: on which side of its limit does a figure lie?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..evaluate import errors_of, metric_named, rate_as_read
from ..metrics import Metric
from ..records import Better, Decision, Evaluation, Measure, counted_reasons
from ..scorers import Confusion, Off
from ..spec import GateSpec
from ..stats import (
    Interval,
    corrected_needed_n,
    exact_needed_n,
    exact_rate,
    mean_interval,
    needed_n,
    paired_difference,
    paired_rate_interval,
    paired_ratio,
    room_needed_n,
    with_room,
)
from .missing import Missing, ends_of, filled

RATIOS = ("at_most_of_base", "at_least_of_base")
Values = NDArray[np.float64]
FEWEST = 5
"""Items under which no gate is decided: an interval over fewer says more of luck than of the model."""


@dataclass(frozen=True)
class Question:
    """A gate that can be judged.

    `limit` is in the figure's own terms (a paired difference is after minus before), `upward` is whether the good side
    lies above it, and `interval` gives the figure's interval at a one-sided confidence. `strict` is the same where
    several gates ask for a high confidence: a mean's is at least as wide as Student's, for so far out in the tails a
    bootstrap of some dozens of items is too narrow (64 items, asked for 0.83 %, miss the truth 1.4 % of the time;
    Student's 0.9 %. Measured on answers of an unchanged model as in benchmarks/control.py). `spread` are the items'
    values that the figure's error comes from. A rate whose scorer's `confusion` is known is corrected by it against a
    limit of its own; `scored` is then the rate without that. A change of such a rate has room for how far the scorer's
    changes were off. What is `missing` may take a decision back.
    """

    gate: GateSpec
    rule: str
    limit: float
    upward: bool
    interval: Callable[[float], Interval]
    strict: Callable[[float], Interval]
    spread: Sequence[float]
    confusion: Confusion | None = None
    scored: float | None = None
    exact: bool = False
    missing: "Missing[Question] | None" = None

    @property
    def off(self) -> Off | None:
        """How far such figures of the scorer were off the readers'."""
        if self.confusion is None:
            return None
        return self.confusion.changes if self.scored is None else self.confusion.rates

    @property
    def note(self) -> str:
        """What was corrected, in a sentence; empty where nothing was."""
        if self.confusion is None:
            return ""
        if self.off is not None:
            of = "rates" if self.scored is not None else "changes"
            return f"The interval has room for the scorer's errors: its {of} were {self.off.told}. "
        return f"{self.scored:.3f} as scored, corrected since {self.confusion.told}. "

    def needed(self, interval: Interval) -> int | None:
        """How many items would decide, were the figure to stay; None where no number would."""
        if self.exact:
            return exact_needed_n(interval, self.limit)
        if self.off is not None:
            return room_needed_n(interval, self.limit, self.off.by, self.off.count)
        if self.confusion is None or self.scored is None:
            return needed_n(interval, self.limit)
        return corrected_needed_n(interval, self.scored, self.limit, self.confusion.table)

    @property
    def open_because(self) -> str:
        """Why no number of items would decide."""
        if self.confusion is None:
            return "the figure lies on the limit"
        return "with its scorer so uncertain no number of items would decide it"

    def kept_by(self, interval: Interval) -> bool:
        """Whether the whole interval lies on the good side; "better" by nothing is not better."""
        if self.gate.limit[0] == "better_by":
            return interval.low > self.limit if self.upward else interval.high < self.limit
        return interval.low >= self.limit if self.upward else interval.high <= self.limit

    def broken_by(self, interval: Interval) -> bool:
        """Whether the whole interval lies on the bad side."""
        return interval.high < self.limit if self.upward else interval.low > self.limit

    def passes(self, sided: float) -> bool:
        """Whether the limit is kept at this confidence, whatever the missing items are."""
        return self.kept_by(self.interval(sided)) and self._with_missing("worst", sided)

    def regresses(self, sided: float, *, strict: bool = False) -> bool:
        """Whether the limit is broken at this confidence, whatever the missing items are."""
        own = self.strict(sided) if strict else self.interval(sided)
        return self.broken_by(own) and self._with_missing("best", sided, strict=strict)

    def _with_missing(self, side: Literal["worst", "best"], sided: float, *, strict: bool = False) -> bool:
        """Whether the decision stands with all that is missing on that side."""
        if self.missing is None:
            return True
        other = self.missing.worst if side == "worst" else self.missing.best
        if other is None or self.missing.too_many:
            return False
        return other.passes(sided) if side == "worst" else other.regresses(sided, strict=strict)


@dataclass(frozen=True)
class Unjudged:
    """A gate with nothing to decide on, and why."""

    gate: GateSpec
    rule: str
    limit: float
    why: str
    unjudged: dict[str, int] = field(default_factory=dict)
    judged: int = 0


@dataclass(frozen=True)
class Bounded:
    """A gate on a figure that the items cannot tell, of which bounds are known, so that these alone may decide it.

    What could not be judged (`unjudged`, by the reason) has widened the bounds by all that it could have been.
    """

    gate: GateSpec
    rule: str
    limit: float
    upward: bool
    low: float
    high: float
    n: int
    unjudged: dict[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Decision:
        """Undecided where the limit lies within the bounds."""
        if (self.low >= self.limit) if self.upward else (self.high <= self.limit):
            return "pass"
        return "regress" if ((self.high < self.limit) if self.upward else (self.low > self.limit)) else "undecided"


def ask(before: Evaluation, after: Evaluation, gate: GateSpec, seed: int) -> Question | Bounded | Unjudged:
    """The gate's question over two evaluations of the same items; `seed` is the bootstrap's.

    `before` is what the gate compares with, the baseline where it is against that.
    """
    name, limit = gate.limit
    old, new = before.measure(gate.metric), after.measure(gate.metric)
    rule = _rule(gate, new or old)
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


def _rule(gate: GateSpec, about: Measure | None) -> str:
    name, limit = gate.limit
    title = about.title if about else gate.metric
    than = "the baseline" if gate.against == "baseline" else "before"
    match name:
        case "at_least":
            return f"{title}: at least {limit:g}"
        case "at_most":
            return f"{title}: at most {limit:g}"
        case "at_most_of_base":
            return f"{title}: at most {limit:.0%} of before"
        case "at_least_of_base":
            return f"{title}: at least {limit:.0%} of before"
        case "no_worse_by":
            return f"{title}: no worse than {than}" + (f" by {limit:g}" if limit else "")
        case "better_by":
            return f"{title}: better than {than}" + (f" by {limit:g}" if limit else "")
        case _:
            raise AssertionError(f"no such limit: {name}")
