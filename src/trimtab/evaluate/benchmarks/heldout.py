"""The held-out prompts of a run: how the answers are written, and shares of them by the kind of prompt."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...data import read_prompts
from ...metrics import SHARES, Metric, share_metric
from ...records import Answer, Prompt
from ...scorers import STYLE_SCORERS
from ..values import kinds_of, share_values, style_values
from .base import Benchmark, Measured, scorer_versions

ENDED = Metric(
    "style.ended",
    "Ended by itself",
    "share",
    "higher",
    "heldout",
    "Share of answers that close their turn before the cap on new tokens.",
    rate=True,
)
STYLE_METRICS = (
    *(Metric(f"style.{s.name}", s.title, s.unit, s.better, "heldout", s.summary) for s in STYLE_SCORERS),
    ENDED,
)


def heldout_benchmark(shares: Sequence[str]) -> Benchmark:
    """The benchmark with these of `SHARES` measured too."""

    def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
        said = [some[0] for some in answers]
        kinds = tuple(item.kind for item in items)
        found = [Measured("heldout", tuple(item.id for item in items), kinds, style_values(items, said))]
        shown = share_values(items, said, shares)
        for over, ids in kinds_of(items).items() if shares else ():
            kind = over.partition(".")[2]
            values = {name: some for name, some in shown.items() if name.partition(".")[2] == kind}
            found.append(Measured(over, ids, (kind,) * len(ids), values))
        return found

    def family(name: str) -> Metric | None:
        return share_metric(name) if name.partition(".")[0] in shares else None

    return Benchmark(
        name="heldout",
        summary="held-out prompts of a run: how the answers are written, and shares of them by kind",
        read=lambda source: read_prompts(Path(str(source))),
        prompts=list,
        measured=measured,
        version=", ".join((scorer_versions(["words", *(SHARES[name].scorer for name in shares)]), *shares)),
        metrics=STYLE_METRICS,
        family=family,
    )


HELDOUT = replace(heldout_benchmark(()), family=share_metric)
"""Its own row of the table, which knows what every share is called."""
