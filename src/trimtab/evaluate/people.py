"""What people said of two models' answers, side by side: a difference over items and reviewers."""

from collections.abc import Iterator
from typing import Any

from ..records import Difference, Evaluation, PeopleMeasure, counted_reasons
from ..stats import CannotTell, ClusteredDifference, clustered_difference


def coded(*sides: PeopleMeasure) -> list[tuple[Any, Any, Any]]:
    """Each side's values, items and reviewers, these as codes that all sides share."""
    codes = [
        {name: place for place, name in enumerate(sorted({name for side in sides for name in getattr(side, part)}))}
        for part in ("items", "reviewers")
    ]
    return [
        (side.values, [codes[0][item] for item in side.items], [codes[1][name] for name in side.reviewers])
        for side in sides
    ]


def people_compared(before: Evaluation, after: Evaluation, confidence: float) -> Iterator[tuple[Difference, float]]:
    """Each metric that people were asked for, in the same words, of both models' answers, with the p-value of no
    difference; pairs, which are a comparison already, are none of them."""
    for old in before.people:
        new = after.said_by_people(old.metric)
        if new is None or new.asked != old.asked or old.compares:
            continue
        found = clustered_difference(*coded(old, new), confidence=confidence)
        if not isinstance(found, CannotTell):
            yield _difference(old, new, found), found.p


def _difference(old: PeopleMeasure, new: PeopleMeasure, found: ClusteredDifference) -> Difference:
    return Difference(
        metric=new.metric,
        n=min(old.n, new.n),
        before=found.before,
        after=found.after,
        mean=found.interval.estimate,
        low=found.interval.low,
        high=found.interval.high,
        ratio=None,
        ratio_low=None,
        ratio_high=None,
        effect=None,
        unjudged=counted_reasons(
            reason for side in (old, new) for reason, count in side.unjudged.items() for _ in range(count)
        ),
    )
