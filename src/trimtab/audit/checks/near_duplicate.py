"""`near-duplicate`: comparisons that are nearly the same."""

from ...data import ANSWER_OVERLAP
from ...records import Finding
from ..copies import near_copies
from ..limits import COPIES
from ..result import CheckResult, ids, percent, share, weight
from ..view import View


def near_duplicate(view: View) -> CheckResult | None:
    """Rows whose answers, each against its like, and prompt overlap with an earlier row's; exact copies do not
    count."""
    rows = near_copies(view)
    if len(rows) == 0:
        return None
    rate = share(len(rows), view.n)
    return CheckResult(
        Finding(
            id="near-duplicate",
            severity=weight(rate, COPIES),
            title="Comparisons are nearly the same as others",
            figure=rate.estimate,
            summary=f"{len(rows):,} rows ({percent(rate)}) repeat an earlier one but for a few words: their answers "
            f"share {ANSWER_OVERLAP:.0%} of their pairs of words or more (MinHash over all rows, then counted).",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Keep one of each (the audit's fix does), and split train from test by prompt.",
            fixable=True,
        ),
        drop=rows,
    )
