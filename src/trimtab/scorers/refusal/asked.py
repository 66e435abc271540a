"""The form of a prompt: what it wants to be told or made, and the text it holds."""

import re
from dataclasses import dataclass

from ..tongues import tongue_of
from .acts import DENSE, QUOTED
from .outright import asks_whether
from .phrases import PROMPTS, Phrases, known, phrases

__all__ = ["LANGUAGES", "Asked", "asked_of", "remakes"]

LANGUAGES = ("en", *(code for code in known() if code not in ("en", "mul")))
"""The languages that are judged, by ISO 639-1 code."""
PROMPT = 2000
"""Characters of a prompt that are read."""
HELD = 6
"""Letters, at least, of a text that a prompt holds: less is a name."""
REMADE = (0.3, 3.0)
"""Letters of an answer that remakes a text, for one of the text's; of two scripts one may take DENSE times as many."""
_BEHIND = re.compile(r"[:：]\s*(\S.*)\Z", re.DOTALL)
_KINDS = (*PROMPTS, "not", "barred", "translates")
_DECLINES = ("not", "denies", "barred", "withdraws", "regrets", "declined")


@dataclass(frozen=True)
class Asked:
    """The form of a prompt: what its words are, the classes of the wish ("wants", "asked", "declined", "why", "means"),
    and the text that it quotes or that stands behind its colon, "" where it holds none, with whether that declines."""

    text: str
    kinds: frozenset[str]
    whether: bool
    normal: str
    held: str
    held_declines: bool

    @property
    def wants_a_text(self) -> bool:
        """Whether it asks for a text, or holds one that may be made into another."""
        return self.held != "" or not self.kinds.isdisjoint(("wants", "translates"))


def asked_of(prompt: str, other: Phrases) -> Asked:
    """A prompt's form by the table of its language, or by the other where that is not known."""
    text = prompt[:PROMPT]
    table = _table(text) or other
    normal = table.normal(text)
    kinds = frozenset(kind for kind in _KINDS if table.found(kind, normal))
    held = _held(text)
    own = _table(held) or table
    declines = held != "" and any(own.found(kind, own.normal(held)) for kind in _DECLINES)
    return Asked(text, kinds, asks_whether(text), normal, held, declines)


def _table(text: str) -> Phrases | None:
    tongue = tongue_of(text) if text else None
    return phrases(tongue) if tongue in LANGUAGES else None


def _held(prompt: str) -> str:
    """The longest text that a prompt quotes, or what stands behind its first colon."""
    quoted = max((found.strip('"“”„«»「」『』 ') for found in QUOTED.findall(prompt)), key=len, default="")
    behind = _BEHIND.search(prompt)
    held = quoted or (behind[1] if behind else "")
    return held if len(held) >= HELD else ""


def remakes(asked: Asked, answer: str) -> bool:
    """Whether an answer is as long as another form of the text that the prompt holds."""
    if not asked.held:
        return False
    share = len(answer) / len(asked.held)
    dense = [text.isascii() for text in (asked.held, answer)]
    return REMADE[0] <= share <= REMADE[1] * (DENSE if dense == [False, True] else 1)
