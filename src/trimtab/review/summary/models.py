"""What a model of reviewers makes of their judgements: what is likely true of items, and how strong each source is.

Both are fitted to the items from which rates are taken, for the same reason: an item that was brought for its worth is
harder than others.
"""

from collections.abc import Sequence
from itertools import combinations

from ...people import Compared, Ranked, RankingAgreement, Said, likely_truths, ranking_agreement, strengths
from ...records import (
    Choice,
    Judgement,
    LikelyTruths,
    ModelStrengths,
    NamedFigure,
    PairJudgement,
    PeopleFigure,
    RankJudgement,
)
from ...stats import CannotTell, Interval
from .heard import HeardTask
from .hiding import Hiding
from .measures import Measure

FEWEST_SOURCES = 3
"""Of two sources a strength says no more than the share in which one is preferred."""
_TRUE = 0.5


def truths_of(heard: HeardTask, measure: Measure, hiding: Hiding) -> LikelyTruths:
    """Dawid and Skene's model of what a measure asks of each item, yes or no."""
    said = [Said(each.reviewer, each.item, _yes(measure, each)) for each in heard.sampled]
    found = likely_truths(said)
    if isinstance(found, CannotTell):
        return LikelyTruths(title=measure.title, why_not=found.why)
    # where nobody ever says yes there is no such answer, and no item is likely so
    likely = sum(chances.get(True, 0.0) > _TRUE for chances in found.items.values())
    return LikelyTruths(
        title=measure.title,
        items=len(found.items),
        likely=likely,
        reviewers=_named([(each.reviewer, each.right) for each in found.reviewers], hiding),
    )


def _yes(measure: Measure, each: Judgement) -> bool | None:
    answer = measure.answer(each.said)
    return None if answer is None else bool(answer)


def strengths_of(heard: HeardTask, hiding: Hiding) -> ModelStrengths | None:
    """Bradley and Terry's strengths of three sources or more, with each reviewer's reliability; None of fewer."""
    compared = [one for each in heard.sampled for one in _compared(heard, each, hiding)]
    sources = {name for each in compared for name in (each.first, each.second)}
    if len(sources) < FEWEST_SOURCES:
        return None
    found = strengths(compared, reliability=True)
    if isinstance(found, CannotTell):
        return ModelStrengths(why_not=found.why)
    order = sorted(found.models.items(), key=lambda each: (-getattr(each[1], "estimate", float("-inf")), each[0]))
    return ModelStrengths(
        sources=tuple(NamedFigure(name=name, figure=figure_of_interval(figure)) for name, figure in order),
        reviewers=_named(list(found.reviewers.items()), hiding),
        compared=found.judgements,
        ties=found.ties,
        open=found.cannot_tell,
    )


def _named(figures: Sequence[tuple[str, Interval | CannotTell]], hiding: Hiding) -> tuple[NamedFigure, ...]:
    """Figures under pseudonyms, in their order."""
    told = [NamedFigure(name=hiding.names[name], figure=figure_of_interval(figure)) for name, figure in figures]
    return tuple(sorted(told, key=lambda each: int(each.name.rpartition("-")[2])))


def _compared(heard: HeardTask, each: Judgement, hiding: Hiding) -> list[Compared]:
    """What a judgement says of each two answers of different sources."""
    sources = [hiding.source(name) for name in heard.items[each.item].sources]
    match each.said:
        case PairJudgement(choice=choice) if sources[0] != sources[1]:
            return [Compared(each.reviewer, each.item, sources[0], sources[1], choice)]
        case RankJudgement(ranks=ranks):
            return [
                Compared(each.reviewer, each.item, sources[one], sources[other], _choice(ranks, one, other))
                for one, other in combinations(range(len(sources)), 2)
                if sources[one] != sources[other]
            ]
        case _:
            return []


def _choice(ranks: tuple[int, ...] | None, one: int, other: int) -> Choice:
    if ranks is None:
        return "cannot tell"
    if ranks[one] == ranks[other]:
        return "tie"
    return "first" if ranks[one] < ranks[other] else "second"


def agreement_on_order(heard: HeardTask) -> RankingAgreement:
    """How far reviewers agree on the order of answers."""
    return ranking_agreement([Ranked(e.reviewer, e.item, getattr(e.said, "ranks", None)) for e in heard.sampled])


def figure_of_interval(found: Interval | CannotTell, **over: int) -> PeopleFigure:
    """A figure over items."""
    if isinstance(found, CannotTell):
        return PeopleFigure(why_not=found.why, **over)
    return PeopleFigure(
        estimate=found.estimate, low=found.low, high=found.high, over="items", **({"n": found.n} | over)
    )
