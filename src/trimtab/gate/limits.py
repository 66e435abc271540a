"""What a gate asks of two evaluations: on which side of its limit does a figure lie?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..evaluate import metric_named
from ..records import Decision, Evaluation, Measure
from ..scorers import Confusion
from ..spec import GateSpec
from ..stats import (
    Interval,
    corrected_needed_n,
    corrected_rate,
    mean_interval,
    needed_n,
    paired_difference,
    paired_ratio,
)

RATIOS = ("at_most_of_base", "at_least_of_base")
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
    limit of its own; `scored` is then the rate without that.
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

    @property
    def note(self) -> str:
        """What was corrected, in a sentence; empty where nothing was."""
        if self.confusion is None:
            return ""
        return f"{self.scored:.3f} as scored, corrected since {self.confusion.told}. "

    def needed(self, interval: Interval) -> int | None:
        """How many items would decide, were the figure to stay; None where no number would."""
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


@dataclass(frozen=True)
class Unjudged:
    """A gate with nothing to decide on, and why."""

    gate: GateSpec
    rule: str
    limit: float
    why: str


@dataclass(frozen=True)
class Bounded:
    """A gate on a figure that the items cannot tell, of which bounds are known, so that these alone may decide it."""

    gate: GateSpec
    rule: str
    limit: float
    upward: bool
    low: float
    high: float
    n: int

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
    if absolute and new.bounds and new.n >= FEWEST:
        return Bounded(gate, rule, limit, name == "at_least", *new.bounds, new.n)
    if new.bounds or (old.bounds and not absolute):
        return Unjudged(gate, rule, limit, "the figure could not be controlled for, and bounds compare with nothing")
    about = metric_named(gate.metric)
    rate, confusion = about.rate, about.confusion
    pairs = old.paired_with(new)
    alone = [a for a in new.values if a is not None]
    judged = len(alone if absolute else pairs)
    if judged < FEWEST:
        return Unjudged(
            gate, rule, limit, f"only {judged} items could be judged, and {FEWEST} are the fewest that count"
        )
    b, a = np.array([x for _, x, _ in pairs]), np.array([y for _, _, y in pairs])

    def question(
        limit: float, upward: bool, interval: Callable[[float], Interval], spread: Sequence[float]
    ) -> Question:
        strict = interval if rate and name not in RATIOS else lambda sided: _widened(interval(sided), spread, sided)
        return Question(gate, rule, limit, upward, interval, strict, spread)

    match name:
        case "at_least" | "at_most" if confusion is not None:
            table = confusion.table

            def corrected(sided: float) -> Interval:
                return corrected_rate(alone, table, confidence=2 * sided - 1)

            return replace(
                question(limit, name == "at_least", corrected, alone),
                confusion=confusion,
                scored=float(np.mean(alone)),
            )
        case "at_least" | "at_most":
            return question(
                limit,
                name == "at_least",
                lambda sided: mean_interval(alone, rate=rate, confidence=2 * sided - 1, seed=seed),
                alone,
            )
        case "at_most_of_base" | "at_least_of_base":
            if b.sum() <= 0:
                return Unjudged(gate, rule, limit, "the mean before is zero, so there is no ratio to it")
            return question(
                limit,
                name == "at_least_of_base",
                lambda sided: paired_ratio(b, a, confidence=2 * sided - 1, seed=seed),
                list((a - a.mean() / b.mean() * b) / b.mean()),  # the ratio, linearised
            )
        case "no_worse_by" | "better_by":
            sign = 1.0 if new.better == "higher" else -1.0
            return question(
                sign * (-limit if name == "no_worse_by" else limit) + 0.0,  # never -0
                sign > 0,
                lambda sided: paired_difference(b, a, rate=rate, confidence=2 * sided - 1, seed=seed),
                list(a - b),
            )
        case _:
            raise AssertionError(f"no such limit: {name}")


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
