"""Prompts made for two rules where no example is one of both: a thing that one names put into a question of the other,
or two prompts of one speaker joined.

Two topics that only a strange question joins are no conflict. So a prompt is made only where the rules' own words share
a subject (`kinship`): one word of it for a thing put in, two for two prompts joined.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ..policy import RanOver, search
from ..records import PackRule
from ..scorers import content_words
from .kinship import kin
from .strings import named_by

SHARED_TO_PUT_IN, SHARED_TO_JOIN = 1, 2
"""Words of a subject that two rules share before a prompt is made for them."""
MOST = 200
"""Prompts tried for two rules."""
_ONE, _MANY = frozenset("a an this that every each".split()), frozenset("these those many few several all both".split())
_OPENS = _ONE | _MANY | frozenset("the some any which no more much".split())
_OWN = frozenset("my your our his her their".split())
_BE, _WH = frozenset("is are was were".split()), frozenset("when where why how what".split())
_BEFORE = frozenset("of for about with on in by from at near without into under over between against".split())
_DOES = frozenset("is are was were can could may might do does did should must will would shall".split())
_SPEAKER = {
    "en": frozenset("i i'm i've i'd i'll my me mine we we're our".split()),
    "de": frozenset("ich mein meine meinen meiner meinem mich mir wir unser unsere uns".split()),
    "es": frozenset("yo mi mis me estoy soy tengo he nuestro nuestra nos".split()),
    "fr": frozenset("je j'ai mon ma mes moi me nous notre nos".split()),
}
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*")


def put_in(shows: PackRule, names: PackRule) -> Iterator[str]:
    """Questions that one rule is about, in English, with the first thing in each that its patterns do not ask for
    replaced by one that the other's patterns name. Whether both rules are about them is not looked at."""
    things = _things(names)
    for prompt in shows.examples.about:
        slot = None if _confides(prompt) else _slot(prompt, shows.when)
        if slot is None:
            continue
        for thing in things:
            if _many(thing) == slot.many:
                article = "an " if thing[0] in "aeiou" else "a "
                before = re.sub(r"\ban? $", article, prompt[: slot.start]) if slot.start else prompt[: slot.start]
                yield f"{before}{thing}{prompt[slot.end :]}"


def joined(one: PackRule, other: PackRule) -> Iterator[str]:
    """Two examples of what the rules are about as said by one speaker: two sentences about themselves, or one and a
    question after it."""
    pairs = ((a, b) for a in one.examples.about for b in other.examples.about)
    for first, second in sorted(pairs, key=lambda pair: (_asks(pair[0]) + _asks(pair[1]), len(pair[0]) + len(pair[1]))):
        if (_asks(first) and _asks(second)) or not _one_speaker(first, second):
            continue
        begins, ends = (second, first) if _asks(first) else (first, second)
        yield f"{begins.rstrip() if begins.rstrip()[-1] in '.!' else begins.rstrip() + '.'} {ends}"


def made_for(one: PackRule, other: PackRule) -> Iterable[str]:
    """Prompts for two rules that share a subject, the most natural first."""
    shared = len(kin(one, other))
    found: list[Iterator[str]] = []
    if shared >= SHARED_TO_PUT_IN:
        found += [put_in(one, other), put_in(other, one)]
    if shared >= SHARED_TO_JOIN:
        found.append(joined(one, other))
    return islice((prompt for each in found for prompt in each), MOST)


class _Slot(NamedTuple):
    """Where a thing stands in a prompt, and whether there are many of it."""

    start: int
    end: int
    many: bool


def _slot(prompt: str, frame: Sequence[str]) -> _Slot | None:
    """The first thing in an English prompt that the patterns do not ask for: after an article, a preposition, a verb of
    asking or a word of the patterns, up to a word that is none of a thing."""
    tokens = list(_TOKEN.finditer(prompt))
    asked = _asked(prompt, tokens, frame)
    low = [token[0].lower() for token in tokens]
    for place in range(1, len(tokens)):
        opener = low[place - 1]
        turned = opener in _DOES and (opener not in _BE or place == 1 or low[place - 2] in _WH)
        opens = opener in _OPENS or opener in _BEFORE or turned or (asked[place - 1] and opener not in _DOES)
        if not opens or _bare(low[place]) or asked[place]:
            continue
        end = place
        while end + 1 < len(tokens) and not _bare(low[end + 1]) and not asked[end + 1] and _next(prompt, tokens, end):
            end += 1
        verb_follows = any(word in _DOES for word in low[max(0, place - 2) : place])
        if verb_follows and end > place and not (end + 1 < len(tokens) and asked[end + 1]):
            end = place  # "does a claim take": what follows the thing is its verb
        many = opener in _MANY or (opener not in _ONE and _many(low[end]))
        return _Slot(tokens[place].start(), tokens[end].end(), many)
    return None


def _things(rule: PackRule) -> list[str]:
    """What a rule's patterns name and its own texts use as a thing, with its other number: after an article or a
    preposition, or what is done something with in a question ("do I fry pork")."""
    texts = (rule.text, rule.why, *rule.examples.about, *(shown.prompt or "" for shown in rule.examples.good))
    used: dict[str, None] = {}
    for text in texts:
        tokens = list(_TOKEN.finditer(text))
        acts = _asks(text) and not _BE & {token[0].lower() for token in tokens}
        for before, token, after in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
            word, opener = token[0].lower(), before[0].lower()
            last = after is None or _bare(after[0].lower()) or not _next(text, [token, after], 0)
            led = opener in _OPENS or opener in _BEFORE or opener in _OWN
            done = acts and not _bare(opener)
            if not _bare(word) and ((led and (last or _many(word))) or (done and last)):
                used[word] = None
    named = [text for pattern in rule.when for text in named_by(pattern) if _TOKEN.fullmatch(text)]
    return [text for text in dict.fromkeys(named) if any(_same_thing(text, word) for word in used)]


def _same_thing(one: str, other: str) -> bool:
    return content_words(one) == content_words(other)


def _asked(prompt: str, tokens: Sequence[re.Match[str]], frame: Sequence[str]) -> list[bool]:
    """Which words of a prompt the patterns ask for: those of their first matches, and those found by themselves."""
    spans = []
    for pattern in frame:
        found = _found(pattern, prompt)
        start = prompt.find(found) if found else -1
        spans += [(start, start + len(found or ""))] if start >= 0 else []
    return [
        any(start <= token.start() < end for start, end in spans)
        or any(_found(pattern, token[0]) is not None for pattern in frame)
        for token in tokens
    ]


def _found(pattern: str, text: str) -> str | None:
    try:
        return search(pattern, text)
    except RanOver:
        return None


def _bare(word: str) -> bool:
    """Whether it is a word of no topic."""
    return word in _DOES or not content_words(word)


def _next(text: str, tokens: Sequence[re.Match[str]], place: int) -> bool:
    """Whether nothing but a space stands between a word and the one after it."""
    return not text[tokens[place].end() : tokens[place + 1].start()].strip()


def _many(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _asks(prompt: str) -> bool:
    return prompt.rstrip().endswith(("?", "？"))


def _confides(prompt: str) -> bool:
    """Whether it tells of the speaker and asks nothing: what is put into it would be told of them."""
    said = {token[0].lower().replace("’", "'") for token in _TOKEN.finditer(prompt)}
    return not _asks(prompt) and bool(said & _SPEAKER["en"] - {"me"})


def _one_speaker(first: str, second: str) -> bool:
    """Whether one of them, at least, and both where both are sentences, speak of the speaker, in one language."""
    one, other = ({token[0].lower().replace("’", "'") for token in _TOKEN.finditer(text)} for text in (first, second))
    return any(one & spoken and other & spoken for spoken in _SPEAKER.values())
