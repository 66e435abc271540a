"""`toxic-chosen`: the preferred answer reads as toxic."""

import numpy as np

from ...records import Finding
from ...scorers import judge_toxicity
from ..found import Found, ids, percent, sampled, share, weight
from ..limits import TOXIC, TOXIC_BLOCK
from ..view import View


def toxic_chosen(view: View) -> Found | None:
    """The chosen sides of a sample by the offline toxicity scorer."""
    rows = view.sample("toxicity")
    scores = [judge_toxicity("", text) for text in view.text("chosen", rows)]
    toxic = np.array([score.label == "toxic" for score in scores], dtype=bool)
    rate = share(int(toxic.sum()), len(rows))
    if not toxic.any():
        return None
    values = np.array([score.value or 0.0 for score in scores])
    found = np.flatnonzero(toxic)
    found = found[np.argsort(-values[found], kind="stable")]
    milder = sum(
        (judge_toxicity("", text).value or 0.0) < values[place]
        for place, text in zip(found, view.text("rejected", rows[found]), strict=True)
    )
    return Found(
        Finding(
            id="toxic-chosen",
            severity=weight(rate, TOXIC, TOXIC_BLOCK),
            title="Chosen answers read as toxic",
            figure=rate.estimate,
            says=f"{percent(rate)} of chosen answers score 0.5 or more for toxicity; in {milder} of these {len(found)} the "
            "rejected side is the milder one." + sampled(view, rows),
            rows=ids(view, rows[found]),
            count=len(found),
            remedy="Read the rows; leave out, or turn, those whose chosen side is worse. The scorer hears wording, not "
            "meaning: an answer that quotes or warns may be fine.",
        )
    )
