"""Words, sentences and n-grams: what the style scorers count.

A word is a run of letters with their marks; of a script without spaces (`tongues.scripts`) each character is one.
Function words and endings are known for English.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from .tongues import UNSPACED, WORD_LETTER, is_unspaced, topics

EMOJI = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f\u200d]"
_CLOSE = "[\"')\\]”’»*_]"

_WIDE = "。！？．｡।॥؟۔።։។။"
"""Ends of a sentence that need no blank behind them, of scripts that have marks of their own."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
_ANY_WORD = re.compile(rf"\d+(?:[.,:]\d+)+|{UNSPACED}|[^\W_]{WORD_LETTER}*(?:['’]{WORD_LETTER}+)*")
"""The same of all scripts; slower, and so for what is not ASCII alone."""
_BEYOND_LATIN = re.compile(
    "[\u0300-\u1fff\u200c\u200d\u2c00-\ud7ff\uf900-\ufdff\ufe20-\uffff\U00010000-\U0001efff\U00020000-\U0003ffff]"
)
_END = re.compile(
    rf"(?<![.!?…])(?P<mark>[.!?…]++)(?P<close>{_CLOSE}*+)(?:[ \t]*{EMOJI})*+(?=\s|\Z)|[{_WIDE}]++{_CLOSE}*+|\n++"
)
_COMPLETE = re.compile(rf"[.!?…{_WIDE}]{_CLOSE}*(?:[ \t]*{EMOJI})*$")
_NEVER_AN_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|mr|mrs|ms|dr|prof|approx)\.|^\s*(?:\d{1,3}|[a-z])[.)])$", re.IGNORECASE
)
_END_BEFORE_CAPITAL = re.compile(r"\b(?:etc|a\.m|p\.m|jr|sr|inc|ltd)\.$", re.IGNORECASE)
_INITIAL = re.compile(r"(?:^|[\s(\"“][A-Z]\w*\s|^[A-Z]\w*\s|[A-Z]\.\s?)[A-HJ-Z]\.$|\bSt\.$")
_NUMERO = re.compile(r"\bno\.$", re.IGNORECASE)
_LEANS = re.compile(
    r"""\W*(?:\d+[.)]|[-*•#]+\s|(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|his|her|hers|such|both
    |another|others?|either|neither|also|however|additionally|furthermore|moreover|therefore|thus|hence|consequently
    |then|finally|lastly|next|second(?:ly)?|third(?:ly)?|overall|similarly|likewise|instead|otherwise|besides|meanwhile
    |afterwards|and|but|or|nor|so|yet|because|which|who|whose|where|as\ a\ result|in\ (?:addition|conclusion|summary
    |fact|other\ words)|on\ the\ other\ hand|for\ (?:example|instance)|after\ that)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a sentence opens with that cannot be understood without the sentence before it."""
_BLANKS = re.compile(r"[ \t]*")
_SEEN = 200
"""Characters before a mark that are looked at: in a sentence that never ends, all of it at every mark takes forever."""
_LONGEST, _UNBROKEN = 1000, 100
"""Characters of a sentence, and of what it is cut into where it has no blank. What is longer is none, and patterns that
look for one thing behind another would take for ever in it."""
_LIST_MARK = re.compile(r"^\s*(?:[-*•#]+|\d+[.)])\s*")


def listed(words: str) -> frozenset[str]:
    """The words of a list written as text."""
    return frozenset(words.split())


_STOP = listed(
    """
    a about after all also am an and any are as at be because been before being but by can cannot could did do
    does doing down for from get give got had has have having he help her here him his how i if in into is it
    its just know let like make me might more most much must my no not of off on one or our out over please
    should show so some such tell than thank that the their them then there these they this those through to too
    under up us use very want was way we were what when where which while who why will with would write you your
    """
)
_UNSPACED = re.compile(UNSPACED)
_SHORTENED = re.compile(r"(?:n't|'(?:m|re|ve|ll|d|s))$")


def words(text: str) -> list[str]:
    """Lower-case words; a contraction is one word, and so is a number with its points and commas. Of a script without
    spaces each character is a word."""
    if text.isascii() or not _BEYOND_LATIN.search(text):
        return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    return [word.lower().replace("’", "'") for word in _ANY_WORD.findall(text)]


def sentences(text: str) -> list[str]:
    """Sentences that hold at least one word; a line break ends one, an abbreviation or a list number does not."""
    return [text[start:end] for start, end in _spans(text)]


def complete_prefixes(text: str, most: int) -> list[str]:
    """The first one, two, … `most` sentences of `text`, each as written, where they end in a full stop or its like."""
    return [run.text for run in complete_runs(text, most) if run.first == 1]


def all_sentences(text: str) -> list[str]:
    """As `sentences`; a text that is nothing but what looks like a list number, "42.", is one too."""
    return sentences(text) or ([text.strip()] if words(text) else [])


class SentenceRun(NamedTuple):
    """Neighbouring sentences of a text, as written; `first` and `last` count from 1."""

    text: str
    first: int
    last: int


def complete_runs(text: str, most: int) -> list[SentenceRun]:
    """Every run of at most `most` neighbouring sentences that ends as `complete_prefixes` do.

    A run begins with the text's first sentence, or with a later one that can be understood by itself: what opens with a
    pronoun, a connective or a list mark leans on what stands before it.
    """
    spans = _spans(text)
    return [
        SentenceRun(text[start if first > 1 else 0 : end], first, last)
        for first, (start, ends) in enumerate(spans, 1)
        if first == 1 or not _LEANS.match(text[start:ends])
        for last, (opens, end) in enumerate(spans[first - 1 : first - 1 + most], first)
        if _COMPLETE.search(text[opens:end]) and not _NEVER_AN_END.search(text[opens:end])
    ]


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence starts and ends, its closing quotes and the emoji behind it included."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text)
        marked = match["mark"] if match else None
        if match and marked:
            mark, after = match.end("mark"), _BLANKS.match(text, end)
            before = text[start:mark] if mark - start <= _SEEN else "\0" + text[mark - _SEEN : mark]
            next_at = after.end() if after else end
            if _goes_on(before, bool(match["close"]), text[next_at : next_at + 1]):
                continue
        piece = text[start:end].strip()
        if match and not marked and _NEVER_AN_END.search(piece):
            continue  # a list number on a line of its own belongs to what comes next
        bullet = _LIST_MARK.match(piece)
        if _WORD.search(piece, bullet.end() if bullet else 0):
            first = text.index(piece, start)
            if len(piece) > _LONGEST:
                found += _in_parts(text, first, first + len(piece))
            else:
                found.append((first, first + len(piece)))
        start = end
    return found


def _in_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; one that never ends in parts that are read one by one, cut at a blank where there is one."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST) + 1 or start + _UNBROKEN
        yield start, cut
        start = cut
    yield start, end


def _goes_on(before: str, closed: bool, following: str) -> bool:
    """Whether a sentence goes on behind the mark that `before` ends with, where the character `following` is next."""
    if _NEVER_AN_END.search(before):
        return True
    if following in ("", "\n"):
        return False
    if closed or before.endswith(("..", "…")):
        return following.islower()  # "Stop!" he said
    if _NUMERO.search(before):
        return following.isdigit()
    if _END_BEFORE_CAPITAL.search(before):
        return not following.isupper()
    return bool(_INITIAL.search(before))


def ngrams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    """All runs of `n` neighbouring words."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def content_words(text: str) -> frozenset[str]:
    """The words that carry the topic: no function words, plural and verb endings cut off. Of scripts without spaces,
    pairs or threes of characters (`tongues.topics`)."""
    found = words(spaced_out) if (spaced_out := _without_unspaced(text)) else []
    bare = (_SHORTENED.sub("", word) if word.endswith("'s") else word for word in found)
    carried = frozenset(stem(word) for word in bare if word not in _STOP and not _SHORTENED.search(word))
    return carried if spaced_out is text else carried.union(topics(text))


def _without_unspaced(text: str) -> str:
    """The text without characters of scripts without spaces; the very same where it has none."""
    return _UNSPACED.sub(" ", text) if is_unspaced(text) else text


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Steps 1a, 1b, 1c and the final e of Porter (1980), in short: bikes, biking and bike are one word."""
    if len(word) < 4 or not word.isascii():
        return word
    if len(word) > 4 and word.endswith(("ies", "ied")):
        word = word[:-3] + "y"
    elif re.search(r"(?:ss|x|z|ch|sh)es$", word):
        word = word[:-2]
    elif re.search(r"[^su]s$", word):
        word = word[:-1]
    ending = next((end for end in ("ing", "ed") if word.endswith(end) and not word.endswith("eed")), "")
    if ending and re.search("[aeiouy]", word.removesuffix(ending)):
        word = word.removesuffix(ending)
        if re.search(r"([^aeiouylsz])\1$", word):
            word = word[:-1]
        elif re.fullmatch(r"[^aeiou]*[aeiouy][^aeiouwxy]", word):
            word += "e"
    if len(word) > 4:
        word = word.removesuffix("e")
    return re.sub(r"(?<=[^aeiou])(?:y|ie?)$", "i", word) if len(word) > 3 else word
