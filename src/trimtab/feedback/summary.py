"""What a set of comparisons teaches, before anything is trained on it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..records import Comparison, FeedbackSummary, Reject
from ..scorers import STYLE_SCORERS, words

MOSTLY_LONGER = 0.65
"""Share of longer chosen answers from which length alone would explain the preference (see the length-bias check)."""


def summarise(
    comparisons: Sequence[Comparison], rejected: Sequence[Reject], *, source: str, judge: str
) -> FeedbackSummary:
    """Figures over the comparisons kept, and the reasons of those that were not."""
    chosen = [len(words(item.chosen_text)) for item in comparisons]
    other = [len(words(item.rejected_text)) for item in comparisons]
    longer = _share([a > b for a, b in zip(chosen, other, strict=True)]) or 0.0
    sides = [(item.prompt, item.chosen, item.rejected) for item in comparisons]
    ended = tuple(
        _share([item.provenance.ended[side] for item in comparisons if item.provenance.ended[side] is not None])
        for side in (0, 1)
    )
    summary_words = (_mean(chosen) or 0.0, _mean(other) or 0.0)
    return FeedbackSummary(
        source=source,
        judge=judge,
        read=len(comparisons) + len(rejected),
        comparisons=len(comparisons),
        rejected=len(rejected),
        reasons=dict(sorted(Counter(item.reason for item in rejected).items())),
        words=summary_words,
        longer_chosen=longer,
        ended=(ended[0], ended[1]),
        duplicates=len(sides) - len(set(sides)),
        scores={
            scorer.name: (
                _mean([scorer.judge(_asked(item), item.chosen_text) for item in comparisons]),
                _mean([scorer.judge(_asked(item), item.rejected_text) for item in comparisons]),
            )
            for scorer in STYLE_SCORERS
        },
        notes=tuple(_notes(longer, summary_words, len(sides) - len(set(sides)))),
    )


def _notes(longer: float, mean_words: tuple[float, float], duplicates: int) -> list[str]:
    """What stands out, in words."""
    notes = []
    if longer >= MOSTLY_LONGER:
        notes.append(f"The chosen answer is the longer one in {longer:.0%} of comparisons: this teaches length.")
    elif longer <= 1 - MOSTLY_LONGER:
        notes.append(
            f"The chosen answer is the shorter one in {1 - longer:.0%} of comparisons "
            f"({mean_words[0]:.0f} words against {mean_words[1]:.0f}): this teaches brevity."
        )
    if duplicates:
        notes.append(f"{duplicates} comparisons are exact copies of others.")
    return notes


def _asked(item: Comparison) -> str:
    return item.prompt[-1].content


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _share(values: Sequence[bool | None]) -> float | None:
    return _mean([float(bool(value)) for value in values])
