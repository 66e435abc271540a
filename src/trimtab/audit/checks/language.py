"""`language`: answers in languages that some checks do not judge."""

from collections import Counter

import numpy as np

from ...records import Finding
from ...scorers import tongue_name, tongue_of
from ..result import CheckResult, ids, percent, sampled, share
from ..view import View

_NAMED = 5
"""Languages that the summary names."""


def language(view: View) -> CheckResult | None:
    """The prompts and chosen sides of a sample; what is surely in another language than English."""
    rows = view.sample("toxicity")
    found = [
        tongue_of(said, asked) for asked, said in zip(view.text("prompt", rows), view.text("chosen", rows), strict=True)
    ]
    other = np.array([code not in (None, "en") for code in found], dtype=bool)
    if not other.any():
        return None
    rate = share(int(other.sum()), len(rows))
    told = Counter(tongue_name(code) for code in found if code is not None and code != "en").most_common()
    named = ", ".join(f"{name} in {count}" for name, count in told[:_NAMED])
    return CheckResult(
        Finding(
            id="language",
            severity="info",
            title="Some checks do not judge other languages than English",
            figure=rate.estimate,
            summary=f"{percent(rate)} of chosen answers are in another language ({named}"
            + (f", and {len(told) - _NAMED} more" if len(told) > _NAMED else "")
            + "). `toxic-chosen`, `refusal-bias`, `rubric-gaming` and `empty-chosen` say nothing about these rows; "
            "`pii` looks for forms that were shown to work in English text." + sampled(view, rows),
            rows=ids(view, rows[other]),
            count=int(other.sum()),
            remedy="Have these rows read by people, or judged by a model that knows the language.",
        ),
        behind=rows[other],
    )
