"""Words, sentences and n-grams: what the style scorers count. English; a language is a word list away."""

import re

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_COMPLETE = re.compile(r"[.!?…][\"')\]]*$")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|st|no)\.|^\s*\d+\.|\b[A-Z]\.)$", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:[-*•#]+|\d+[.)])\s*")

_STOP = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does doing
    down for from get give got had has have having he help her here him his how i i'd i'm i've if in into is it it's
    its just know let like make me might more most much must my no not of off on one or our out over please should
    show so some such tell than thank that that's the their them then there these they this those through to too
    under up us use very want was way we were what what's when where which while who why will with would write
    you your""".split()
)


def words(text: str) -> list[str]:
    """Lower-case words; a contraction is one word."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def sentences(text: str) -> list[str]:
    """Sentences that hold at least one word; a line break ends one, an abbreviation or a list number does not."""
    pieces: list[str] = []
    held = ""
    for piece in _SENTENCE_END.split(text):
        held = f"{held} {piece}".strip() if held else piece.strip()
        if _ABBREVIATION.search(held):
            continue
        if words(_LIST_MARK.sub("", held)):
            pieces.append(held)
        held = ""
    if held and words(_LIST_MARK.sub("", held)):
        pieces.append(held)
    return pieces


def complete_prefixes(text: str, most: int) -> list[str]:
    """The first one, two, … `most` sentences of `text`, each as written, where they end in a full stop or its like."""
    found: list[str] = []
    position = 0
    for sentence in sentences(text)[:most]:
        # the pieces of a sentence stand in the text in order; find where the last of them ends
        for piece in sentence.split():
            position = text.index(piece, position) + len(piece)
        if _COMPLETE.search(sentence):
            found.append(text[:position])
    return found


def ngrams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    """All runs of `n` neighbouring words."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def content_words(text: str) -> frozenset[str]:
    """The words that carry the topic: no function words, plural and verb endings cut off."""
    return frozenset(_stem(word) for word in words(text) if word not in _STOP)


def _stem(word: str) -> str:
    bare = re.sub(r"'s$", "", word)
    return re.sub(r"(?:ies|es|s|ing|ed)$", "", bare) if len(bare) > 4 else bare.removesuffix("s")
