"""What an edit changed, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORDS = 4_000
"""Words of both texts together, from which on lines are compared: the time grows with the square."""


@dataclass(frozen=True)
class Change:
    """A stretch that stayed, went or came."""

    kind: Literal["same", "out", "in"]
    text: str


def word_diff(before: str, after: str) -> list[Change]:
    """The stretches in order: those that are "same" or "out" are the text before, "same" or "in" that after."""
    one, other = _WORD.findall(before), _WORD.findall(after)
    if len(one) + len(other) > _MOST_WORDS:
        one, other = _LINE.findall(before), _LINE.findall(after)
    found: list[Change] = []
    for what, low, high, start, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("same", "".join(one[low:high])))
            continue
        if low < high:
            found.append(Change("out", "".join(one[low:high])))
        if start < end:
            found.append(Change("in", "".join(other[start:end])))
    return found
