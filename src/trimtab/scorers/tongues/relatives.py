"""Languages and dialects that are written like one of the languages that scorers know, told by words it does not have.

A likelihood of letters takes Sicilian for Italian and Swiss German for German, and half of these languages are in no
model of letters at all. Each list of `relatives.toml` holds frequent words of one of them (its "not",
"can", "help", "with", "this" among them) that are no words of its neighbour; the codes are those of ISO 639.
"""

import re
import tomllib
from pathlib import Path

from .scripts import MARKS

SHORT = 8
"""Words up to which one word of a relative is enough; a longer text must have TWO, and a share of them."""
TWO, SHARE = 2, 0.1
_LEAST_OF_ALL = 0.04
"""The share of characters above which a text in Chinese writing is Cantonese."""
READ = 400
"""Characters of a text in which they are looked for."""
_WORD = re.compile(rf"(?:[^\W\d_]|[{MARKS}])+")

_LISTS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("relatives.toml").read_text(encoding="utf-8")
)
"""For each language that is known, its relatives with their words."""
_WORDS = {
    near: {code: frozenset(words.casefold().split()) for code, words in lists.items()} for near, lists in _LISTS.items()
}
KNOWN = frozenset(_WORDS)
"""The languages whose relatives are told apart from them by words."""
_NONE: frozenset[str] = frozenset()
_ANY = {near: _NONE.union(*lists.values()) for near, lists in _WORDS.items()}
_CANTONESE = frozenset("唔嘅咗喺佢哋嚟冇啲咁嘢攞睇")
"""Characters that written Cantonese has and Mandarin does not."""


def relative_of(text: str, near: str | None) -> str | None:
    """The code of the language that a text taken for `near` is in by its words; None where it is no relative's.

    The words of all relatives of a language count together, because neighbours share many; the one with most of them
    is named. Of a text whose language is undecided (None) two words of one family are wanted, however short it is.
    """
    if near == "zh":
        return "yue" if sum(letter in _CANTONESE for letter in text[:READ]) > _LEAST_OF_ALL * len(text[:READ]) else None
    said = frozenset(_WORD.findall(text[:READ].casefold()))
    least = max(TWO if near is None or len(said) > SHORT else 1, SHARE * len(said))
    for family in _WORDS if near is None else (near,):
        if len(said & _ANY.get(family, _NONE)) >= least:
            return max(_WORDS[family], key=lambda code: len(said & _WORDS[family][code]))
    return None
