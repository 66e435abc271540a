"""A rule's patterns, searched so that no text can hold them up.

The package `regex` searches, under a limit of seconds. A pattern that runs over it goes to an engine of linear time
(Rust's, in Polars), which knows no lookaround and no backreference; where that cannot read it, nothing is known of the
text, and `RanOver` says so. Both engines hold that a vowel sign or a joiner belongs to its word (Unicode UTS 18, annex
C), which Python's own does not, so that `\\b` ends words in Hindi and Thai where readers do.
"""

from functools import cache, lru_cache

import regex

from ..errors import UserError

SECONDS, A_SECOND = 0.5, 1_000_000
"""Of processor time for one pattern in one text, and by how many characters of it there is one more: what a well-made
pattern takes is a thousandth of that."""
_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_TOKEN = regex.compile(
    rf"(?P<escape>\\.)|(?P<class>{_CLASS})|(?P<count>\{{\d*(?:,\d*)?\}})|(?P<group>\((?:\?(?:P<\w+>|[is]*-?[is]*:"
    r"|[is]+\)|:))?)|(?P<other>.)",
    regex.DOTALL,
)
_KNOWN = frozenset("AbBdDsSwWafnrtvxuU")
"""Escapes of letters that both engines read alike; the figures of the last three follow."""
_MARKS = frozenset(r"\.+*?()|[]{}^$#&-~")
_slow: set[str] = set()
"""Patterns that ran over once; they go to the other engine at once."""


class RanOver(Exception):
    """A pattern took longer than it is given, and no engine of linear time can read it. Its text says so."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"a pattern ran over its limit of seconds: “{pattern[:120]}”")


def search(pattern: str, text: str) -> str | None:
    """The first match of a pattern in a text, whatever the case of letters; None where there is none.

    Raises RanOver where that cannot be told, UserError for what is no pattern.
    """
    found = _searched(pattern, text)
    if isinstance(found, RanOver):
        raise found
    return found


@lru_cache(maxsize=1 << 15)
def _searched(pattern: str, text: str) -> str | RanOver | None:
    """The same, or why it cannot be told: several rules have the same `when`, and several regions the same rule."""
    if pattern not in _slow:
        try:
            match = _compiled(pattern).search(text, timeout=SECONDS + len(text) / A_SECOND)
        except TimeoutError:
            if linear(pattern) is None:
                return RanOver(pattern)
            _slow.add(pattern)
        else:
            return match[0] if match else None
    import polars

    plain = linear(pattern)
    assert plain is not None
    found: str | None = polars.Series([text]).str.extract(plain, 0)[0]
    return found


def every(pattern: str, text: str, most: int = 20) -> list[str]:
    """The different things that a pattern finds in a text, in the order in which they are found, at most so many.

    Raises as `search`.
    """
    found: list[str] = []
    while len(found) < most and (one := search(pattern, text)):
        found.append(one)
        text = text.replace(one, " " * len(one))
    return found


_SIGNS = regex.compile(r"\\[bBdsAZ]|\\[^\p{L}\p{N}]|\(\?(?:[:=!]|<[=!])")
"""Pieces of a pattern that stand for figures, spaces, edges and signs."""


def of_signs(pattern: str) -> bool:
    """Whether a pattern holds figures and signs alone, so that what it looks for is written alike in all languages."""
    return regex.search(r"\p{L}|\\|\.|\[\^", _SIGNS.sub("", pattern)) is None


def may_run_over(pattern: str) -> bool:
    """Whether a pattern repeats what itself repeats without end, and no engine of linear time can read it."""
    return _nested(pattern) and linear(pattern) is None


@cache
def linear(pattern: str) -> str | None:
    """The pattern as the engine of linear time reads it; None where it means something else there, or nothing."""
    import polars

    found = _translated(pattern)
    if found is None:
        return None
    try:
        polars.Series([""]).str.contains(found)
    except polars.exceptions.ComputeError:
        return None
    return found


@cache
def _compiled(pattern: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        raise UserError(
            f"A rule's pattern is {pattern!r:.200}.",
            f"It cannot be searched for: {error}.",
            "Write it in the syntax of Python's `re` and of the package `regex` alike.",
        ) from None


def _translated(pattern: str) -> str | None:
    """In the other engine's syntax, where every piece has the same meaning there."""
    pieces, tokens = ["(?i)"], list(_TOKEN.finditer(pattern))
    for place, token in enumerate(tokens):
        said, following = token[0], tokens[place + 1][0] if place + 1 < len(tokens) else ""
        before = tokens[place - 1] if place else None
        match token.lastgroup:
            case "escape":
                piece = _escaped(said[1])
            case "class":
                piece = _class(said)
            case "count":
                piece = said.replace("{,", "{0,") if any(map(str.isdigit, said)) else None
            case "group":
                piece = None if said == "(" and following in ("?", "*") else said
            case _ if said == "$":  # also before a line break at the very end
                piece = r"(?:\n?\z)" if following in ("", "|", ")") else None
            case _ if said == "+" and before is not None and (before[0] in "*+?" or before.lastgroup == "count"):
                piece = None  # possessive
            case _:
                piece = None if said in "{}" else said
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _escaped(letter: str) -> str | None:
    if letter == "Z":
        return r"\z"
    if letter in _KNOWN or letter in _MARKS:
        return f"\\{letter}"
    return None if letter.isalnum() else letter


def _class(said: str) -> str | None:
    r"""A class as the other engine reads it. Within one `\b` is a backspace, and `[`, `&&`, `--`, `~~` are letters."""
    start = 2 if said.startswith("[^") else 1
    pieces = []
    for match in regex.finditer(r"\\.|.", said[start:-1], regex.DOTALL):
        one = match[0]
        if len(one) == 1:
            piece = f"\\{one}" if one in "[]&~" or (one == "-" and said[start + match.start() - 1] == "-") else one
        elif one[1] in "bBAZ":
            return None
        else:
            escaped = _escaped(one[1])
            if escaped is None:
                return None
            piece = escaped
        pieces.append(piece)
    return said[:start] + "".join(pieces) + "]"


def _nested(pattern: str) -> bool:
    """Whether a group that repeats without end holds what does so too."""
    tokens = list(_TOKEN.finditer(pattern))
    opened: list[bool] = []
    inside = False
    for place, token in enumerate(tokens):
        said = token[0]
        if token.lastgroup == "group" and not said.endswith(")"):
            opened.append(inside)
            inside = False
        elif said == ")" and opened:
            if inside and _endless(tokens, place + 1):
                return True
            inside = opened.pop() or inside
        elif _endless(tokens, place):
            inside = True
    return False


def _endless(tokens: "list[regex.Match[str]]", place: int) -> bool:
    """Whether the token there repeats what stands before it without end, and gives back what it took."""
    if place >= len(tokens):
        return False
    said = tokens[place][0]
    if place and said == "+" and (tokens[place - 1][0] in ("*", "+", "?") or tokens[place - 1].lastgroup == "count"):
        return False
    endless = said in ("*", "+") or (tokens[place].lastgroup == "count" and said.endswith(",}"))
    return endless and (place + 1 == len(tokens) or tokens[place + 1][0] != "+")
