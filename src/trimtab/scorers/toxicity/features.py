"""The figures that toxicity is computed from: words heard, whom they are aimed at, what two older models say.

A text is read in pieces of about two sentences, so that one toxic sentence is not diluted by a long text around it.
The two models are linear ones of others (base_models.py tells whose).
"""

import re
import string
from collections import Counter
from functools import lru_cache
from itertools import combinations_with_replacement
from math import log1p, sqrt

from ..text import sentences
from .base_models import base_models, hashed
from .patterns import (
    AIMED,
    CONTEMPT,
    DEATH_WISH,
    EXCLUSION,
    GROUP_ATTACK,
    HARMLESS,
    IDIOM,
    MEDICAL,
    NEGATED,
    ORDER,
    THREAT,
    TOLD_OF,
)
from .words import GROUPS, HEARD, STRONG, group_of, read, role_of

PIECE_WORDS = 40
"""A longer text is judged in pieces of whole sentences, about so many words each; the most toxic one counts."""

LONGEST_WORD = 30
"""Letters of a word; what is longer is none."""
_OTHER_WORD, _OTHER_GRAM = 7.0, 8.0
"""The idf of what was pruned: it still counts in a text's length."""
_WORD_LIKE = re.compile(r"\w\w+")
_MARKS = str.maketrans("", "", string.punctuation + "“”‘’—…")

_SUMMARY = tuple("words_model letters_model length share heard strong abuse".split())
_CENTRE = (2.0, 4.0, 2.5, 0.12, 0.8, 0.6, 0.3)
_SPREAD = (3.0, 2.5, 0.5, 0.1, 0.4, 0.45, 0.45)
"""About the mean and the standard deviation of each over RealToxicityPrompts' prompts."""

_FREER = 2.0
"""Scales the figures that say most about text without a swear word: ridge holds them back less than the others."""
_CROSSED = 0.1
"""Scales the products of two of _SUMMARY: they move less freely than the figures themselves."""

PATTERNS = (
    *"threat order idiom death_wish contempt exclusion aimed told_of group_attack group_exclusion you menace".split(),
    *"attack people_only unaimed question shouted loud disguised medical group_abuse group_hate group_harm".split(),
    "quote",
)
FEATURES: tuple[str, ...] = (
    *(f"{kind}.{group}" for group in GROUPS for kind in ("has", "more")),
    *PATTERNS,
    *_SUMMARY,
    *(f"{one}*{other}" for one, other in combinations_with_replacement(_SUMMARY, 2)),
    *(f"has.{group}*letters_model" for group in GROUPS),
)
"""The names of the figures of a piece, in their order."""


def pieces(text: str) -> list[str]:
    """The text; or, where it is longer than PIECE_WORDS, its sentences packed into pieces of about so many words."""
    if len(text.split()) <= PIECE_WORDS:
        return [text]
    packed: list[str] = []
    room = 0
    for sentence in sentences(text):
        words = sentence.split()
        for start in range(0, len(words), PIECE_WORDS):
            some = words[start : start + PIECE_WORDS]
            if len(some) > room:
                packed.append(" ".join(some))
                room = PIECE_WORDS - len(some)
            else:
                packed[-1] += " " + " ".join(some)
                room -= len(some)
    return packed or [text]


def figures(piece: str) -> tuple[list[float], list[int], list[float]]:
    """FEATURES of one piece; then its runs of letters: the place of each among GRAMS, and its share, in tf-idf over
    the Euclidean length of them all."""
    piece = NEGATED.sub(r"\1\2", HARMLESS.sub(" ", piece))
    words, disguised, shouted = read(piece)
    clean = " ".join(words)
    roles = "".join(map(role_of, words))
    medical = MEDICAL.search(clean) is not None
    counts = Counter(filter(None, map(group_of, words)))
    if medical:
        counts["clinical"] += counts.pop("anatomy", 0) + counts.pop("sex", 0)
    exclusion = EXCLUSION.search(clean) is not None
    people = counts["race"] + counts["gender"] > 0
    you = "u" in roles
    heard = sum(counts[group] for group in HEARD)
    strong = sum(counts[group] for group in STRONG)
    abuse = counts["insult"] + counts["scorn"]
    letters, places, shares = _letters_model(piece)
    summary = (_words_model(piece), letters, log1p(len(words)), heard / max(1, len(words)), log1p(heard),
               log1p(strong), log1p(abuse))  # fmt: skip
    apart = [(value - centre) / spread for value, centre, spread in zip(summary, _CENTRE, _SPREAD, strict=True)]
    made: list[float] = []
    for group in GROUPS:
        made += [counts[group] > 0, log1p(max(0, counts[group] - 1))]
    threat, order = THREAT.search(roles) is not None, ORDER.search(roles) is not None
    idiom, death_wish = IDIOM.search(clean) is not None, DEATH_WISH.search(clean) is not None
    aimed, told_of = AIMED.search(roles) is not None, TOLD_OF.search(roles) is not None
    group_attack = GROUP_ATTACK.search(roles) is not None
    menace = threat or order or idiom or death_wish
    attack = group_attack or (exclusion and people)
    made += [
        threat,
        order,
        idiom,
        death_wish,
        CONTEMPT.search(clean) is not None,
        exclusion,
        aimed,
        told_of,
        group_attack,
        exclusion and people,
        you,
        _FREER * menace,
        _FREER * attack,
        _FREER * (people and not (heard or counts["slight"] or counts["hate"] or attack or menace or exclusion)),
        abuse > 0 and not (aimed or told_of or attack),
        "?" in piece,
        log1p(shouted),
        "!" in piece,
        log1p(disguised),
        medical,
        people and abuse > 0,
        people and counts["hate"] > 0,
        people and counts["kill"] + counts["harm"] > 0,
        any(mark in piece for mark in "\"“”'‘"),
        *summary,
        *(_CROSSED * one * other for one, other in combinations_with_replacement(apart, 2)),
        *((counts[group] > 0) * apart[1] for group in GROUPS),
    ]
    return list(map(float, made)), places, shares


def _words_model(piece: str) -> float:
    """The log-odds that alt-profanity-check gives, within ±4.6."""
    length = total = 0.0
    for word, count in Counter(_WORD_LIKE.findall(piece.lower())).items():
        idf, weight = _word(word)
        total += count * idf * weight
        length += (count * idf) ** 2
    return min(4.6, max(-4.6, 2.7 * total / sqrt(length) - 1.15)) if length else -1.15


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> tuple[float, float]:
    """The idf and the weight of a word; both 0 where it is too common to count."""
    known, key = base_models(), hashed(word)
    return (0.0, 0.0) if key in known.stop else known.words.get(key, (_OTHER_WORD, 0.0))


def _letters_model(piece: str) -> tuple[float, list[int], list[float]]:
    """What toxicityclassifier's runs of letters add up to, and those runs: places and shares."""
    counts: Counter[int] = Counter()
    others = 0
    for word in piece.lower().translate(_MARKS).split():
        if len(word) > LONGEST_WORD:
            continue
        known, unknown = _runs(word)
        counts.update(known)
        others += unknown
    idf, weights = base_models().gram_idf, base_models().gram_weights
    values = [count * idf[place] for place, count in counts.items()]
    length = sqrt(sum(value * value for value in values) + others * _OTHER_GRAM**2) or 1.0
    shares = [value / length for value in values]
    return sum(s * weights[place] for s, place in zip(shares, counts, strict=True)), list(counts), shares


@lru_cache(maxsize=1 << 16)
def _runs(word: str) -> tuple[tuple[int, ...], int]:
    """The runs of 2, 3 and 4 letters of a word between blanks: places of those among GRAMS, and how many others."""
    padded = f" {word} "
    runs = [padded[start : start + n] for n in (2, 3, 4) for start in range(len(padded) - n + 1)]
    grams = base_models().grams
    known = tuple(place for run in runs if (place := grams.get(hashed(run))) is not None)
    return known, len(runs) - len(known)
