"""The ways of a point, found in an answer: all words of a way in one sentence (`records.Way` is the grammar)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .tokens import Sentence, forms, negates, read, spoken

heard = read
"""An answer's sentences, as ways are found in them."""


@dataclass(frozen=True)
class _Choice:
    """Words that stand side by side: in the form in which words are compared, or what they begin with, as written."""

    words: tuple[str, ...]
    begins: tuple[bool, ...]

    def stands(self, sentence: Sentence, denied: bool) -> bool:
        """Whether the sentence holds it; what a clause negates counts where `denied` says so."""
        if len(self.words) == 1:
            if self.begins[0]:
                return f" {self.words[0]}" in sentence.written(denied)
            return self.words[0] in sentence.known(denied)
        whole = [word for word, begins in zip(self.words, self.begins, strict=True) if not begins]
        if not sentence.known(denied).issuperset(whole):
            return False
        last = len(sentence.words) - len(self.words)
        return any(
            all(
                (sentence.spoken[at].startswith(word) if begins else sentence.words[at] == word)
                and (denied or not sentence.denied[at])
                for at, word, begins in zip(range(place, place + len(self.words)), self.words, self.begins, strict=True)
            )
            for place in range(last + 1)
        )


@dataclass(frozen=True)
class _Parsed:
    """A way: of each part any choice will do; `negated` where it holds a negation itself."""

    parts: tuple[tuple[_Choice, ...], ...]
    negated: bool


def found_in(ways: Iterable[str], said: Sequence[Sentence]) -> str | None:
    """The first of the ways that one of the sentences holds; None where there is none."""
    return next((way for way in ways if any(_holds(_parsed(way), sentence) for sentence in said)), None)


@lru_cache(maxsize=65536)
def _parsed(way: str) -> _Parsed:
    parts = tuple(tuple(_choice(choice) for choice in part.split("|")) for part in way.lower().split())
    written = way.lower().replace("|", " ").replace("_", " ").split()
    return _Parsed(parts, any(negates(word.removesuffix("*")) for word in written))


def _choice(text: str) -> _Choice:
    pieces = text.replace("_", " ").split()
    if not any(piece.endswith("*") for piece in pieces):
        words = forms(" ".join(pieces))
        return _Choice(words, (False,) * len(words))
    found: list[tuple[str, bool]] = []
    for piece in pieces:
        if piece.endswith("*"):
            *first, last = spoken(piece.removesuffix("*"))  # a hyphen parts two words
            found += [*((word, False) for word in forms(" ".join(first))), (last, True)]
        else:
            found += [(word, False) for word in forms(piece)]
    return _Choice(tuple(word for word, _ in found), tuple(begins for _, begins in found))


def _holds(way: _Parsed, sentence: Sentence) -> bool:
    return all(any(choice.stands(sentence, way.negated) for choice in part) for part in way.parts)
