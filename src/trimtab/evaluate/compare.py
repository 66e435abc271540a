"""Two evaluations side by side: paired tests of every metric, and the items that changed most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..records import Difference, Evaluation
from ..stats import holm, paired_p_value, room_p_value
from .benchmarks import metric_named
from .errors import errors_of
from .measure import differences
from .people import people_compared


@dataclass(frozen=True)
class Compared:
    """One metric over the items that both evaluations could judge.

    `p` is the two-sided p-value of no difference, with room for the scorer's errors where they are known, `p_family`
    the same adjusted by Holm's method for all metrics that are compared together; details (`Metric.detail`) are
    adjusted for one another. `smallest` is the difference that as many items show four times in five; None where
    nothing varies. `changed` are the item ids and both values, those first that changed most. Of what people said there
    are neither, because their judgements are many an item.
    """

    difference: Difference
    p: float
    p_family: float
    smallest: float | None
    changed: tuple[tuple[str, float, float], ...]


def compare_evaluations(before: Evaluation, after: Evaluation, *, confidence: float, seed: int) -> list[Compared]:
    """Every metric that both evaluations hold, details last. Raises ValueError where they are unlike, with what in."""
    found = []
    said = {shift.metric: p for shift, p in people_compared(before, after, confidence)}
    for shift in differences(before, after, confidence=confidence, seed=seed):
        if shift.metric in said:
            found.append(Compared(shift, said[shift.metric], said[shift.metric], None, ()))
            continue
        old, new = before.measure(shift.metric), after.measure(shift.metric)
        assert old is not None
        assert new is not None
        items = before.items[old.over]
        both = [(items[place], b, a) for place, b, a in old.paired_with(new)]
        sides = [b for _, b, _ in both], [a for _, _, a in both]
        moved = sorted((row for row in both if row[1] != row[2]), key=lambda row: (-abs(row[2] - row[1]), row[0]))
        p = paired_p_value(*sides, rate=metric_named(shift.metric).rate, seed=seed)
        if (errors := errors_of(shift.metric, after)) is not None and errors.changes is not None:
            p = room_p_value(p, shift.mean, errors.changes.by, errors.changes.count)
        found.append(Compared(shift, p, p, shift.smallest, tuple(moved)))
    return [adjusted for detail in (False, True) for adjusted in _family(found, detail)]


def _family(compared: Sequence[Compared], detail: bool) -> list[Compared]:
    some = [item for item in compared if metric_named(item.difference.metric).detail is detail]
    return [replace(item, p_family=p) for item, p in zip(some, holm([item.p for item in some]), strict=True)]
