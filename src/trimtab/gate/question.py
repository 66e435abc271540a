"""A gate as a question: on which side of its limit does a figure lie, and what would tell?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..records import Decision
from ..scorers import Confusion, Off
from ..spec import GateSpec
from ..stats import Interval, corrected_needed_n, exact_needed_n, needed_n, room_needed_n
from .missing import Missing

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
    changes were off. What is `missing` may take a decision back. A figure of people has a `more` of its own, which says
    of an interval how many items would decide and in which words, and `judged_by`, whose judgements they are.
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
    more: Callable[[Interval], tuple[int | None, str]] | None = None
    judged_by: str = ""

    @property
    def off(self) -> Off | None:
        """How far such figures of the scorer were off the readers'."""
        if self.confusion is None:
            return None
        return self.confusion.changes if self.scored is None else self.confusion.rates

    @property
    def note(self) -> str:
        """What was corrected, or who judged, in a sentence; empty where nothing was."""
        if self.confusion is None:
            return self.judged_by
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

    def would_decide(self, interval: Interval) -> tuple[int | None, str]:
        """How many items would decide, None where no number would or it is others that are missing, and in words."""
        if self.more is not None:
            return self.more(interval)
        needed = self.needed(interval)
        return needed, f"about {needed} items would decide it" if needed else self.open_because

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
