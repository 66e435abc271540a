"""The answers that the report shows side by side, with what the scorers make of each and why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from ..records import REFUSED_BY_API, Answer, Evaluation, Message
from .data import ReportData
from .format import counted, plain
from .picked import picked
from .tables import title_of

MOST_TWINS = 9
"""Twins across a line in the report."""
_WORDS_METRIC = "style.words"
_HELP = "help."


@dataclass(frozen=True)
class ShownAnswer:
    """One side of a pair. `marks` are its length and how it ended, in words; `judged` is what scorers make of it."""

    side: str
    text: str
    marks: str
    unfinished: bool
    judged: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownPair:
    """A prompt and what was said to it before, by the baseline if there is one, and after; and `why` it is shown."""

    kind: str
    prompt_id: str
    earlier: tuple[Message, ...]
    prompt: str
    answers: tuple[ShownAnswer, ...]
    why: str = ""


@dataclass(frozen=True)
class ShownTwins:
    """Two prompts that are near each other on both sides of a line, with what was said to each."""

    topic: str
    sides: tuple[ShownPair, ShownPair]


def shown_pairs(data: ReportData) -> list[ShownPair]:
    """Up to twelve prompts with their answers, as `picked` has them; no shown twins."""
    as_twins = {pair.prompt_id for twins in shown_twins(data) for pair in twins.sides}
    rest = [index for index, prompt in enumerate(data.prompts) if prompt.id not in as_twins]
    return [_pair(data, pick.index, pick.why) for pick in picked(data, rest)]


def shown_twins(data: ReportData) -> list[ShownTwins]:
    """Up to nine prompts with their twins: the first of each topic in turn, then the second of each, and so on."""
    places = {prompt.id: index for index, prompt in enumerate(data.prompts)}
    couples = [
        (index, places[prompt.twin])
        for index, prompt in enumerate(data.prompts)
        if prompt.twin in places and index < places[prompt.twin]
    ]
    turns = _in_turn(couples, lambda couple: data.prompts[couple[0]].topic or "")
    return [
        ShownTwins(data.prompts[one].topic or "", (_pair(data, one), _pair(data, other)))
        for one, other in islice(turns, MOST_TWINS)
    ]


_Item = TypeVar("_Item")


def _in_turn(items: Sequence[_Item], group: Callable[[_Item], str]) -> Iterator[_Item]:
    """The first of each group, then the second of each, and so on; groups in the order in which they come."""
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(group(item), []).append(item)
    deepest = max(map(len, groups.values()), default=0)
    return (members[turn] for turn in range(deepest) for members in groups.values() if turn < len(members))


def _pair(data: ReportData, index: int, why: str = "") -> ShownPair:
    prompt = data.prompts[index]
    sides = [("before", data.before, data.answers_before), ("after", data.after, data.answers_after)]
    if data.baseline is not None and data.answers_baseline:
        sides.insert(1, ("baseline", data.baseline, data.answers_baseline))
    return ShownPair(
        kind=prompt.kind,
        prompt_id=prompt.id,
        earlier=prompt.messages[:-1],
        prompt=prompt.text,
        answers=tuple(_shown(data, name, measured, answers[index]) for name, measured, answers in sides),
        why=why,
    )


def _shown(data: ReportData, name: str, measured: Evaluation, answer: Answer) -> ShownAnswer:
    words = _values(measured, _WORDS_METRIC).get(answer.prompt_id)
    unfinished = answer.end_told and not answer.ended and answer.outcome is None
    marks = [] if words is None else [counted(round(words), "word")]
    if answer.thought:
        marks.append(f"after a thought of {counted(len(answer.thought.split()), 'word')}")
    if answer.withheld or answer.outcome:
        marks.append(f"not judged: {answer.withheld}" if answer.withheld else REFUSED_BY_API)
    if answer.ended or unfinished:
        at = f" at {counted(answer.tokens, 'token')}" if answer.tokens else ""
        marks.append("ended by itself" if answer.ended else f"cut{at}")
    return ShownAnswer(
        side=name.capitalize(),
        text=answer.text,
        marks=" · ".join(marks),
        unfinished=unfinished,
        judged=_judged(data, name, measured, answer.prompt_id),
    )


def _judged(data: ReportData, name: str, measured: Evaluation, item: str) -> tuple[str, ...]:
    """What each scorer of help, and each that gives reasons, makes of an answer, and why."""
    reasons = {metric: reason for (metric, of), reason in data.reasons.get(name, {}).items() if of == item}
    told = []
    for measure in measured.measures:
        value = _values(measured, measure.metric).get(item)
        reason = reasons.get(measure.metric, "")
        if value is not None and (reason or (measure.metric.startswith(_HELP) and value)):
            told.append(f"{title_of(measure.metric)}: {plain(round(value, 2))}" + (f" ({reason})" if reason else ""))
    return tuple(told)


def _values(evaluation: Evaluation, metric: str) -> dict[str, float]:
    """The values of a metric by item, where it was measured."""
    measure = evaluation.measure(metric)
    if measure is None:
        return {}
    values = zip(evaluation.items.get(measure.over, ()), measure.values, strict=False)
    return {item: value for item, value in values if value is not None}
