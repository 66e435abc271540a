"""Which answers the report shows, chosen by a fixed rule and by nobody's taste."""

from dataclasses import dataclass

from ..records import Answer, Evaluation, Message
from .data import ReportData
from .words import counted

MOST_SHOWN = 12
"""Pairs of answers in the report."""
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


def shown_pairs(data: ReportData) -> list[ShownPair]:
    """Up to twelve pairs: the first prompt of each kind in turn, then the second of each, and so on."""
    by_kind: dict[str, list[int]] = {}
    for index, prompt in enumerate(data.prompts):
        by_kind.setdefault(prompt.kind, []).append(index)
    deepest = max(map(len, by_kind.values()), default=0)
    turns = (indices[turn] for turn in range(deepest) for indices in by_kind.values() if turn < len(indices))
    lengths = [_lengths(side) for side in (data.before, data.after)]
    return [_pair(data, index, lengths) for _, index in zip(range(MOST_SHOWN), turns, strict=False)]


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
