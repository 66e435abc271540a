"""`imbalance`: one kind of prompt, one topic, one prompt or one annotator makes up most of the data."""

from collections import Counter

import numpy as np

from ...records import Finding
from ...scorers import content_words
from ..limits import CLASSIFIER_ROWS, DOMINANT, DOMINANT_PROMPT, DOMINANT_TOPIC
from ..named import Named
from ..result import CheckResult, ids, percent, share
from ..view import View


def imbalance(view: View) -> CheckResult | None:
    """The largest group of each sort against its limit; the worst is the figure."""
    if view.n < CLASSIFIER_ROWS:
        return None
    groups = []
    for column, noun in (("kind", "kind of prompt"), ("judge", "annotator")):
        if column in view.table.columns:
            values = Named.of(view.table[column])
            if len(values.names) > 1:
                top = int(np.bincount(values.rows).argmax())
                groups.append((noun, values.names[top] or "none named", values.rows == top, DOMINANT))
    prompts = view.sides[0]
    keys, counts = np.unique(prompts, return_counts=True)
    groups.append(("prompt", "", prompts == keys[counts.argmax()], DOMINANT_PROMPT))
    found = []
    for noun, name, inside, limit in groups:
        rate = share(int(inside.sum()), view.n)
        if rate.low > limit:
            what = f"one {noun}{f' ({name})' if name else ''} has {percent(rate)} of the rows"
            found.append((rate, limit, what, np.flatnonzero(inside)))
    rows = view.sample("topic")
    held = [content_words(prompt) for prompt in view.text("prompt", rows)]
    commonest = Counter(word for some in held for word in some).most_common(1)
    if commonest:
        word, count = commonest[0]
        rate = share(count, len(rows))
        if rate.low > DOMINANT_TOPIC:
            behind = rows[[word in some for some in held]]
            found.append((rate, DOMINANT_TOPIC, f"{percent(rate)} of prompts are about one thing ({word}…)", behind))
    if not found:
        return None
    found.sort(key=lambda one: one[1] - one[0].low)
    rate, _, _, behind = found[0]
    told = "; ".join(one[2] for one in found)
    return CheckResult(
        Finding(
            id="imbalance",
            severity="warn",
            title="One group makes up most of the data",
            figure=rate.estimate,
            summary=f"{told[0].upper()}{told[1:]}. What is learned there is not learned elsewhere, and the rest hardly "
            "counts.",
            rows=ids(view, behind),
            count=len(behind),
            remedy="Collect more of the rest, or weight or sample the groups evenly.",
        )
    )
