"""Letters of scripts: which stand without spaces, which marks belong to the letter before them, and folding.

Python's `\\w` leaves out combining marks, so that a Hindi or a vowelled Arabic word would break at each;
WORD_LETTER has them. Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces: there each
character, with its marks, counts as one word, and the runs and pairs of words of other measures are of characters.
"""

import re
import unicodedata
from functools import cache

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962"
    "\u0963\u0981-\u0983\u09bc\u09be-\u09cd\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a4d\u0a51\u0a70\u0a71\u0a75"
    "\u0a81-\u0a83\u0abc\u0abe-\u0acd\u0ae2\u0ae3\u0b01-\u0b03\u0b3c\u0b3e-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7"
    "\u0c00-\u0c04\u0c3e-\u0c56\u0c62\u0c63\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3e-\u0d4d\u0d57"
    "\u0d62\u0d63\u0d81-\u0d83\u0dca-\u0ddf\u0df2\u0df3\u0f71-\u0f84\u1dc0-\u1dff\u20d0-\u20f0\u200c\u200d"
)
"""Combining marks of scripts with spaces, and the joiners that Persian and Indic words hold: insides of a class."""
_UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099\u309a"
)
_UNSPACED_LETTERS = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
    "\u1780-\u17b3\u17d7\u17dc\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003134f"
)
UNSPACED = f"[{_UNSPACED_LETTERS}][{_UNSPACED_MARKS}]*"
"""A pattern of one character, with its marks, of a script without spaces."""
WORD_LETTER = rf"(?:(?![{_UNSPACED_LETTERS}{_UNSPACED_MARKS}])[^\W_]|[{MARKS}])"
"""A pattern of one letter or mark of a script with spaces."""

_EMPTY = (
    "\u3041-\u309f的了是在我你您他她它们們这這那有和与與就不也都为為什么麼怎样樣如何吗嗎呢吧啊请請把被让讓给給会會能可以要对對从從到很"
    "之其及或并並而且但因所于於个個"
)
"""Characters of Chinese function words, and the syllables of Japanese that endings are written in: no topic."""
_IDEOGRAMS = re.compile("[\u3005-\u3007\u30a1-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_OTHER_RUN = re.compile("(?:[\u0e01-\u0eff\u1000-\u109f\u1780-\u17dd])+")
_PAIR, _THREE = 2, 3

_ONE_UNSPACED = re.compile(UNSPACED)
_SIGNS = (
    "\u2000-\u200b\u2010-\u206f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u0964\u0965\u060c\u061b"
    "\u061f\u06d4\u00ab\u00bb"
)
LETTER, MARK, SIGN = 1, 2, 4
_ACCENT = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
_ALIKE = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"}
)
_QUOTES = str.maketrans("‘’´`“”„", "''''\"\"\"")


def is_unspaced(text: str) -> bool:
    """Whether a text holds a letter of a script without spaces."""
    return not text.isascii() and _ONE_UNSPACED.search(text) is not None


@cache
def letter_kinds() -> bytes:
    """By code point, to the last that is any: whether a character is, in a script without spaces, a LETTER, a MARK (of
    the letter before it) or a SIGN (which parts words there)."""
    kinds = bytearray(0x31350)
    for kind, inside in ((MARK, _UNSPACED_MARKS), (LETTER, _UNSPACED_LETTERS), (SIGN, _SIGNS)):
        for first, last in re.findall("(.)(?:-(.))?", inside):
            for code in range(ord(first), ord(last or first) + 1):
                kinds[code] |= kind
    return bytes(kinds)


def folded(text: str) -> str:
    """Lower case with straight quotes and without accents, so that what is typed carelessly is found too: Latin, Greek
    and Cyrillic letters lose their marks, Arabic its vowels and the forms of alif; other scripts keep theirs."""
    low = unicodedata.normalize("NFKD", text.translate(_QUOTES).lower())
    return unicodedata.normalize("NFC", _ACCENT.sub("", low)).translate(_ALIKE)


def topics(text: str) -> list[str]:
    """What stands for content words where there are no spaces: pairs of neighbouring characters of Chinese and Japanese
    that are no function words, and threes of Thai, Lao, Khmer and Burmese ones; a shorter run by itself."""
    found: list[str] = []
    for run in _IDEOGRAMS.findall(_NO_TOPIC.sub(" ", text)):
        found += _runs(list(run), _PAIR)
    for run in _OTHER_RUN.findall(text):
        found += _runs(_ONE_UNSPACED.findall(run), _THREE)
    return found


_NO_TOPIC = re.compile(f"[{_EMPTY}]")


def _runs(letters: list[str], size: int) -> list[str]:
    return ["".join(letters[at : at + size]) for at in range(max(1, len(letters) - size + 1))]
