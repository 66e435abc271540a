"""`low-agreement`: annotators of the same pairs hardly agree."""

import numpy as np

from ...records import Finding
from ..agreement import alpha, judged, votes
from ..limits import ALPHA, CONFIDENCE, REPEATED_PAIRS
from ..result import CheckResult, ids
from ..view import View

_RESAMPLES = 500


def low_agreement(view: View) -> CheckResult | None:
    """Krippendorff's alpha over pairs that two known judges or more have judged, with a bootstrap over pairs."""
    if view.judges is None:
        return None
    some = judged(view)
    rows, _ = votes(view, some)
    pairs, unit = np.unique(some.pair[rows], return_inverse=True)
    total = np.bincount(unit, minlength=len(pairs)).astype(float)
    first = np.bincount(unit[some.first[rows]], minlength=len(pairs)).astype(float)
    several = np.flatnonzero(total >= 2)
    if len(several) < REPEATED_PAIRS:
        return None
    figure = alpha(first[several], total[several])
    if figure is None:
        return None
    rng = np.random.default_rng(view.seed)
    drawn = [rng.choice(several, len(several)) for _ in range(_RESAMPLES)]
    spread = [found for one in drawn if (found := alpha(first[one], total[one])) is not None]
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(bound) for bound in np.quantile(spread, (tail, 1 - tail)))
    if high >= ALPHA:
        return None
    split = np.minimum(first, total - first) / total
    disputed = several[split[several] > 0]
    order = disputed[np.argsort(-split[disputed], kind="stable")]
    behind = rows[np.argsort(unit, kind="stable")]
    begins = np.searchsorted(np.sort(unit), order)
    return CheckResult(
        Finding(
            id="low-agreement",
            severity="warn",
            title="Annotators hardly agree on the same pairs",
            figure=figure,
            summary=f"Krippendorff's alpha is {figure:.2f} [{low:.2f}, {high:.2f}] over {len(several):,} pairs judged "
            "by two "
            f"annotators or more; they disagree on {len(disputed):,} of them. 0 is chance, 1 full agreement.",
            rows=ids(view, behind[begins]),
            count=len(disputed),
            remedy="Sharpen the guidelines on the pairs listed, train the annotators, or keep only pairs with a clear "
            "majority.",
        )
    )
