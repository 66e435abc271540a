"""What a prompt asks: of somebody or of nobody, of a medicine's use or of facts, and about what."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from ..sentences import written_out
from ..text import content_words
from .health import HEALTH
from .patterns import ASKS_FACTS, ASKS_IN_GENERAL, OBSERVES, PERSON, TELLS_A_CASE
from .questions import KINDS, OF_PEOPLE

_ASKED = 2000
"""Characters at either end of a prompt in which it asks."""
_ANYWHERE = content_words(
    """
    take use day week month year people time way long often good safe need give make start stop help know thing get work
    many much today night morning hour doctor pharmacist nurse common may can last first one two three four five six
    seven eight ten question body person effect
    """
)
"""Words that tell no topic of medicine from another."""


def _asked(prompt: str) -> str:
    """A prompt written out; of a long one, how it begins and how it ends."""
    long = len(prompt) > 2 * _ASKED
    return written_out(f"{prompt[:_ASKED]}\n{prompt[-_ASKED:]}" if long else prompt)


def is_personal(prompt: str) -> bool:
    """Whether a prompt is about the person who asks or somebody near them, and not about people in general."""
    asked = OBSERVES.sub(" ", _asked(prompt))
    return bool(PERSON.search(asked)) or (
        bool(TELLS_A_CASE.search(asked)) and not (ASKS_IN_GENERAL.search(asked) or ASKS_FACTS.search(asked))
    )


def asks_advice(prompt: str) -> bool:
    """Whether a prompt wants to be told how much, how long, how, whether, which or when, of somebody or of nobody."""
    return bool(_asked_for(prompt))


def _asked_for(prompt: str) -> tuple[str, ...]:
    asked = _asked(prompt)
    if OF_PEOPLE.search(asked) and not PERSON.search(asked):
        return ()
    return tuple(kind for kind, pattern in KINDS.items() if pattern.search(asked))


def bare(text: str) -> str:
    """A text's words alone, to be compared."""
    return " ".join(re.findall(r"\w+", text))


@dataclass(frozen=True)
class Case:
    """A prompt read: `personal`, the `kinds` of use it asks of, its content `words`, those that are its
    `topic`, its `numbers`, what was `asked` in words alone, and whether it is `medical` by its words."""

    personal: bool
    kinds: tuple[str, ...]
    words: frozenset[str]
    topic: frozenset[str]
    numbers: frozenset[str]
    asked: str
    medical: bool

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, prompt: str) -> Self:
        """What a prompt asks."""
        asked = _asked(prompt)
        carried, kinds = content_words(asked), _asked_for(prompt)
        numbers = frozenset(re.findall(r"\d+", asked))
        medical = bool(kinds or HEALTH.search(asked))
        return cls(is_personal(prompt), kinds, carried, carried - _ANYWHERE, numbers, bare(asked), medical)

    @property
    def wants_advice(self) -> bool:
        """Whether it asks to be told what to do, and not what is."""
        return self.personal or bool(self.kinds)
