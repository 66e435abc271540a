"""The ways of a point, found in an answer: all words of a way in one sentence (`records.Way` is the grammar)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .tokens import Sentence, form, forms, negates, read

heard = read
"""An answer's sentences, as ways are found in them."""


@dataclass(frozen=True)
class _Piece:
    """One word of a choice: in the form in which words are compared, or what it begins with, as written."""

    word: str
    begins: bool

    def fits(self, sentence: Sentence, place: int) -> bool:
        if self.begins:
            return sentence.raw[place].startswith(self.word)
        return sentence.words[place] == self.word


_Choice = tuple[_Piece, ...]
"""Words that stand side by side."""


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
    return _Parsed(parts, any(negates(word) for word in written))


def _choice(text: str) -> _Choice:
    plain = text.replace("_", " ")
    if "*" not in plain:
        return tuple(_Piece(word, begins=False) for word in forms(plain))
    return tuple(
        _Piece(piece.removesuffix("*"), begins=True) if piece.endswith("*") else _Piece(form(piece), begins=False)
        for piece in plain.split()
    )


def _holds(way: _Parsed, sentence: Sentence) -> bool:
    places = sentence.kept(way.negated)
    return all(any(_stands(choice, sentence, places) for choice in part) for part in way.parts)


def _stands(choice: _Choice, sentence: Sentence, places: Sequence[int]) -> bool:
    allowed = set(places) if len(choice) > 1 else ()
    last = len(sentence.words) - len(choice)
    return any(
        place <= last
        and all(
            (offset == 0 or place + offset in allowed) and piece.fits(sentence, place + offset)
            for offset, piece in enumerate(choice)
        )
        for place in places
    )
