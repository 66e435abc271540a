"""What feedback teaches, before anything is trained on it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..records import Comparison, Completion, Demonstration, FeedbackSummary, Reject, Thumb, asked_of, text_of
from ..scorers import STYLE_SCORERS, words

_READ = 50_000
"""Characters of an answer that its style is judged by; one of megabytes takes as long as all others together."""
MOSTLY_LONGER = 0.65
"""Share of longer chosen answers from which length alone would explain the preference (see the length-bias check)."""

Taught = Comparison | Demonstration | Thumb
_Side = list[tuple[str, str]]
"""What was asked and what was said, of all answers on one side."""


def summarise(
    items: Sequence[Taught],
    rejected: Sequence[Reject],
    *,
    source: str,
    judge: str,
    read: int | None = None,
    notes: Sequence[str] = (),
) -> FeedbackSummary:
    """Figures over what is taught, and the reasons of what is not.

    `read` is how many rows the sources had, where items are not rows; `notes` are put before the summary's own.
    """
    comparisons = [item for item in items if isinstance(item, Comparison)]
    thumbs = [item for item in items if isinstance(item, Thumb)]
    shown = [item for item in items if isinstance(item, Demonstration)]
    preferred: _Side = [
        *((_asked(item), item.chosen_text) for item in comparisons),
        *((_asked(item), text_of(item.completion)) for item in thumbs if item.label),
        *((_asked(item), text_of(item.completion)) for item in shown),
    ]
    other: _Side = [
        *((_asked(item), item.rejected_text) for item in comparisons),
        *((_asked(item), text_of(item.completion)) for item in thumbs if not item.label),
    ]
    longer = _share([len(words(item.chosen_text)) > len(words(item.rejected_text)) for item in comparisons])
    mean_words = (_mean([len(words(said)) for _, said in preferred]), _mean([len(words(said)) for _, said in other]))
    ended = [[flag for item in comparisons if (flag := item.provenance.ended[side]) is not None] for side in (0, 1)]
    duplicates = len(items) - len({_content(item) for item in items})
    return FeedbackSummary(
        source=source,
        judge=judge,
        read=len(items) + len(rejected) if read is None else read,
        comparisons=len(comparisons),
        rejected=len(rejected),
        reasons=dict(sorted(Counter(item.reason for item in rejected).items())),
        words=mean_words,
        longer_chosen=longer,
        ended=(_share(ended[0]), _share(ended[1])),
        duplicates=duplicates,
        scores={
            scorer.name: (
                _mean([scorer.judge(asked, said[:_READ]) for asked, said in preferred]),
                _mean([scorer.judge(asked, said[:_READ]) for asked, said in other]),
            )
            for scorer in STYLE_SCORERS
        },
        notes=(*notes, *_notes(longer, mean_words, duplicates)),
        demonstrations=len(shown),
        thumbs=len(thumbs),
    )


def _notes(longer: float | None, mean_words: tuple[float | None, float | None], duplicates: int) -> list[str]:
    """What stands out, in words."""
    notes = []
    if longer is None:
        pass
    elif longer >= MOSTLY_LONGER:
        notes.append(f"The chosen answer is the longer one in {longer:.0%} of comparisons: this teaches length.")
    elif longer <= 1 - MOSTLY_LONGER:
        notes.append(
            f"The chosen answer is the shorter one in {1 - longer:.0%} of comparisons "
            f"({mean_words[0] or 0:.0f} words against {mean_words[1] or 0:.0f}): this teaches brevity."
        )
    if duplicates:
        notes.append(f"{duplicates} of what is taught are exact copies of others.")
    return notes


def _asked(item: Taught) -> str:
    return asked_of(item.prompt)


def _content(item: Taught) -> tuple[Completion, Completion, Completion | bool | None]:
    match item:
        case Comparison():
            return item.prompt, item.chosen, item.rejected
        case Thumb():
            return item.prompt, item.completion, item.label
        case Demonstration():
            return item.prompt, item.completion, None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _share(values: Sequence[bool | None]) -> float | None:
    return _mean([float(bool(value)) for value in values])
