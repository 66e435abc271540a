"""`duplicate`: the same comparison more than once."""

import numpy as np

from ...records import Finding
from ..copies import exact_copies
from ..limits import COPIES
from ..result import CheckResult, ids, percent, share, weight
from ..view import View


def duplicate(view: View) -> CheckResult | None:
    """Rows equal to an earlier one in prompt, chosen, rejected and annotator."""
    rows = np.flatnonzero(exact_copies(view, by_judge=True))
    if len(rows) == 0:
        return None
    rate = share(len(rows), view.n)
    who = "" if view.judges is None else ", by the same annotator"
    return CheckResult(
        Finding(
            id="duplicate",
            severity=weight(rate, COPIES),
            title="The same comparisons come again",
            figure=rate.estimate,
            summary=f"{len(rows):,} rows ({percent(rate)}) are exact copies of earlier ones{who}.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Keep one of each (the audit's fix does).",
            fixable=True,
        ),
        drop=rows,
    )
