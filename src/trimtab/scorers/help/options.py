"""A fact's options held against an answer in free words: is the right one said, and no other as the answer?"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ...records import Fact, Score
from .tokens import Sentence, form, negates, read
from .tongue import in_another_language

VERSION = "3"
"""Changes whenever another answer would count as right."""
_ARTICLES = frozenset(("a", "an", "the"))
_INITIALS = re.compile(r"\b([A-Z])\.\s?([A-Z])\.")

_Words = tuple[str, ...]


@dataclass(frozen=True)
class _Option:
    """An option's words, articles apart, in the form in which they are compared, or `as_written`."""

    words: _Words
    right: bool
    as_written: bool = False

    @property
    def negated(self) -> bool:
        """Whether it holds a negation itself, so that one before it takes nothing back."""
        return any(map(negates, self.words))


@dataclass(frozen=True)
class _Said:
    """One option said: in which sentence, where it stands there, and whether it is the right one."""

    sentence: int
    start: int
    end: int
    right: bool

    def within(self, other: "_Said") -> bool:
        """Whether it is a part of a longer one."""
        return other.start <= self.start and self.end <= other.end and other.end - other.start > self.end - self.start


def said_right(fact: Fact, answer: str) -> bool:
    """Whether the right answer, or another name of it, is said, and is not one of several that contradict each other.

    A wrong option contradicts where it stands in the sentence of the right one or before it, and no negation takes it
    back; one that the question itself says contradicts nothing.
    """
    said = _said(fact, answer)
    first = next((one for one in said if one.right), None)
    return first is not None and all(one.right or one.sentence > first.sentence for one in said)


def says_wrong(fact: Fact, answer: str) -> bool:
    """Whether a wrong option is said as the answer: one is said, and the right one is not."""
    said = _said(fact, answer)
    return bool(said) and not any(one.right for one in said)


def fact_not_judged(fact: Fact, answer: str) -> Score | None:
    """A score without a value where an answer is surely in another language than its fact."""
    return in_another_language("facts", fact.question, ", ".join((fact.right, *fact.wrong)), answer)


def _said(fact: Fact, answer: str) -> list[_Said]:
    """Every option that is said and not negated, in order; where one lies within another, the longer one counts."""
    found: list[_Said] = []
    for number, sentence in enumerate(_read(answer)):
        spans = [
            _Said(number, start, end, option.right)
            for option in _options(fact)
            for start, end in _places(option, sentence)
        ]
        found += [one for one in spans if not any(one.within(other) for other in spans)]
    return sorted(found, key=lambda one: (one.sentence, one.start))


def _places(option: _Option, sentence: Sentence) -> list[tuple[int, int]]:
    """Where an option starts and ends in a sentence."""
    size = len(option.words)
    kept = [place for place, word in enumerate(sentence.raw) if size == 1 or word not in _ARTICLES]
    bare = [(sentence.raw if option.as_written else sentence.words)[place] for place in kept]
    return [
        (kept[at], kept[at + size - 1])
        for at in range(len(bare) - size + 1)
        if tuple(bare[at : at + size]) == option.words and (option.negated or not sentence.denied[kept[at]])
    ]


@lru_cache(maxsize=4096)
def _options(fact: Fact) -> tuple[_Option, ...]:
    """The options. What all end or begin with may be left out; where forms of one word are asked for, as written."""
    asked = _read(fact.question)
    options = [(text, True) for text in (fact.right, *fact.also)] + [(text, False) for text in fact.wrong]
    by_form = [_Option(_words(text), right) for text, right in options]
    written = [_Option(_words(text, True), right, as_written=True) for text, right in options]
    right = {option.words for option in by_form if option.right}
    grammar = any(
        not form.right and (form.words in right or (_asks(form, asked) and not _asks(plain, asked)))
        for form, plain in zip(by_form, written, strict=True)
    )
    found = written if grammar else [*by_form, *_shortened(_words(fact.right), [_words(text) for text in fact.wrong])]
    return tuple(dict.fromkeys(each for each in found if each.words and (each.right or not _asks(each, asked))))


def _asks(option: _Option, asked: tuple[Sentence, ...]) -> bool:
    """Whether the question says the option itself."""
    return any(_places(option, sentence) for sentence in asked)


def _shortened(right: _Words, wrong: list[_Words]) -> list[_Option]:
    """The options without the word that all of them end or begin with: of four oceans, the Pacific."""
    four = [right, *wrong]
    if min(map(len, four)) < 2:
        return []
    for place in (-1, 0):
        if len({words[place] for words in four}) == 1:
            return [_Option(words[:-1] if place else words[1:], words is right) for words in four]
    return []


def _words(text: str, as_written: bool = False) -> _Words:
    words = [word for sentence in _read(text) for word in sentence.raw]
    kept = [word for word in words if word not in _ARTICLES] or words
    return tuple(kept if as_written else map(form, kept))


def _read(text: str) -> tuple[Sentence, ...]:
    return read(_INITIALS.sub(r"\1 \2", text))
