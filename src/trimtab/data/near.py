"""When texts say nearly the same: they share runs of words. Asked in three ways, each with its own limits:

| asked | runs of | near where |
|---|---|---|
| a held-out prompt, a trained one | SHARED_RUN words | one is shared, or content words overlap by CONTENT_OVERLAP |
| a row of a dataset, an earlier one | ROW_RUN words | prompts overlap by PROMPT_OVERLAP, answers by ANSWER_OVERLAP |
| a benchmark's item, a prompt | ITEM_RUN words | the prompt holds ITEM_SHARE of the item's |

Overlap is Jaccard's: shared of all. `near_duplicates` looks at every pair of two sets of thousands; what looks at a
corpus (the audit) finds candidates by hashes of the same runs first.
"""

from collections.abc import Sequence, Set

from ..records import Prompt
from ..scorers import content_words, words

SHARED_RUN = 5
"""Words in a row that two prompts may not share."""
CONTENT_OVERLAP = 0.5
"""Overlap of content words from which two prompts count as the same."""
ROW_RUN = 2
ANSWER_OVERLAP = 0.7
"""Overlap from which answers are nearly the same; one word in fifteen replaced leaves 0.75."""
PROMPT_OVERLAP = 0.5
"""The same of prompts, which are shorter."""
ITEM_RUN = 8
"""Words in a row that tell an item; a shorter item must stand there whole, from ITEM_LEAST words up."""
ITEM_LEAST = 5
ITEM_SHARE = 0.5
"""Share of an item's runs that a prompt must hold: a common phrase is no leak."""


def near_duplicates(first: Sequence[Prompt], second: Sequence[Prompt]) -> list[tuple[Prompt, Prompt]]:
    """Pairs, one of each set, that say nearly the same."""
    seen = [(prompt, runs_of(prompt.text, SHARED_RUN), content_words(prompt.text)) for prompt in second]
    found = []
    for prompt in first:
        runs, content = runs_of(prompt.text, SHARED_RUN), content_words(prompt.text)
        found += [
            (prompt, other)
            for other, other_runs, other_content in seen
            if runs & other_runs or overlap(content, other_content) >= CONTENT_OVERLAP
        ]
    return found


def runs_of(text: str, size: int) -> set[tuple[str, ...]]:
    """All runs of `size` words; the whole of a shorter text, nothing of one without words."""
    said = words(text)
    size = min(size, max(1, len(said)))
    return set(zip(*(said[first:] for first in range(size)), strict=False))


def overlap(first: Set[object], second: Set[object]) -> float:
    """What two sets share of all that is in either (Jaccard): 0 to 1, 0 where both are empty."""
    return len(first & second) / len(first | second) if first or second else 0.0
