"""Examples of what was found, drawn by chance and not picked, each with everything that was said of its item."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from ...records import (
    LEADS_WORD,
    ClaimJudgement,
    CritiqueJudgement,
    EditJudgement,
    ExamplesOf,
    FlagJudgement,
    Judgement,
    PairJudgement,
    RankJudgement,
    RatingJudgement,
    RubricJudgement,
    ShownExample,
    ShownWord,
    ThumbJudgement,
)
from ..alike import in_words
from ..records import Task
from .heard import HeardTask
from .hiding import Hiding
from .said import day_of
from .showing import Place, Shower

EACH = 3
"""Examples of one thing."""
_Label = tuple[str, tuple[Place, ...]]


def examples_of(heard: HeardTask, shower: Shower, rule: str | None) -> tuple[ExamplesOf, ...]:
    """A few judgements of each thing that was found, in the order of what is asked."""
    found: dict[str, list[tuple[Judgement, tuple[Place, ...]]]] = {label: [] for label in _order(heard, rule)}
    for each in heard.firsts:
        for label, places in _labels(heard, shower.hiding, each, rule):
            found.setdefault(label, []).append((each, places))
    return tuple(
        ExamplesOf(
            label=label,
            judgements=len(some),
            examples=tuple(_shown(heard, shower, *each) for each in _drawn(some, label)),
        )
        for label, some in found.items()
        if some
    )


def _drawn(
    some: Sequence[tuple[Judgement, tuple[Place, ...]]], label: str
) -> list[tuple[Judgement, tuple[Place, ...]]]:
    """So many of them, each item once, in an order that hangs on nothing that was said."""
    order = sorted(some, key=lambda each: sha256(f"{label}:{each[0].item}:{each[0].id}".encode()).digest())
    first: dict[str, tuple[Judgement, tuple[Place, ...]]] = {}
    for each in order:
        first.setdefault(each[0].item, each)
    return list(first.values())[:EACH]


def _order(heard: HeardTask, rule: str | None) -> list[str]:
    task = heard.task
    if task.policy is not None:
        return [each.id for each in task.policy.rules if rule in (None, each.id)]
    return []


def _labels(heard: HeardTask, hiding: Hiding, each: Judgement, rule: str | None) -> Iterator[_Label]:
    """What a judgement is an example of, and where in the answer."""
    task = heard.task
    match each.said:
        case FlagJudgement():
            for name in dict.fromkeys(flag.rule for flag in each.said.flags if rule in (None, flag.rule)):
                yield name, tuple(flag for flag in each.said.flags if flag.rule == name)
        case ClaimJudgement():
            for verdict in ("false", "unsupported"):
                if claims := tuple(claim for claim in each.said.claims if claim.verdict == verdict):
                    yield f"{verdict.capitalize()} claims", claims
        case PairJudgement():
            yield from _of_pair(heard, hiding, each, each.said)
        case RankJudgement(ranks=ranks) if ranks is not None:
            sources = heard.items[each.item].sources
            for name in dict.fromkeys(source for source, rank in zip(sources, ranks, strict=True) if rank == 1):
                yield f"“{hiding.source(name)}” put first", ()
        case RubricJudgement():
            assert task.rubric is not None
            line = max(task.rubric.reason_below, 1)
            for axis in task.rubric.axes:
                mark = each.said.marks.get(axis.id)
                if mark is not None and mark <= line:
                    yield f"{axis.title}: {line} or less of {len(axis.anchors)}", ()
        case RatingJudgement():
            if each.said.rating == task.scale[0]:
                yield f"The lowest rating, {task.scale[0]} of {task.scale[1]}", ()
        case ThumbJudgement():
            if each.said.liked is False:
                yield "Will not do", ()
        case CritiqueJudgement():
            yield "Critiques", ()
        case _:
            return


def _of_pair(heard: HeardTask, hiding: Hiding, each: Judgement, said: PairJudgement) -> Iterator[_Label]:
    if said.choice == "both bad":
        yield "Both answers bad", ()
    elif said.choice in ("first", "second"):
        one, other = heard.items[each.item].sources
        better = one if said.choice == "first" else other
        yield f"“{hiding.source(better)}” preferred" if one != other else "One answer preferred", ()


def _shown(heard: HeardTask, shower: Shower, each: Judgement, places: Sequence[Place]) -> ShownExample:
    hiding = shower.hiding
    words = [each, *(one for one in heard.stands if one.item == each.item and one.id != each.id and one.showing < 2)]
    return ShownExample(
        item=each.item,
        prompt=shower.prompt(each.item),
        sides=shower.sides(each.item, places),
        words=tuple(
            ShownWord(
                reviewer=hiding.names[one.reviewer],
                day=day_of(one),
                says=hiding.words(_says(one, heard, shower)),
                why=hiding.words(getattr(one.said, "why", "")),
                lead=one.showing == LEADS_WORD,
            )
            for one in words
        ),
    )


def _says(each: Judgement, heard: HeardTask, shower: Shower) -> str:
    """What was said, with the names of the sources."""
    said, hiding = each.said, shower.hiding
    match said:
        case PairJudgement() if said.choice in ("first", "second"):
            sources = heard.items[each.item].sources
            better = 0 if said.choice == "first" else 1
            name = f"“{hiding.source(sources[better])}”" if len(set(sources)) > 1 else f"The {said.choice}"
            return f"{name} is better{('', ' slightly', ' clearly', ' by far')[said.strength or 0]}"
        case RankJudgement(ranks=ranks) if ranks is not None:
            names = [f"“{hiding.source(source)}”" for source in heard.items[each.item].sources]
            placed = list(zip(names, ranks, strict=True))
            order = ([name for name, rank in placed if rank == at] for at in sorted(set(ranks)))
            return "; then ".join(" and ".join(some) for some in order)
        case FlagJudgement() if said.flags:
            notes = [f"{rule}: {note}" if note else rule for rule, note in _noted(said)]
            return "Flags " + "; ".join(notes)
        case ClaimJudgement() if said.claims:
            text = shower.answer(each.item)
            return "; ".join(
                f"“{text[claim.start : claim.end]}” is {claim.verdict}" + (f" ({claim.source})" if claim.source else "")
                for claim in said.claims
            )
        case RubricJudgement():
            return _marks(said, heard.task)
        case EditJudgement():
            return "Edited the answer"
        case _:
            return in_words(said, (0, 1))


def _noted(said: FlagJudgement) -> list[tuple[str, str]]:
    notes: dict[str, list[str]] = {}
    for flag in said.flags:
        notes.setdefault(flag.rule, []).append(flag.note)
    return [(rule, ", ".join(filter(None, some))) for rule, some in notes.items()]


def _marks(said: RubricJudgement, task: Task) -> str:
    assert task.rubric is not None
    told = []
    for axis in task.rubric.axes:
        mark, reason = said.marks.get(axis.id), said.reasons.get(axis.id, "")
        told.append(f"{axis.title} {'cannot tell' if mark is None else mark}" + (f" ({reason})" if reason else ""))
    return ", ".join(told)
