"""What a check gives: a finding, and what `--fix` would do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..records import ROWS_KEPT, Completion, Finding, Weight
from ..stats import Interval, mean_interval
from .limits import CONFIDENCE
from .view import View

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class CheckResult:
    """A finding with its mending: rows of the table to leave out, and what to do to each text, by what was asked (the
    user's last message).

    `reread` gives a prompt's messages as they are to be, told its messages as they are; None leaves
    the row out.
    `behind` are all rows behind a finding whose rows `--fix` leaves alone, because people should read them first.
    """

    finding: Finding
    drop: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    edit: Callable[[str, str], str] | None = None
    edits_prompt: bool = False
    reread: Callable[[Completion], Completion | None] | None = None
    behind: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def share(hits: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The rate of `hits` among `n`, with Wilson's interval; of no rows nothing is known: 0 to 1."""
    if n == 0:
        return Interval(0.0, 0.0, 1.0, 0, confidence)
    return mean_interval((np.arange(n) < hits).astype(np.float64), rate=True, confidence=confidence)


def weight(interval: Interval, warn: float, block: float | None = None) -> Weight:
    """`warn` or `block` where the lower bound passes that limit, else `info`."""
    if block is not None and interval.low > block:
        return "block"
    return "warn" if interval.low > warn else "info"


def percent(interval: Interval) -> str:
    """A share with its interval, for a sentence."""
    digits = 1 if interval.high < 0.995 else 0
    return f"{interval.estimate:.{digits}%} [{interval.low:.{digits}%}, {interval.high:.{digits}%}]"


def ids(view: View, rows: Sequence[int] | Rows) -> tuple[str, ...]:
    """The ids of the first ROWS_KEPT rows."""
    return tuple(view.table["id"].gather([int(row) for row in rows[:ROWS_KEPT]]).to_list())


def among(view: View, rows: Rows) -> str:
    """How many pairs a check looked at that leaves out prompts which are not to be answered, and refusals."""
    return f"{len(rows):,} pairs" + ("" if len(rows) == view.n else f" to be answered, of {view.n:,}")


def sampled(view: View, rows: Rows) -> str:
    """What a sentence says where not all rows were looked at."""
    return "" if len(rows) == view.n else f" On a sample of {len(rows):,} of {view.n:,} rows (seed {view.seed})."
