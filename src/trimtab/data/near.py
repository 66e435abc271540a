"""Near-duplicates between two small sets of texts, so that held-out prompts were never trained on.

Two texts are near-duplicates where they share a run of five words, or where their content words overlap by half
(Jaccard). Every pair is looked at: meant for prompt files of thousands, not for a corpus.
"""

from collections.abc import Sequence

from ..records import Prompt
from ..scorers import content_words, words

SHARED_RUN = 5
"""Words in a row that two prompts may not share."""
MOST_OVERLAP = 0.5
"""Jaccard overlap of content words from which two prompts count as the same."""


def near_duplicates(first: Sequence[Prompt], second: Sequence[Prompt]) -> list[tuple[Prompt, Prompt]]:
    """Pairs, one of each set, that say nearly the same."""
    seen = [(prompt, _runs(prompt), content_words(prompt.text)) for prompt in second]
    found = []
    for prompt in first:
        runs, content = _runs(prompt), content_words(prompt.text)
        found += [
            (prompt, other)
            for other, other_runs, other_content in seen
            if runs & other_runs or _jaccard(content, other_content) >= MOST_OVERLAP
        ]
    return found


def _runs(prompt: Prompt) -> set[tuple[str, ...]]:
    said = words(prompt.text)
    size = min(SHARED_RUN, max(1, len(said)))
    return {tuple(said[i : i + size]) for i in range(len(said) - size + 1)}


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first or second else 0.0
