"""From figures, item by item, to measures with intervals, and to the differences of two evaluations."""

from collections import Counter
from collections.abc import Sequence
from statistics import stdev

from ..records import UNTOLD, Difference, Evaluation, Measure, counted_reasons
from ..scorers import Confusion
from ..stats import mean_interval, paired_difference, paired_effect, paired_ratio, smallest_effect, with_room
from .benchmarks import metric_named
from .errors import errors_of
from .people import people_compared


def measure(
    metric: str,
    values: Sequence[float | None],
    seed: int,
    *,
    over: str | None = None,
    why: Sequence[str | None] | None = None,
) -> Measure:
    """A metric's values with their mean and 95 % interval; items that could not be judged are counted and left out.

    `over` names the set of items where it is not the metric's usual one. `why` tells of each item why it has no value
    although one is due, None otherwise; without it one is due of every item.
    """
    about = metric_named(metric)
    known = [value for value in values if value is not None]
    interval = mean_interval(known, rate=about.rate, seed=seed) if known else None
    return Measure(
        metric=metric,
        over=over or about.over,
        better=about.better,
        unit=about.unit,
        title=about.title,
        values=tuple(values),
        mean=interval.estimate if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=len(known),
        unjudged=_places(values, why),
    )


def _places(values: Sequence[float | None], why: Sequence[str | None] | None) -> dict[str, tuple[int, ...]]:
    told = [UNTOLD if value is None else None for value in values] if why is None else why
    found: dict[str, list[int]] = {}
    for place, (value, reason) in enumerate(zip(values, told, strict=True)):
        if value is None and reason is not None:
            found.setdefault(reason, []).append(place)
    return {reason: tuple(places) for reason, places in found.items()}


def deviation(measure: Measure) -> float | None:
    """The standard deviation of the items' values; None of fewer than two."""
    known = [value for value in measure.values if value is not None]
    return stdev(known) if len(known) > 1 else None


def means_by_kind(evaluation: Evaluation, measure: Measure) -> dict[str, tuple[float | None, int, int]]:
    """Of each kind the mean and number of the judged items, and how many could not be judged; empty where the items
    have no kinds. A kind of which the metric is about no item is left out."""
    groups: dict[str, list[float]] = {}
    missing = Counter[str]()
    open_ = {place for places in measure.unjudged.values() for place in places}
    for place, (kind, value) in enumerate(zip(evaluation.kinds.get(measure.over, ()), measure.values, strict=False)):
        missing[kind] += place in open_
        if value is not None or place in open_:
            groups.setdefault(kind, []).extend([] if value is None else [value])
    return {
        kind: (sum(values) / len(values) if values else None, len(values), missing[kind])
        for kind, values in sorted(groups.items())
    }


def differences(before: Evaluation, after: Evaluation, *, confidence: float, seed: int) -> list[Difference]:
    """Paired differences of every metric that both hold, over the items that both could judge; of what people said,
    over reviewers too.

    An interval has room for how far changes by its scorer were off the readers', where that is known.
    Raises ValueError where the fingerprints differ: such figures are never compared.
    """
    apart = unlike(before, after)
    if apart:
        raise ValueError(f"they differ in {apart}")
    found = []
    for old in before.measures:
        new = after.measure(old.metric)
        if new is None:
            continue
        pairs = old.paired_with(new)
        if pairs:
            sides = [b for _, b, _ in pairs], [a for _, _, a in pairs]
            shift = _difference(old.metric, *sides, confidence, seed, errors_of(old.metric, after))
            left = counted_reasons(old.unpaired_with(new).values())
            found.append(shift.model_copy(update={"unjudged": left}))
    return [*found, *(shift for shift, _ in people_compared(before, after, confidence))]


_OF_THE_MODEL = {"layers"}
"""What a fingerprint tells of a model and not of how it was asked: two may have other layers, which round otherwise."""


def unlike(before: Evaluation, after: Evaluation) -> str:
    """What two evaluations were taken differently in, in words; empty where they can be compared.

    A model under a system message answers prompts and does nothing else: against one without it, what it was asked
    counts alone.
    """
    prompted = [each for each in (before, after) if each.system is not None]
    asked = prompted if len(prompted) == 1 else [before, after]
    keys = {key for each in asked for key in each.fingerprint} - _OF_THE_MODEL
    sides = {key: (before.fingerprint.get(key), after.fingerprint.get(key)) for key in sorted(keys)}
    apart = [f"{key} ({one or 'none'} against {two or 'none'})" for key, (one, two) in sides.items() if one != two]
    sets = {over for each in asked for over in each.items}
    other = [over for over in sorted(sets) if before.items.get(over) != after.items.get(over)]
    return ", ".join(apart) or ("their items" if other else "")


def _difference(
    metric: str, before: list[float], after: list[float], confidence: float, seed: int, errors: Confusion | None
) -> Difference:
    shift = paired_difference(before, after, rate=metric_named(metric).rate, confidence=confidence, seed=seed)
    if errors is not None and errors.changes is not None:
        shift = with_room(shift, errors.changes.by, errors.changes.count)
    mean_before = sum(before) / len(before)
    ratio = paired_ratio(before, after, confidence=confidence, seed=seed) if mean_before > 0 else None
    return Difference(
        metric=metric,
        n=shift.n,
        before=mean_before,
        after=sum(after) / len(after),
        mean=shift.estimate,
        low=shift.low,
        high=shift.high,
        ratio=ratio.estimate if ratio else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        effect=paired_effect(before, after),
        smallest=smallest_effect(before, after),
    )
