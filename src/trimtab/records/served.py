"""Who a server says has answered: one name that is asked for may stand for several models, by turns or one by one."""

from collections import Counter
from collections.abc import Iterable

_SHOWN = 4
"""Names that are told; the others are counted."""
_AND = " / "
"""Between those who gave one verdict together."""


def several_served(by: Iterable[str | None]) -> str:
    """A sentence on answers by more than one model or fingerprint of a server; "" where there is but one, or none."""
    found = Counter(name for each in by if each for name in each.split(_AND))
    if len(found) < 2:
        return ""
    return "under one name have answered " + listed_served(f"{name} ({n:,})" for name, n in found.most_common())


def listed_served(by: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    names = list(by)
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} other{'s' if more > 1 else ''}" if more > 0 else "")


def joined_served(by: Iterable[str | None]) -> str | None:
    """Who gave one verdict that was asked for several times; None where nobody was named."""
    return _AND.join(dict.fromkeys(each for each in by if each)) or None
