"""An answer as the matcher of ways hears it: sentences of words in one form, and which of them a clause negates."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ..text import all_sentences, listed, stem
from ..tongues import UNSPACED, WORD_LETTER

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W_]+(?:'[^\W_]+)*|[,;:()—–]|-(?=\s)")
_ANY_WORD = re.compile(rf"\d+(?:[.,:]\d+)*|{UNSPACED}|[^\W_]{WORD_LETTER}*(?:'{WORD_LETTER}+)*|[,;:()—–]|-(?=\s)")
"""The same of all scripts: of one without spaces each character is a word, so that a way is found anywhere."""
_STRAIGHT = str.maketrans("‘’´“”„", "'''\"\"\"")
_BOUNDARY = listed(", ; : ( ) — – - but instead because so until unless if when while although though")
"""What ends the clause that a negation speaks of."""
_NEGATION = listed("not no never none nobody nothing neither nor cannot without avoid avoids avoiding hardly")
_NOT_SO = re.compile(
    r"not only|not just|not (?:to )?(?:forget|hesitate|wait|worry|miss|be afraid)|why not|no (?:matter|doubt|problem)"
    r"|n't (?:forget|hesitate|wait|worry|miss|be (?:afraid|shy|scared))|never (?:forget|too late)|go wrong|not sure"
    r"|(?:why|how about) (?:don't|doesn't|not)|n't you"
)
"""Openings whose negation turns nothing round."""

_APART = listed("yours ours hers theirs news")
"""Words that are not the plural of what their stem would be."""

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

_SAME = {
    stem(word): stem(first)
    for row in """
    child children
    man men
    woman women
    person people
    foot feet
    tooth teeth
    mouse mice
    goose geese
    knife knives
    leaf leaves
    loaf loaves
    half halves
    shelf shelves
    scarf scarves
    tv television telly
    phone telephone
    fridge refrigerator
    photo photograph
    ok okay
    gray grey
    color colour
    favorite favourite
    neighbor neighbour
    flavor flavour
    honor honour
    humor humour
    harbor harbour
    labor labour
    center centre
    meter metre
    liter litre
    theater theatre
    fiber fibre
    organize organise
    realize realise
    apologize apologise
    recognize recognise
    memorize memorise
    practice practise
    program programme
    tire tyre
    curb kerb
    mold mould
    plow plough
    pajamas pyjamas
    yogurt yoghurt
    cozy cosy
    jewelry jewellery
    aluminum aluminium
    traveling travelling
    """.splitlines()
    if row.strip()
    for first, *others in [row.split()]
    for word in others
}
"""Irregular plurals and other spellings, by stem, each with the stem it is taken for."""


@dataclass(frozen=True)
class Sentence:
    """A sentence's words in one form, in their order; `raw` as written, numbers as digits; `denied` where a clause
    negates them; `spoken` as written, a number that is written out in its words."""

    words: tuple[str, ...]
    raw: tuple[str, ...]
    denied: tuple[bool, ...]
    spoken: tuple[str, ...]

    def known(self, denied: bool) -> frozenset[str]:
        """The words; without those that are negated, unless `denied` asks for these too."""
        return self._every if denied else self._kept

    def written(self, denied: bool) -> str:
        """The same as written, a space before each."""
        return self._every_written if denied else self._kept_written

    @cached_property
    def _every(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(word for word, no in zip(self.words, self.denied, strict=True) if not no)

    @cached_property
    def _every_written(self) -> str:
        return "".join(f" {word}" for word in self.spoken)

    @cached_property
    def _kept_written(self) -> str:
        return "".join(f" {word}" for word, no in zip(self.spoken, self.denied, strict=True) if not no)


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, each once; a line, a list item among them, is one."""
    return tuple(_sentence(one) for one in dict.fromkeys(all_sentences(text.translate(_STRAIGHT))))


def form(word: str) -> str:
    """The one form that a word is compared in: its stem, or that of the word it is taken for."""
    return _form(word.lower())


def forms(text: str) -> tuple[str, ...]:
    """The words of a text in the form in which they are compared, numbers as digits."""
    return tuple(form(word) for word in numbered(_pieces(text)) if _is_word(word))


def negates(word: str) -> bool:
    """Whether the word, as written, turns a clause round."""
    return word in _NEGATION or word.endswith("n't")


def spoken(text: str) -> tuple[str, ...]:
    """The words of a text as written, in lower case."""
    return tuple(piece for piece in _pieces(text) if _is_word(piece))


def numbered(pieces: Sequence[str]) -> list[str]:
    """The words with each number that is written out as digits: "twenty-one" is 21."""
    return [number for number, _ in _with_numbers(pieces)]


def _with_numbers(pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Each word, a number as digits, and as it is spoken."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(pieces):
        value, end = _number(pieces, place)
        if value is None:
            found.append((_plain_number(pieces[place]),) * 2)
            place += 1
        else:
            found.append((str(value), " ".join(pieces[place:end])))
            place = end
    return found


def _sentence(text: str) -> Sentence:
    pieces = _with_numbers(_pieces(text))
    whole = " ".join(piece for piece, _ in pieces)
    harmless = [match.span() for match in _NOT_SO.finditer(whole)]
    denied, raw, said, no, at = [], [], [], False, 0
    for piece, as_said in pieces:
        start, at = at, at + len(piece) + 1
        if piece in _BOUNDARY:
            no = False
        elif negates(piece) and not _within(harmless, start, at):
            no = True
        if _is_word(piece):
            raw.append(piece)
            said.append(as_said)
            denied.append(no)
    return Sentence(tuple(form(word) for word in raw), tuple(raw), tuple(denied), tuple(said))


def _within(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans, which are in order and apart, overlaps with this one."""
    place = bisect_left(spans, (end, 0))
    return place > 0 and spans[place - 1][1] > start


def _pieces(text: str) -> list[str]:
    """Words and the marks that part clauses; a hyphen parts two words."""
    text = text.translate(_STRAIGHT).lower().replace("can not", "cannot")
    found = (_WORD if text.isascii() else _ANY_WORD).findall(text)
    return [word.removesuffix("'s") or word for word in found]


def _is_word(piece: str) -> bool:
    return piece[0].isalnum()


@lru_cache(maxsize=65536)
def _form(word: str) -> str:
    if word in _APART:
        return word
    own = stem(word)
    return _SAME.get(own, own)


def _plain_number(word: str) -> str:
    return word.replace(",", "") if word[0].isdigit() else word


def _number(pieces: Sequence[str], place: int) -> tuple[int | None, int]:
    """The number that is written out from `place` on, and where it ends; None where there is none."""
    total, current, seen, end = 0, 0, False, place
    last = 0  # what may still be added: below it, as a unit behind a ten
    while end < len(pieces):
        word = pieces[end]
        if word in _ONES and (not seen or (last == 10 and 0 < _ONES[word] < 10) or last >= 100):
            current, last = current + _ONES[word], 1
        elif word in _TENS and (not seen or last >= 100):
            current, last = current + _TENS[word], 10
        elif word in _POWERS and not seen:
            current, last = _POWERS[word], _POWERS[word]
        elif word in _POWERS and last < 100 and (word != "hundred" or current < 100):
            current *= _POWERS[word]
            if word != "hundred":
                total, current = total + current, 0
            last = _POWERS[word]
        elif word in _POWERS and word != "hundred" and last == 100:
            total, current, last = total + current * _POWERS[word], 0, _POWERS[word]
        elif word == "and" and seen and last >= 100 and end + 1 < len(pieces) and pieces[end + 1] in _ONES | _TENS:
            end += 1
            continue
        else:
            break
        seen, end = True, end + 1
    return (total + current, end) if seen else (None, place)
