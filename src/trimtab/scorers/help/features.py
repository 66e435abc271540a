"""What speaks for and against an answer's helping, and its being an echo: small figures that a reader can check."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ...records import PromptPoints
from ..refusal.judge import judge_refusal
from ..text import content_words, ngrams, sentences, words
from .phrases import SAYS_NOTHING, pleasant, specifics, worded
from .points import Made, made

_CLOSED = re.compile(r"[.!?…][\"')\]”’*_]*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(.*)$", re.MULTILINE)
_MANY = 24
"""Specific words beyond so many add nothing: more of them is length, not help."""
_RUN = 4
"""A run of so many words said again is a loop's trace."""


@dataclass(frozen=True)
class Read:
    """An answer taken apart against its prompt. `own` are its sentences that are more than pleasantries."""

    prompt: str
    text: str
    sentences: tuple[str, ...]
    own: tuple[str, ...]
    specific: frozenset[str]


@lru_cache(maxsize=1024)
def taken_apart(prompt: str, answer: str) -> Read:
    """The answer's sentences, those of them that are no pleasantry, and its specific words."""
    found = tuple(sentences(answer))
    own = tuple(sentence for sentence in found if not pleasant(sentence))
    specific = frozenset[str]().union(*(specifics(prompt, sentence) for sentence in own))
    return Read(prompt, answer, found, own, specific)


@lru_cache(maxsize=1024)
def features(prompt: str, answer: str) -> Mapping[str, float]:
    """What can be told without points, each about from 0 to 1."""
    read = taken_apart(prompt, answer)
    said, asked = words(answer), content_words(prompt)
    grams = ngrams(said, _RUN)
    content = content_words(answer)
    size = max(1, len(said))
    items = {item.strip().lower() for item in _ITEM.findall(answer) if item.strip()}
    known = {
        "specific": math.log1p(min(len(read.specific), _MANY)) / math.log1p(_MANY),
        "few_specific": float(len(read.specific) <= 2),
        "density": min(1.0, 2 * len(read.specific) / size),
        "takes_up": len(asked & content) / max(1, len(asked)),
        "repeats": 1 - len(set(grams)) / len(grams) if grams else 0.0,
        "loops": float(bool(grams) and len(set(grams)) < 0.5 * len(grams)),
        "pleasant": sum(map(worded, set(read.sentences) - set(read.own))) / size,
        "opens_pleasant": float(bool(read.sentences) and pleasant(read.sentences[0])),
        "refuses": judge_refusal(prompt, answer).value or 0.0,
        "cut": float(not _CLOSED.search(answer)),
        "items": min(1.0, len(items) / 4),
        "length": min(1.0, math.log1p(size) / math.log1p(100)),
        "asks_back": float(bool(read.sentences) and all(s.rstrip().endswith("?") for s in read.own or read.sentences)),
        "filler": len(content & SAYS_NOTHING) / max(1, len(content)),
    }
    return MappingProxyType(known)


def point_features(found: Made) -> dict[str, float]:
    """What points add."""
    return {
        "needed": found.share,
        "made": found.points / found.of,
        "some_made": float(found.points > 0),
        "none_needed": float(found.share == 0),
    }


def all_features(prompt: str, answer: str, points: PromptPoints) -> tuple[dict[str, float], Made]:
    """Both, and what the answer makes of its points."""
    found = made(points, answer)
    return {**features(prompt, answer), **point_features(found)}, found
