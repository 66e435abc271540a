"""`refusal-bias`: the chosen side refuses where the prompt is harmless, and the rejected one answers."""

import numpy as np

from ...records import Finding
from ..limits import ANNOTATOR_ROWS, CONFIDENCE, REFUSES, REFUSES_ANYWAY
from ..result import CheckResult, ids, percent, share
from ..view import View


def refusal_bias(view: View) -> CheckResult | None:
    """Among all annotators, and among each one's rows."""
    seen = view.refusals
    wrong, right = seen.chosen, seen.rejected
    groups = {"": np.ones(len(seen.rows), dtype=bool)}
    if view.judges is not None:
        theirs = view.judges[seen.rows]
        groups |= {name: theirs.are(name) for name, count in theirs.counts.items() if count >= ANNOTATOR_ROWS}
    confidence = 1 - (1 - CONFIDENCE) / len(groups)
    biased = {}
    for name, group in groups.items():
        count, n, either = (int(some.sum()) for some in (wrong & group, group, (wrong | right) & group))
        least = share(count, n, confidence).low if n else 0.0
        mostly = either > 0 and share(count, either, confidence).low > 0.5
        if least > REFUSES_ANYWAY or (least > REFUSES and mostly):
            biased[name] = count / n
    if not biased:
        return None
    rate = share(int(wrong.sum()), len(seen.rows))
    named = [f"{name} ({figure:.0%})" for name, figure in sorted(biased.items(), key=lambda item: -item[1]) if name]
    rows = seen.rows[wrong]
    return CheckResult(
        Finding(
            id="refusal-bias",
            severity="warn",
            title="Refusals of harmless prompts are preferred",
            figure=rate.estimate,
            summary=f"Of {len(seen.rows):,} prompts without a word that hints at harm (among {seen.looked:,} of "
            f"{view.n:,} "
            f"rows{', a sample' if seen.looked < view.n else ''}), {percent(rate)} have a chosen side that refuses "
            "and a "
            f"rejected side that answers; the reverse holds for {int(right.sum())}."
            + (f" By annotator: {', '.join(named[:5])}." if named else ""),
            rows=ids(view, rows),
            count=len(rows),
            remedy="Read the rows; leave out or turn those where the request was fine. Trained on, they teach "
            "over-refusal.",
        ),
        behind=rows,
    )
