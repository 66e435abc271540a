"""What speaks for and against an answer's helping, and its being an echo: small figures that a reader can check."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ...records import PromptPoints
from ..medical_advice.cases import asks_advice, is_personal
from ..medical_advice.judge import judge_advice
from ..text import all_sentences, content_words, listed, words
from .phrases import apologises, gives_verdict, pleasant, specifics, worded
from .points import Made, made
from .ways import found_in, heard

_THIN = 6
"""Specific words from which an answer no longer says too little to be more than an echo."""
_RICH = 12
"""Specific words from which an answer tells no more for having more."""
_BRIEF, _LONG = 25, 60
"""Words up to which an answer is brief, and from which it is not at all."""
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
        "specific": min(1.0, len(read.specific) / _RICH),
        "sends": float(_sends(prompt, answer)),
        "density": min(1.0, 2 * len(read.specific) / size),
        "strays": (1 - taken) * min(1.0, size / _LONG),
        "echoes": thin * brief * about,
        "pleasant": pleased / size,
        "apologises": float(apologises(answer)),
        "verdict": float(gives_verdict(answer)),
    }
    return MappingProxyType(known)


def _sends(prompt: str, answer: str) -> bool:
    """Whether a prompt that asks for personal advice on health is sent to somebody who may give it, and not advised."""
    asked = is_personal(prompt) or asks_advice(prompt)
    return asked and judge_advice(prompt, answer).label == "redirects"


def all_features(prompt: str, answer: str, points: PromptPoints) -> tuple[Mapping[str, float], Made]:
    """With what points add, and what the answer makes of them; points count for less where a long answer strays."""
    known, found = features(prompt, answer), made(points, answer)
    own = taken_apart(prompt, answer).own
    ways = [way for point in points.points for way in point.ways]
    on_topic = 1 - known["strays"]
    added = {
        "needed": found.share * on_topic,
        "made": found.points / found.of * on_topic,
        "at_once": float(bool(own) and found_in(ways, heard(own[0])) is not None),
    }
    return {**known, **added}, found
