"""From which of a task's items a rate may be taken: one rule for the dashboard, the report, and gates."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..people import fair_sample
from ..records import Judgement, standing


@dataclass(frozen=True)
class Sampled:
    """Items judged in `full`, those `skipped` and not judged in full, those `begun` by fewer than planned, and the
    `sample` that a rate may be taken from."""

    full: frozenset[str]
    skipped: frozenset[str]
    begun: frozenset[str]
    sample: frozenset[str]


def sampled(items: Collection[str], entries: Sequence[Judgement], per_item: int, seed: int) -> Sampled:
    """Of the `items`, neither gold nor held back, by all `entries` on them.

    While some are waiting, those alone that an order drawn by chance has brought, up to the first that is not judged in
    full. An item that somebody would rather not judge, and fewer than planned did, is passed over there: it may never
    be judged, and nothing would be told of the others.
    """
    by = Counter(each.item for each in standing(entries) if each.showing == 1)
    replaced = {each.supersedes for each in entries}
    passed = {each.item for each in entries if each.said.kind == "skip" and each.id not in replaced}
    plain = frozenset(items)
    full = frozenset(name for name in plain if by[name] >= per_item)
    skipped = frozenset(passed & plain) - full
    begun = frozenset(name for name in plain - full - skipped if by[name])
    return Sampled(full, skipped, begun, frozenset(fair_sample(sorted(plain - skipped), full, seed=seed)))
