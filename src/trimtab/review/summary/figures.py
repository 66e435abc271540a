"""From a room to the figures of its report."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from ...errors import UserError, option
from ...people import Agreement, RankingAgreement, Said, agreement, consistency, gold, people_share, side_bias
from ...records import (
    AgreementFigure,
    CutFigure,
    FigureCut,
    Judgement,
    PeopleFigure,
    PeopleMeasured,
    ReviewerFigures,
    ReviewFigures,
    TaskFigures,
)
from ...stats import CannotTell, Interval, Level
from ..alike import alike
from ..quality import shown_pairs
from ..records import Task
from ..store import task_numbers
from .examples import examples_of
from .heard import HeardTask, hear
from .hiding import Hiding, Window
from .measures import Measure, changed, choices_of, measures_of
from .models import agreement_on_order, figure_of_interval, strengths_of, truths_of
from .said import defects_of, edits_of
from .showing import Shower

NOBODY = "no item of the sample is judged"
Values = list[tuple[str, str, float | None]]


def review_figures(
    session: Session, hiding: Hiding, window: Window | None = None, *, room: str = "", task: int | None = None
) -> ReviewFigures:
    """What people said in a room, of one task or of all. Raises UserError where no task knows the window's rule."""
    window = window or Window()
    heard = [hear(session, number, window) for number in ([task] if task is not None else task_numbers(session))]
    told = [each for each in heard if window.rule is None or window.rule in _rules(each)]
    if window.rule is not None and not told:
        known = ", ".join(dict.fromkeys(rule for each in heard for rule in _rules(each)))
        raise UserError(
            f"{option('rule', window.rule)} is given.",
            f"No answer of the room is flagged with such a rule; its rules are {known or 'none'}.",
            f"Correct {option('rule')} or leave it out.",
        )
    return ReviewFigures(
        room=room,
        redacted=not hiding.pictures,
        since=str(window.since or ""),
        until=str(window.until or ""),
        rule=window.rule or "",
        tasks=tuple(_task(session, each, hiding, window) for each in told),
        other_tasks=len(heard) - len(told),
    )


def _rules(heard: HeardTask) -> list[str]:
    return [rule.id for rule in heard.task.policy.rules] if heard.task.policy is not None else []


def _task(session: Session, heard: HeardTask, hiding: Hiding, window: Window) -> TaskFigures:
    task, shower = heard.task, Shower(session, heard, hiding)
    measures, lone = measures_of(heard, hiding, window.rule)
    if task.kind == "edit":
        measures.append(changed(heard, shower.texts()))
    days = sorted(each.when.date() for each in heard.stands)
    return TaskFigures(
        number=heard.number,
        kind=task.kind,
        title=task.title,
        origin=hiding.source(task.origin),
        question=task.question,
        policy=task.policy.name if task.policy is not None else "",
        policy_digest=task.policy.digest if task.policy is not None else "",
        modalities=tuple(sorted({row.modality for row in heard.items.values()})),
        first_day=str(days[0]) if days else "",
        last_day=str(days[-1]) if days else "",
        counts=heard.counts,
        sampling=heard.sampling.model_copy(update={"held": _hidden(heard.sampling.held, hiding)}),
        measured=tuple(_measured(heard, each, hiding) for each in measures if each.group != "choice"),
        choices=choices_of(heard, hiding),
        lone_sources=lone,
        agreement=_agreements(heard, measures),
        reviewers=_reviewers(heard, hiding),
        truths=tuple(truths_of(heard, each, hiding) for each in measures if _asks_yes_or_no(task, each)),
        strengths=strengths_of(heard, hiding),
        examples=examples_of(heard, shower, window.rule),
        defects=tuple(defects_of(heard, hiding, shower, window.rule)),
        edits=tuple(edits_of(heard, hiding, shower)),
    )


def _asks_yes_or_no(task: Task, measure: Measure) -> bool:
    """Whether a measure asks of an item what is true or not, so that reviewers can be wrong."""
    return task.kind in ("flag", "claims", "thumb") and measure.level is not None


def _hidden(held: Mapping[str, int], hiding: Hiding) -> dict[str, int]:
    """Why items are held back, which quotes what was found."""
    found: Counter[str] = Counter()
    for why, count in held.items():
        found[hiding.words(why)] += count
    return dict(found)


def _measured(heard: HeardTask, measure: Measure, hiding: Hiding) -> PeopleMeasured:
    """A measure of everything, of each source that has two items or more, and of each month."""
    firsts = [each for each in heard.firsts if measure.items is None or each.item in measure.items]
    groups: dict[tuple[FigureCut, str], list[Judgement]] = {("all", ""): firsts}
    if heard.task.sides == 1:
        of = {name: hiding.source(row.sources[0]) for name, row in heard.items.items()}
        sizes = Counter(of.values())
        for source in sorted(source for source, size in sizes.items() if size > 1 and len(sizes) > 1):
            groups["source", source] = [each for each in firsts if of[each.item] == source]
    months = defaultdict(list)
    for each in firsts:
        months[f"{each.when:%Y-%m}"].append(each)
    groups |= {("month", month): some for month, some in sorted(months.items())}
    return PeopleMeasured(
        title=measure.title,
        group=measure.group,
        rule=measure.rule,
        low=measure.low,
        high=measure.high,
        cuts=tuple(_cut(heard, measure, *key, some) for key, some in groups.items()),
    )


def _cut(heard: HeardTask, measure: Measure, cut: FigureCut, of: str, some: Sequence[Judgement]) -> CutFigure:
    values = [measure.value(each) for each in some]
    sampled: Values = [
        (each.reviewer, each.item, value) for each, value in zip(some, values, strict=True) if each.item in heard.sample
    ]
    known = [value for value in values if value is not None]
    return CutFigure(
        cut=cut,
        of=of,
        figure=figure_of(sampled, measure.low, measure.high),
        judgements=len(known),
        found=sum(value == 1 for value in known),
        open=len(values) - len(known),
    )


def figure_of(values: Values, low: float = 0, high: float = 1) -> PeopleFigure:
    """The mean of (reviewer, item, value from 0 to 1) on the scale from `low` to `high`."""
    known = [each for each in values if each[2] is not None]
    over = {"n": len(known), "items": len({each[1] for each in known}), "reviewers": len({each[0] for each in known})}
    if not known:
        return PeopleFigure(why_not=NOBODY)
    found = people_share(values).share
    if isinstance(found, CannotTell):
        return PeopleFigure(why_not=found.why, **over)
    estimate, least, most = (
        low + part * (high - low) for part in (found.interval.estimate, found.interval.low, found.interval.high)
    )
    return PeopleFigure(estimate=estimate, low=least, high=most, over=found.over, **over)


def _agreements(heard: HeardTask, measures: Sequence[Measure]) -> tuple[AgreementFigure, ...]:
    if heard.task.kind == "rank":
        found = agreement_on_order(heard)
        return (_alpha("Which of two answers stands before the other", "nominal", found),)
    return tuple(_agreement(heard, each) for each in measures if each.level is not None)


def _agreement(heard: HeardTask, measure: Measure) -> AgreementFigure:
    assert measure.level is not None
    said = [Said(each.reviewer, each.item, measure.answer(each.said)) for each in heard.sampled]
    return _alpha(measure.title, measure.level, agreement(said, measure.level))


def _alpha(title: str, level: Level, found: Agreement | RankingAgreement) -> AgreementFigure:
    over = {"n": found.shared, "items": found.shared, "reviewers": found.reviewers}
    return AgreementFigure(
        title=title,
        level=level,
        alpha=figure_of_interval(found.alpha, **over),
        shared=found.shared,
        alone=found.alone,
        open=found.cannot_tell,
    )


def _reviewers(heard: HeardTask, hiding: Hiding) -> tuple[ReviewerFigures, ...]:
    """Each reviewer in the order of their pseudonyms, and all together last."""
    mine = [each for each in heard.stands if each.showing > 0 and not heard.items[each.item].held]
    shown = shown_pairs(mine)
    known = heard.gold
    right = gold([(e.reviewer, alike(known[e.item], e.said)) for e in mine if e.item in known and e.showing == 1])
    steady = {each.reviewer: each for each in consistency(shown)} if shown else {}
    sides = {each.reviewer: each for each in side_bias(shown)} if shown else {}
    golds = {each.reviewer: each for each in right}
    counts = Counter(each.reviewer for each in mine)
    found = []
    for name in [*sorted(counts, key=lambda name: _place(hiding.names[name])), None]:
        again, side, one = steady.get(name), sides.get(name), golds.get(name) if name is not None else None
        found.append(
            ReviewerFigures(
                reviewer=hiding.names[name] if name is not None else None,
                judged=counts[name] if name is not None else sum(counts.values()),
                same=_of(again.same) if again else None,
                turned=_of(again.turned) if again else None,
                first=_of(side.first) if side else None,
                leans=side.leans if side else False,
                gold=_of(one.right) if one else None,
                warned=one.warned if one else False,
            )
        )
    return tuple(found) if counts else ()


def _place(pseudonym: str) -> int:
    return int(pseudonym.rpartition("-")[2])


def _of(found: Interval | CannotTell) -> PeopleFigure:
    """Of so many pairs or items; the items are not told apart here."""
    return figure_of_interval(found, n=found.n if isinstance(found, Interval) else 0)
