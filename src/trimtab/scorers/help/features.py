"""What speaks for and against an answer's helping, and its being an echo: small figures that a reader can check."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ...records import PromptPoints
from ..refusal.judge import judge_refusal
from ..text import all_sentences, content_words, listed, words
from .phrases import apologises, gives_verdict, pleasant, specifics, worded
from .points import Made, made
from .ways import found_in, heard

_THIN = 6
"""Specific words from which an answer no longer says too little to be more than an echo."""
_BRIEF, _LONG = 25, 60
"""Words up to which an answer is brief, and from which it is not at all."""
_OPENING = 3
"""Sentences, pleasantries apart, in which an answer should come to the point."""
_POINT_WORDS, _AT_LEAST = 15, 10
"""Words for a point where an answer is tight; one of fewer than the least is not called tighter for it."""
_OF_QUESTION = listed("question answer request message")
"""Words that speak of the question itself."""


@dataclass(frozen=True)
class Read:
    """An answer taken apart against its prompt. `own` are its sentences, each once, that are more than pleasantries."""

    sentences: tuple[str, ...]
    own: tuple[str, ...]
    specific: frozenset[str]


@lru_cache(maxsize=1024)
def taken_apart(prompt: str, answer: str) -> Read:
    """The answer's sentences, those of them that are no pleasantry, and the words of these that tell something."""
    found = tuple(all_sentences(answer))
    distinct, asked = tuple(dict.fromkeys(found)), content_words(prompt)
    own = tuple(sentence for sentence in distinct if not pleasant(sentence))
    return Read(found, own, frozenset[str]().union(*(specifics(asked, sentence) for sentence in distinct)))


@lru_cache(maxsize=1024)
def features(prompt: str, answer: str) -> Mapping[str, float]:
    """What can be told without points, each from 0 to 1."""
    read = taken_apart(prompt, answer)
    said, asked = words(answer), content_words(prompt)
    content = content_words(answer)
    size = max(1, len(said))
    taken = len(asked & content) / max(1, len(asked))
    brief = 1 - min(1.0, max(0, size - _BRIEF) / (_LONG - _BRIEF))
    thin = 1 - min(1.0, len(read.specific) / _THIN)
    about = float(bool(asked & content) or not _OF_QUESTION.isdisjoint(said))
    times = Counter(read.sentences)
    pleased = sum(worded(sentence) * count for sentence, count in times.items() if pleasant(sentence))
    known = {
        "density": min(1.0, 2 * len(read.specific) / size),
        "strays": (1 - taken) * min(1.0, size / _LONG),
        "echoes": thin * brief * about,
        "pleasant": pleased / size,
        "refuses": judge_refusal(prompt, answer).value or 0.0,
        "apologises": float(apologises(answer)),
        "verdict": float(gives_verdict(answer)),
        "asks_back": float(bool(read.sentences) and all(s.rstrip().endswith("?") for s in read.own or read.sentences)),
    }
    return MappingProxyType(known)


def all_features(prompt: str, answer: str, points: PromptPoints) -> tuple[Mapping[str, float], Made]:
    """With what points add, and what the answer makes of them.

    Points count for less where a long answer strays from what was asked, and by how much text they are spread over.
    """
    known, found = features(prompt, answer), made(points, answer)
    own = taken_apart(prompt, answer).own[:_OPENING]
    ways = [way for point in points.points for way in point.ways]
    hits = sum(found_in(ways, heard(sentence)) is not None for sentence in own)
    on_topic = 1 - known["strays"]
    added = {
        "needed": found.share * on_topic,
        "made": found.points / found.of * on_topic,
        "to_the_point": hits / max(1, len(own)),
        "tight": min(1.0, _POINT_WORDS * found.points / max(_AT_LEAST, len(words(answer)))),
    }
    return {**known, **added}, found
