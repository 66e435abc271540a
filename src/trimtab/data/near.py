"""When texts say nearly the same: they share runs of words. Asked in three ways, each with its own limits:

| asked | runs of | near where |
|---|---|---|
| a held-out prompt, a trained one | SHARED_RUN words | one is shared, or content words overlap by CONTENT_OVERLAP |
| a row of a dataset, an earlier one | ROW_RUN words | prompts overlap by PROMPT_OVERLAP, answers by ANSWER_OVERLAP |
| a benchmark's item, a prompt | ITEM_RUN words | the prompt holds ITEM_SHARE of the item's |

Overlap is Jaccard's: shared of all. `near_duplicates` holds only such pairs against each other as share a run or a rare
word; what looks at a corpus (the audit) finds candidates by hashes of the same runs first.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import combinations

from ..records import Prompt
from ..scorers import content_words, words

SHARED_RUN = 5
"""Words in a row that two prompts may not share."""
CONTENT_OVERLAP = 0.5
"""Overlap of content words from which two prompts count as the same."""
_MANY = 44
"""Content words from which pairs of a text's rare words are too many to keep: of 44 they are 276."""
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
    """Pairs, one of each set, that say nearly the same.

    Only such pairs are held against each other as share a run or rare words (`_kept_under`), so that the cost is that
    of these and not of all.
    """
    sides = [[(runs_of(one.text, SHARED_RUN), content_words(one.text)) for one in some] for some in (first, second)]
    known = Counter(word for side in sides for _, content in side for word in content)
    with_run: dict[tuple[str, ...], list[int]] = defaultdict(list)
    with_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, (runs, content) in enumerate(sides[1]):
        for run in runs:
            with_run[run].append(place)
        for key in _kept_under(content, known):
            with_words[key].append(place)
    found = []
    for prompt, (runs, content) in zip(first, sides[0], strict=True):
        near = {place for run in runs for place in with_run.get(run, ())}
        maybe = {place for key in _sought_under(content, known) for place in with_words.get(key, ())} - near
        near |= {place for place in maybe if overlap(content, sides[1][place][1]) >= CONTENT_OVERLAP}
        found += [(prompt, second[place]) for place in sorted(near)]
    return found


def _kept_under(content: Set[str], known: Counter[str]) -> Iterator[tuple[str, ...]]:
    """Keys of which another text that overlaps by CONTENT_OVERLAP has one as well: words that both hold, among those
    that the fewest texts have (Bayardo, Ma and Srikant 2007, lemma 1).

    Of two small texts, one word of one or two; else a pair of words, and of texts of very many words, one again.
    """
    if len(content) <= 2:
        yield from (("one of few", word) for word in content)
    if len(content) <= _MANY:
        yield from (("two", *pair) for pair in combinations(_rarest(content, known, 2), 2))
    elif content:
        yield from (("one of many", word) for word in _rarest(content, known, 1))
    if _MANY // 2 <= len(content) <= _MANY:
        yield from (("one of half as many", word) for word in _rarest(content, known, 1))


def _sought_under(content: Set[str], known: Counter[str]) -> Iterator[tuple[str, ...]]:
    """The keys under which such a text may be kept."""
    for kind, *words_ in _kept_under(content, known):
        yield (kind, *words_) if kind != "one of half as many" else ("one of many", *words_)
        if kind == "one of many":
            yield ("one of half as many", *words_)


def _rarest(content: Set[str], known: Counter[str], shared: int) -> list[str]:
    """The rarest words of a text, by how many texts have each: so many that of those it shares at least, `shared` are
    among them."""
    least = max(shared, math.ceil(CONTENT_OVERLAP * len(content)))
    return sorted(content, key=lambda word: (known[word], word))[: max(0, len(content) - least + shared)]


def runs_of(text: str, size: int) -> set[tuple[str, ...]]:
    """All runs of `size` words; the whole of a shorter text, nothing of one without words."""
    said = words(text)
    size = min(size, max(1, len(said)))
    return set(zip(*(said[first:] for first in range(size)), strict=False))


def overlap(first: Set[object], second: Set[object]) -> float:
    """What two sets share of all that is in either (Jaccard): 0 to 1, 0 where both are empty."""
    return len(first & second) / len(first | second) if first or second else 0.0
