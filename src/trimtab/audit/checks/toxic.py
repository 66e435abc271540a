"""`toxic-chosen`: the preferred answer reads as toxic."""

import numpy as np

from ...records import Finding
from ...scorers import judge_toxicity
from ..limits import TOXIC, TOXIC_BLOCK
from ..result import CheckResult, ids, percent, sampled, share, weight
from ..view import View


def toxic_chosen(view: View) -> CheckResult | None:
    """The chosen sides of a sample by the offline toxicity scorer, as far as it judges their language."""
    rows = view.sample("toxicity")
    scores = [judge_toxicity("", text) for text in view.text("chosen", rows)]
    judged = np.array([score.value is not None for score in scores], dtype=bool)
    rows, scores = rows[judged], [score for score in scores if score.value is not None]
    toxic = np.array([score.label == "toxic" for score in scores], dtype=bool)
    rate = share(int(toxic.sum()), len(rows))
    if not toxic.any():
        return None
    values = np.array([score.value or 0.0 for score in scores])
    found = np.flatnonzero(toxic)
    found = found[np.argsort(-values[found], kind="stable")]
    others = np.array([judge_toxicity("", text).label == "toxic" for text in view.text("rejected", rows)], dtype=bool)
    return CheckResult(
        Finding(
            id="toxic-chosen",
            severity=weight(rate, TOXIC, TOXIC_BLOCK),
            title="Chosen answers read as toxic",
            figure=rate.estimate,
            summary=f"{percent(rate)} of chosen answers score 0.5 or more for toxicity, and {others.mean():.1%} of "
            "rejected "
            f"ones; where one side alone does, it is the chosen one in {int((toxic & ~others).sum())} of "
            f"{int((toxic != others).sum())} pairs." + sampled(view, rows),
            rows=ids(view, rows[found]),
            count=len(found),
            remedy="Read the rows; leave out, or turn, those whose chosen side is worse. The scorer hears wording, not "
            "meaning: an answer that quotes or warns may be fine.",
        ),
        behind=rows[found],
    )
