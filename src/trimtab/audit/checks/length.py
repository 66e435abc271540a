"""`length-bias`: the longer side, or the shorter, is nearly always the chosen one."""

import numpy as np

from ...records import Finding
from ...scorers import is_unspaced
from ...stats import Interval
from ..limits import LONGER
from ..result import CheckResult, ids, percent, share
from ..view import View

_LOOKED_AT = 200


def leaning(longer: int, unequal: int) -> tuple[str, Interval]:
    """Which side is chosen more often, the longer or the shorter one, and in what share of pairs of unequal length."""
    which, count = ("longer", longer) if 2 * longer >= unequal else ("shorter", unequal - longer)
    return which, share(count, unequal)


def _unit(view: View) -> str:
    """What is said of words where the first rows hold characters of a script without spaces."""
    seen = view.text("chosen", np.arange(min(view.n, _LOOKED_AT)))
    return "; of scripts without spaces each character is one" if any(map(is_unspaced, seen)) else ""


def length_bias(view: View) -> CheckResult | None:
    """Over pairs whose sides differ in words, save those that a call or a turn of one side alone makes longer."""
    chosen, rejected = view.words
    apart = np.where(view.alike, chosen - rejected, 0)
    longer, unequal = int((apart > 0).sum()), int((apart != 0).sum())
    which, rate = leaning(longer, unequal)
    if rate.low <= LONGER:
        return None
    sign = 1 if which == "longer" else -1
    rows = np.flatnonzero(apart * sign > 0)
    rows = rows[np.argsort(-np.abs(apart[rows]), kind="stable")]
    return CheckResult(
        Finding(
            id="length-bias",
            severity="warn",
            title=f"The chosen answer is mostly the {which} one",
            figure=rate.estimate,
            summary=f"The chosen side is the {which} one in {percent(rate)} of {unequal:,} pairs of unequal length "
            f"({chosen.mean():.0f} words against {rejected.mean():.0f}{_unit(view)}). "
            "A model learns the length from this.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Balance the pairs by length, use a length-normalised or length-penalised loss, or watch the length "
            "of answers in a gate. If this length is the goal, nothing is wrong.",
        ),
        behind=rows,
    )
