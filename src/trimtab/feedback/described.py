"""What a source of feedback holds, in figures: its rows by type, their prompts, annotators and lengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..records import KINDS, Kind, Rating, Supervision, answers_of, kind_of, text_of
from ..scorers import words


@dataclass(frozen=True)
class KindFigures:
    """The rows of a type: how many, on how many different prompts, by how many named annotators, of how many answers.

    `prompt_words` and `answer_words` are medians over the prompts' last messages and the answers, `longest` the words
    of the longest answer.
    """

    kind: Kind
    rows: int
    prompts: int
    annotators: int
    answers: int
    prompt_words: float
    answer_words: float
    longest: int


def described(rows: Sequence[Supervision]) -> list[KindFigures]:
    """Figures of each type that the rows have."""
    found = []
    for kind in KINDS:
        some = [row for row in rows if kind_of(row) == kind]
        if not some:
            continue
        named = [(row.annotator if isinstance(row, Rating) else None) or row.provenance.annotator for row in some]
        answers = [len(words(text_of(said))) for row in some for said in answers_of(row).values()]
        asked = [len(words(row.prompt[-1].content)) for row in some]
        found.append(
            KindFigures(
                kind=kind,
                rows=len(some),
                prompts=len({row.prompt for row in some}),
                annotators=len({who for who in named if who is not None}),
                answers=len(answers),
                prompt_words=float(np.median(asked)),
                answer_words=float(np.median(answers)),
                longest=max(answers),
            )
        )
    return found
