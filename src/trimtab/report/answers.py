"""Which answers the report shows, chosen by a fixed rule and by nobody's taste."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from ..records import Answer, Evaluation, Message
from .data import ReportData
from .format import counted

MOST_SHOWN, MOST_TWINS = 12, 9
"""Pairs of answers in the report, and twins across a line."""
_WORDS_METRIC = "style.words"


@dataclass(frozen=True)
class ShownAnswer:
    """One side of a pair. `marks` are its length and how it ended, in words."""

    side: str
    text: str
    marks: str
    ended: bool


@dataclass(frozen=True)
class ShownPair:
    """A prompt and what the model said to it before and after."""

    kind: str
    prompt_id: str
    earlier: tuple[Message, ...]
    prompt: str
    answers: tuple[ShownAnswer, ShownAnswer]


@dataclass(frozen=True)
class ShownTwins:
    """Two prompts that are near each other on both sides of a line, with what was said to each."""

    topic: str
    sides: tuple[ShownPair, ShownPair]


def shown_pairs(data: ReportData) -> list[ShownPair]:
    """Up to twelve pairs: the first prompt of each kind in turn, then the second of each, and so on; no shown twins."""
    as_twins = {pair.prompt_id for twins in shown_twins(data) for pair in twins.sides}
    rest = [index for index, prompt in enumerate(data.prompts) if prompt.id not in as_twins]
    lengths = [_lengths(side) for side in (data.before, data.after)]
    turns = _in_turn(rest, lambda index: data.prompts[index].kind)
    return [_pair(data, index, lengths) for index in islice(turns, MOST_SHOWN)]


def shown_twins(data: ReportData) -> list[ShownTwins]:
    """Up to nine prompts with their twins: the first of each topic in turn, then the second of each, and so on."""
    places = {prompt.id: index for index, prompt in enumerate(data.prompts)}
    couples = [
        (index, places[prompt.twin])
        for index, prompt in enumerate(data.prompts)
        if prompt.twin in places and index < places[prompt.twin]
    ]
    lengths = [_lengths(side) for side in (data.before, data.after)]
    turns = _in_turn(couples, lambda couple: data.prompts[couple[0]].topic or "")
    return [
        ShownTwins(data.prompts[one].topic or "", (_pair(data, one, lengths), _pair(data, other, lengths)))
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


def _pair(data: ReportData, index: int, lengths: list[dict[str, float]]) -> ShownPair:
    prompt = data.prompts[index]
    return ShownPair(
        kind=prompt.kind,
        prompt_id=prompt.id,
        earlier=prompt.messages[:-1],
        prompt=prompt.text,
        answers=(
            _shown("Before", data.answers_before[index], lengths[0]),
            _shown("After", data.answers_after[index], lengths[1]),
        ),
    )


def _shown(side: str, answer: Answer, lengths: dict[str, float]) -> ShownAnswer:
    words = lengths.get(answer.prompt_id)
    marks = [] if words is None else [counted(round(words), "word")]
    marks.append("ended by itself" if answer.ended else f"cut at {counted(answer.tokens, 'token')}")
    return ShownAnswer(side=side, text=answer.text, marks=" · ".join(marks), ended=answer.ended)


def _lengths(evaluation: Evaluation) -> dict[str, float]:
    """Words by prompt id, as the evaluation counted them; empty where it did not."""
    measure = evaluation.measure(_WORDS_METRIC)
    if measure is None:
        return {}
    values = zip(evaluation.items.get(measure.over, ()), measure.values, strict=False)
    return {item: value for item, value in values if value is not None}
