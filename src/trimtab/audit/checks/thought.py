"""`thought`: answers with a thought before them. It is trained as it stands, and every other check looks behind it."""

import numpy as np

from ...records import Finding
from ..limits import THOUGHT_APART
from ..result import CheckResult, ids, percent, share
from ..view import View


def thought(view: View) -> CheckResult | None:
    """Where one side alone thinks, or the chosen side has no answer behind its thought, that is what is taught."""
    chosen, rejected = view.thinks
    either = chosen | rejected
    if not either.any():
        return None
    said = [text.strip() != "" for text in view.text("chosen")]
    apart, silent = chosen ^ rejected, chosen & ~np.array(said, dtype=bool)
    uneven, alone = share(int(apart.sum()), view.n), share(int(silent.sum()), view.n)
    warns = uneven.low > THOUGHT_APART or alone.low > THOUGHT_APART
    rows = np.flatnonzero(silent | apart if warns else either)
    summary = (
        f"{int(chosen.sum()):,} chosen and {int(rejected.sum()):,} rejected sides of {view.n:,} begin with a thought. "
        f"In {percent(uneven)} of rows one side alone does, and in {int(silent.sum()):,} the chosen side is a thought "
        "without an answer. Thoughts are trained as they stand; the other findings are of the answers behind them."
    )
    return CheckResult(
        Finding(
            id="thought",
            severity="warn" if warns else "info",
            title="One side alone thinks before it answers" if warns else "Answers begin with a thought",
            figure=uneven.estimate,
            summary=summary,
            rows=ids(view, rows),
            count=len(rows),
            remedy="Give both sides their thoughts, or neither; leave out the rows whose chosen side has no answer."
            if warns
            else "Nothing, if the model is to think before it answers.",
        )
    )
