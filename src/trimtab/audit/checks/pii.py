"""`pii`: addresses, numbers and accounts of people."""

import numpy as np

from ...records import Finding
from ..limits import PERSONAL
from ..personal import PLACEHOLDER, mask
from ..result import CheckResult, ids, percent, share, weight
from ..view import View


def pii(view: View) -> CheckResult | None:
    """All texts of all rows; what is reserved for examples does not count, and neither does what is not sure."""
    held = view.personal.sure
    if not held:
        return None
    counts = {kind: sum(kind in kinds for kinds in held.values()) for kind in PLACEHOLDER}
    rate = share(len(held), view.n)
    return CheckResult(
        Finding(
            id="pii",
            severity=weight(rate, PERSONAL),
            title="Personal data stands in the texts",
            figure=rate.estimate,
            summary=f"{percent(rate)} of rows hold what looks like personal data: "
            + ", ".join(f"{kind} in {count}" for kind, count in counts.items() if count)
            + ". Found by form; names and street addresses are not looked for.",
            rows=ids(view, list(held)),
            count=len(held),
            remedy="Mask it (the audit's fix puts a placeholder in its place), and check your right to keep the rows.",
            fixable=True,
        ),
        edit=lambda text, _: mask(text),
        edits_prompt=True,
    )


def pii_unsure(view: View) -> CheckResult | None:
    """`pii-unsure`: what has the form of a telephone's number or an account, and may be a part's or an order's."""
    rows = np.array(view.personal.unsure, dtype=np.int64)
    if len(rows) == 0:
        return None
    rate = share(len(rows), view.n)
    return CheckResult(
        Finding(
            id="pii-unsure",
            severity="info",
            title="Numbers that may be somebody's, or not",
            figure=rate.estimate,
            summary=f"{percent(rate)} of rows hold a number of a telephone's or a card's form that the words around it "
            "do not call one, or call an order's, a part's or a version's, or that stands in code.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Read the rows, and mask by hand what is somebody's; the audit's fix leaves them as they are.",
        ),
        behind=rows,
    )
