"""Why items have no value although one is due: reasons in few words, that kinds are counted by."""

import re
from collections.abc import Iterable, Mapping

UNTOLD = "no reason given"
"""Why an item was not judged, where nobody said why."""
EMPTY = "empty"
"""Why an answer without a word is not judged."""
THOUGHT_ONLY = "thought only"
"""Why a thought without an answer behind it is not judged."""
REFUSED_BY_API = "refused by the API"
"""What a server's own refusal is called, where it is judged and where it holds no word that could be."""
_BEFORE_REASON = ("could not judge:", "not judged:")
_OF_ONE_ITEM = re.compile(r"[:;(]|\s[\"'“‘«]")
"""Where a reason begins to tell of one item alone, behind what many items share."""
_SHOWN = 3
"""Reasons that are told by name; the others together."""


def kind_of_reason(reason: str) -> str:
    """What many items share of a scorer's reason: "server said" of "could not judge: server said: timed out"."""
    told = reason.strip()
    for words in _BEFORE_REASON:
        told = told.removeprefix(words).lstrip()
    return _OF_ONE_ITEM.split(told, maxsplit=1)[0].strip() or UNTOLD


def counted_reasons(reasons: Iterable[str]) -> dict[str, int]:
    """How often each comes, most first, then by the alphabet."""
    found: dict[str, int] = {}
    for reason in reasons:
        found[reason] = found.get(reason, 0) + 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def reasons_told(unjudged: Mapping[str, int]) -> str:
    """`filtered 30, empty 4`: the commonest reasons by name, the others together."""
    first = list(unjudged.items())[:_SHOWN]
    rest = sum(unjudged.values()) - sum(count for _, count in first)
    return ", ".join([f"{reason} {count:,}" for reason, count in first] + ([f"others {rest:,}"] if rest else []))


def unjudged_told(unjudged: Mapping[str, int], judged: int) -> str:
    """`34 of 70 could not be judged (filtered 30, empty 4)`; empty where nothing is missing."""
    count = sum(unjudged.values())
    return f"{count:,} of {count + judged:,} could not be judged ({reasons_told(unjudged)})" if count else ""


class CountsUnjudged:
    """What a figure over `n` judged items says of those that should have counted too: `unjudged`, by the reason."""

    n: int
    unjudged: dict[str, int]

    @property
    def missing(self) -> int:
        """How many should have counted and could not be judged."""
        return sum(self.unjudged.values())

    @property
    def missing_told(self) -> str:
        """How many, of how many, and why; empty where nothing is missing."""
        return unjudged_told(self.unjudged, self.n)
