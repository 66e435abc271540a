"""`low-agreement`: annotators of the same pairs hardly agree."""

import numpy as np

from ...records import Finding
from ...stats import CannotTell, alpha_of_counts
from ..agreement import judged, votes
from ..limits import ALPHA, CONFIDENCE, REPEATED_PAIRS
from ..result import CheckResult, ids
from ..view import View


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
    votes_for = np.stack([first[several], total[several] - first[several]], axis=1)
    patterns, multiplicity = np.unique(votes_for, axis=0, return_counts=True)
    found = alpha_of_counts(patterns, multiplicity.astype(np.float64), "nominal", confidence=CONFIDENCE, seed=view.seed)
    if isinstance(found, CannotTell) or found.high >= ALPHA:
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
            figure=found.estimate,
            summary=f"Krippendorff's alpha is {found.estimate:.2f} [{found.low:.2f}, {found.high:.2f}] over "
            f"{len(several):,} pairs judged by two annotators or more; they disagree on {len(disputed):,} of them. "
            "0 is chance, 1 full agreement.",
            rows=ids(view, behind[begins]),
            count=len(disputed),
            remedy="Sharpen the guidelines on the pairs listed, train the annotators, or keep only pairs with a clear "
            "majority.",
        )
    )
