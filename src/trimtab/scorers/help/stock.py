"""Answers alike across prompts: what could have been said to anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...records import Better, Score
from ..base import Row
from ..text import content_words, ngrams, stem, words

RUN = 4
"""Runs of so many words are compared."""
OTHERS = 2
"""A run is stock where so many answers to other prompts have it."""
_TOPIC = "…"
"""What stands for a word of the prompt's own; a run that frames one ("the … for a") is grammar, and no phrase."""


@dataclass(frozen=True)
class StockScorer:
    """The share of an answer's four-word runs that two answers to other prompts have too, each prompt's words apart.

    It looks at the rows that it is asked about together (`together`): one answer alone is never stock.
    """

    name: str = "stock"
    version: str = "1"
    title: str = "Stock phrases"
    unit: str = "share"
    better: Better = "lower"
    summary: str = "Share of the answer that answers to other prompts say too."
    together: bool = True

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row; an answer of fewer words than a run is compared whole."""
        runs = [_runs(prompt, answer) for prompt, answer in rows]
        prompts = Counter[tuple[str, ...]]()
        for run, _ in {(run, prompt) for (prompt, _), some in zip(rows, runs, strict=True) for run in some}:
            prompts[run] += 1
        return [self._score(some, prompts) for some in runs]

    def _score(self, runs: Sequence[tuple[str, ...]], prompts: Counter[tuple[str, ...]]) -> Score:
        if not runs:
            return Score(scorer=self.name, value=0.0, label="own")
        value = sum(prompts[run] > OTHERS and _TOPIC not in run for run in runs) / len(runs)
        return Score(scorer=self.name, value=value, label="stock" if value >= 0.5 else "own")


def _runs(prompt: str, answer: str) -> list[tuple[str, ...]]:
    asked = content_words(prompt)
    said = [_TOPIC if stem(word) in asked else word for word in words(answer)]
    return ngrams(said, RUN) or ([tuple(said)] if said else [])
