"""Knowledge asked openly: in its own few words, does the model say the right answer, and no other?

Multiple choice hears which of four answers is likeliest; what a user gets is what is said. A model can keep the first
and lose the second.
"""

from collections.abc import Sequence
from pathlib import Path

from ...data import read_facts
from ...metrics import Metric
from ...records import Answer, Fact
from ...scorers import SAID_VERSION, fact_not_judged, said_right, says_wrong
from .base import Benchmark, Measured, Settings
from .facts import prompts

TOKENS = 24
"""New tokens of an answer at most: enough to say what is asked, too few to try many answers."""
MOST = 400
"""Facts that are asked where nothing else is said, spread evenly over the file."""
SAID = Metric(
    "facts.said",
    "Facts said right",
    "share",
    "higher",
    "facts-said",
    f"Share of facts whose right answer is said within {TOKENS} tokens, and no other beside it.",
    rate=True,
)
FALSE = Metric(
    "facts.false",
    "Facts said wrong",
    "share",
    "lower",
    "facts-said",
    "Share of facts for which another of the fact's options is said and not the right one; other errors are not seen.",
    rate=True,
    detail=True,
)


def measured(items: Sequence[Fact], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
    """Right or not, and wrong in a known way or not, fact by fact."""
    rows = [(item, said[0].text) for item, said in zip(items, answers, strict=True)]
    other = [fact_not_judged(*row) for row in rows]
    values: dict[str, list[float | None]] = {
        name: [None if no else float(counts(*row)) for row, no in zip(rows, other, strict=True)]
        for name, counts in ((SAID.name, said_right), (FALSE.name, says_wrong))
    }
    unjudged = {name: [no.unjudged if no else None for no in other] for name in values}
    ids, topics = tuple(item.id for item in items), tuple(item.topic for item in items)
    return [Measured(SAID.over, ids, topics, values, unjudged=unjudged)]


FACTS_SAID = Benchmark(
    name="facts-said",
    summary="knowledge asked openly: is the right answer said in the model's own few words",
    read=lambda source: read_facts(Path(str(source))),
    prompts=prompts,
    measured=measured,
    version=f"said {SAID_VERSION}",
    metrics=(SAID, FALSE),
    settings=Settings(most=MOST, max_new_tokens=TOKENS),
)
