"""`label-noise`: labels that a classifier, sure of itself and right elsewhere, finds turned round."""

import numpy as np

from ...records import Finding
from ..learn import flip_rate
from ..limits import CLASSIFIER_ROWS, KNOWN, LEARNED, NOISE, NOISE_BLOCK
from ..result import CheckResult, ids, sampled, share
from ..view import View


def label_noise(view: View) -> CheckResult | None:
    """The rate of flips (Copas 1988), and suspects: pairs that are likelier flipped than not."""
    rows = view.sample("classifier")
    if len(rows) < CLASSIFIER_ROWS:
        return None
    margins = view.foretold
    noise = flip_rate(margins)
    right = share(int((margins > 0).sum()), len(rows))
    if noise.low <= NOISE or right.low <= LEARNED or (right.estimate - noise.rate) / (1 - 2 * noise.rate) < KNOWN:
        return None
    suspects = np.flatnonzero(noise.flipped > 0.5)
    suspects = suspects[np.argsort(-noise.flipped[suspects], kind="stable")]
    return CheckResult(
        Finding(
            id="label-noise",
            severity="block" if noise.low > NOISE_BLOCK else "warn",
            title="Labels look flipped",
            figure=noise.rate,
            summary=f"About {noise.rate:.0%} [{noise.low:.0%}, {noise.high:.0%}] of labels are flipped: a classifier "
            f"of form, length and words, cross-validated, agrees with {right.estimate:.0%} of them and is contradicted "
            f"at that rate however sure it is. {len(suspects):,} pairs are likelier flipped than not."
            + sampled(view, rows),
            rows=ids(view, rows[suspects]),
            count=len(suspects),
            remedy="Have the suspects judged again; meanwhile train with label smoothing at that rate (cDPO) or leave "
            "them out.",
        ),
        behind=rows[suspects],
    )
