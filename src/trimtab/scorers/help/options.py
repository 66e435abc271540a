"""A fact's options held against an answer in free words: is the right one said, and no other as the answer?"""

from dataclasses import dataclass
from functools import lru_cache

from ...records import Fact
from .tokens import Sentence, form, read

VERSION = "1"
"""Changes whenever another answer would count as right."""
_ARTICLES = frozenset(form(word) for word in ("a", "an", "the"))
_Words = tuple[str, ...]


@dataclass(frozen=True)
class _Said:
    """One option said: in which sentence, where it stands there, and whether it is the right one."""

    sentence: int
    start: int
    end: int
    right: bool


def said_right(fact: Fact, answer: str) -> bool:
    """Whether the right answer, or an alias of it, is said, and is not one of several that contradict each other.

    A wrong option contradicts where it stands before the right one or in the same sentence, and no negation takes it
    back.
    """
    said = _said(fact, answer)
    first = next((one for one in said if one.right), None)
    return first is not None and not any(
        not one.right and (one.sentence, one.start) < (first.sentence, len(answer)) for one in said
    )


def says_wrong(fact: Fact, answer: str) -> bool:
    """Whether a wrong option is said as the answer: one is said, and the right one is not."""
    said = _said(fact, answer)
    return bool(said) and not any(one.right for one in said)


def _said(fact: Fact, answer: str) -> list[_Said]:
    """Every option that is said and not negated, in order; where one lies within another, the longer one counts."""
    options = _options(fact)
    found: list[_Said] = []
    for number, sentence in enumerate(read(answer)):
        spans = [
            _Said(number, start, end, right) for right, words in options for start, end in _places(words, sentence)
        ]
        found += [
            one
            for one in spans
            if not any(
                other.start <= one.start and one.end <= other.end and (other.end - other.start) > (one.end - one.start)
                for other in spans
            )
        ]
    return sorted(found, key=lambda one: (one.sentence, one.start))


def _places(words: _Words, sentence: Sentence) -> list[tuple[int, int]]:
    kept = [place for place, word in enumerate(sentence.words) if word not in _ARTICLES]
    bare = [sentence.words[place] for place in kept]
    return [
        (kept[at], kept[at + len(words) - 1])
        for at in range(len(bare) - len(words) + 1)
        if tuple(bare[at : at + len(words)]) == words and not sentence.denied[kept[at]]
    ]


@lru_cache(maxsize=4096)
def _options(fact: Fact) -> tuple[tuple[bool, _Words], ...]:
    """Each option's words, articles apart, and whether it is right; what all end or begin with may be left out."""
    right, wrong = [_words(text) for text in (fact.right, *fact.also)], [_words(text) for text in fact.wrong]
    pairs = [(True, words) for words in right] + [(False, words) for words in wrong]
    return tuple(
        dict.fromkeys((is_right, words) for is_right, words in [*pairs, *_shortened(right[0], wrong)] if words)
    )


def _shortened(right: _Words, wrong: list[_Words]) -> list[tuple[bool, _Words]]:
    """The options without the word that all of them end or begin with: of four oceans, the Pacific."""
    four = [right, *wrong]
    if min(map(len, four)) < 2:
        return []
    for place in (-1, 0):
        if len({words[place] for words in four}) == 1:
            cut = [words[:-1] if place else words[1:] for words in four]
            return [(index == 0, words) for index, words in enumerate(cut)]
    return []


def _words(text: str) -> _Words:
    words = tuple(word for sentence in read(text) for word in sentence.words if word not in _ARTICLES)
    return words or tuple(word for sentence in read(text) for word in sentence.words)
