"""A gate on what people said: its interval is over items and reviewers, and what would decide may be either.

Bounds are Student's around a variance of two ways (`stats.clustered_mean`, `stats.clustered_difference`), a share's at
least Korn and Graubard's. From fewer than three reviewers a figure holds for these alone, and the gate says so. What
people could not be asked about, or could not tell, is taken at its worst, as everywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..evaluate import coded, metric_named
from ..metrics import TO_BASELINE
from ..records import Evaluation, PeopleMeasure
from ..spec import GateSpec, preferred_to_baseline
from ..stats import (
    FEWEST_REVIEWERS,
    CannotTell,
    Clustered,
    Interval,
    clustered_difference,
    clustered_exact,
    clustered_mean,
    judgements_needed,
    more_for_difference,
)
from .missing import Missing
from .question import FEWEST, Question, Unjudged
from .rule import rule_of

_NOT_ASKED = "people were not asked for it"


def ask_people(before: Evaluation, after: Evaluation, gate: GateSpec) -> Question | Unjudged:
    """The gate's question over what people said of the answers after, or of both sides' where it compares."""
    pairs = preferred_to_baseline(gate)
    name = gate.metric if pairs is None else TO_BASELINE
    new, old = after.said_by_people(name), before.said_by_people(name)
    rule, limit = rule_of(gate, new or old), gate.limit[1]
    if pairs is not None:
        limit = pairs[1]
        rule = f"{metric_named(name).title}: {'above' if pairs[0] == 'better_by' else 'at least'} {limit:g}"
    sides = [new] if gate.against is None or pairs is not None else [old, new]
    if any(side is None for side in sides):
        return Unjudged(gate, rule, limit, _NOT_ASKED)
    known = [side for side in sides if side is not None]
    if len({side.asked for side in known}) > 1:
        return Unjudged(gate, rule, limit, "people were asked in other words before")
    fewest = min(known, key=lambda side: side.n)
    unjudged = {why: sum(side.unjudged.get(why, 0) for side in known) for side in known for why in side.reasons}
    if fewest.n < FEWEST:
        why = f"people judged only {fewest.n} items, and {FEWEST} are the fewest that count"
        why += f"; {fewest.alike} pairs are the same text" if fewest.alike else ""
        return Unjudged(gate, rule, limit, why, unjudged, fewest.n)
    if len(sides) > 1:
        return _difference(gate, rule, known, unjudged)
    return _absolute(gate, rule, known, unjudged, limit, pairs is not None or gate.limit[0] == "at_least")


def _absolute(
    gate: GateSpec, rule: str, sides: Sequence[PeopleMeasure], unjudged: dict[str, int], limit: float, upward: bool
) -> Question:
    (said,) = sides
    arrays = coded(said)[0]

    def found(confidence: float) -> Clustered:
        made = clustered_mean(*arrays, confidence=confidence)
        assert isinstance(made, Clustered)  # there are FEWEST items
        return made

    def interval(sided: float) -> Interval:
        return replace(clustered_exact(found(2 * sided - 1)), n=said.n)

    def more(about: Interval) -> tuple[int | None, str]:
        needed = judgements_needed(found(about.confidence), limit)
        if needed.items is None or needed.reviewers is None:
            return None, "the figure lies too near the limit for any number of judgements"
        return _more(said.n, needed.items, needed.reviewers)

    rest = missing_share(said)
    ends = [lambda sided, end=end: _towards(interval(sided), rest, end) for end in (0.0, 1.0)]
    return _question(gate, rule, limit, upward, interval, more, sides, unjudged, ends)


def _difference(gate: GateSpec, rule: str, sides: Sequence[PeopleMeasure], unjudged: dict[str, int]) -> Question:
    old, new = sides
    arrays = coded(old, new)
    items = min(old.n, new.n)

    def interval(sided: float) -> Interval:
        made = clustered_difference(*arrays, confidence=2 * sided - 1)
        assert not isinstance(made, CannotTell)  # there are FEWEST items on each side
        return replace(made.interval, n=items)

    sign = 1.0 if new.better == "higher" else -1.0
    margin = gate.limit[1]
    limit = sign * (-margin if gate.limit[0] == "no_worse_by" else margin) + 0.0  # never -0

    def more(about: Interval) -> tuple[int | None, str]:
        made = clustered_difference(*arrays, confidence=about.confidence)
        needed = None if isinstance(made, CannotTell) else more_for_difference(made, limit)
        if needed is None:
            return None, "the figure lies too near the limit for any number of judgements"
        return _more(items, *needed)

    (was, no_word_before), (is_, no_word_after) = ((sum(s.values) / len(s.values), missing_share(s)) for s in sides)
    shifts = [no_word_after * (end - is_) - no_word_before * (1 - end - was) for end in (0.0, 1.0)]
    ends = [lambda sided, by=by: _moved(interval(sided), by) for by in shifts]
    return _question(gate, rule, limit, sign > 0, interval, more, sides, unjudged, ends)


def _question(
    gate: GateSpec,
    rule: str,
    limit: float,
    upward: bool,
    interval: Callable[[float], Interval],
    more: Callable[[Interval], tuple[int | None, str]],
    sides: Sequence[PeopleMeasure],
    unjudged: dict[str, int],
    ends: Sequence[Callable[[float], Interval]],
) -> Question:
    """The question, with what is missing at the figure's least and at its most, as `ends` have it."""

    def with_interval(interval: Callable[[float], Interval]) -> Question:
        return Question(gate, rule, limit, upward, interval, interval, (), more=more, judged_by=_by(sides))

    plain = with_interval(interval)
    if not unjudged:
        return plain
    falls, rises = map(with_interval, ends)
    worst, best = (falls, rises) if upward else (rises, falls)
    return replace(plain, missing=Missing(unjudged, sum(side.n for side in sides), True, worst, best))


def missing_share(said: PeopleMeasure) -> float:
    """The share of all items that the figure would be over whose value nobody can know: those that could not be put
    before people, and, of those that were taken, those on which nobody could tell."""
    if not said.taken:
        return 1.0
    reached = said.shown / (said.shown + sum(said.unjudged.values()) - (said.taken - said.n))
    return 1 - reached * said.n / said.taken


def _towards(interval: Interval, share: float, end: float) -> Interval:
    low, mean, high = ((1 - share) * each + share * end for each in (interval.low, interval.estimate, interval.high))
    return replace(interval, low=low, estimate=mean, high=high)


def _moved(interval: Interval, by: float) -> Interval:
    low, mean, high = (min(1.0, max(-1.0, each + by)) for each in (interval.low, interval.estimate, interval.high))
    return replace(interval, low=low, estimate=mean, high=high)


def _more(items: int, more: int, reviewers: int) -> tuple[int | None, str]:
    """The number of items in all, and in words what is missing."""
    parts = [f"about {more:,} more items"] if more else []
    parts += [f"about {reviewers:,} more reviewers, because these differ among themselves"] if reviewers else []
    words = f"{' and '.join(parts) or 'a few more judgements'} would decide it four times in five, were it to stay"
    return items + more if more else None, words


def _by(sides: Sequence[PeopleMeasure]) -> str:
    people = len({name for side in sides for name in side.reviewers})
    count = sum(len(side.values) for side in sides)
    told = f"{count:,} judgements by {people} {'reviewer' if people == 1 else 'reviewers'}"
    if people < FEWEST_REVIEWERS:
        told += ", for whom alone it holds, since so few do not show how others would judge"
    alike = sum(side.alike for side in sides)
    return f"{told}{f'; {alike:,} pairs of one text were not asked about' if alike else ''}. "
