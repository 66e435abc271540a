"""How the patterns of this package are put together."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """A pattern that is found where one of these is."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def words(text: str) -> str:
    """The words of a list written as text, as one alternative."""
    return "(?:" + "|".join(text.split()) + ")"
