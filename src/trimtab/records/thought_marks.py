"""Marks that a thought stands between: the table of those that are known, and those that a user adds to it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from pydantic import Field

from .base import Record

VERSION = "2"
"""Changes whenever another part of the same text would be taken for thought; part of what figures hang on."""


class ThoughtMarks(Record):
    """What opens a thought at the beginning of a text and what closes it, as written."""

    open: str = Field(min_length=1)
    close: str = Field(min_length=1)


@dataclass(frozen=True)
class Kind:
    """One kind of marks. `closes` gives what closes a thought that was opened by a certain name.

    Without `alone`, marks that open and never close are no thought, and with `lone`, one that closes needs no other
    that opens.
    """

    opens: re.Pattern[str]
    closes: re.Pattern[str]
    same: str = ""
    alone: bool = True
    lone: bool = True


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_SPACE = r"[a-z0-9-]{1,20}[:_]"
_NAMES = (
    rf"(?:{_SPACE})?(?:think|thinks|thinking|thought|thoughts)|antthinking|reasoning|reflection|scratchpad|cot"
    "|(?:inner|internal)_(?:monologue|reasoning|thinking|thoughts?)|chain_of_thought|思考|思考过程"
)
_KINDS = (
    # <think>, <thinking>, <thought>, <reasoning>, <seed:think> and so on, with attributes or without
    Kind(
        pattern(rf"<[ ]?(?P<name>{_NAMES})(?:\s[^<>\n]{{0,99}})?>"),
        pattern(rf"<[ ]?/[ ]?(?:{_NAMES})[ ]?>"),
        r"<[ ]?/[ ]?{name}[ ]?>",
    ),
    # [THINK] of Mistral, and the like
    Kind(pattern(rf"\[(?P<name>{_NAMES})\]"), pattern(rf"\[/(?:{_NAMES})\]"), r"\[/{name}\]"),
    # Kimi
    Kind(pattern("◁think▷"), pattern("◁/think▷")),
    # <|begin_of_thought|>, <|START_THINKING|>, <|think|>, <|thinking_start|>
    Kind(
        pattern(rf"<\|(?:(?:begin|start)(?:_of)?_)?(?:{_NAMES})(?:_(?:start|begin))?\|>|<\|inner_prefix\|>"),
        pattern(rf"<\|(?:/|end(?:_of)?_)(?:{_NAMES})\|>|<\|(?:{_NAMES})_end\|>|<\|inner_suffix\|>"),
    ),
    # the channels of gpt-oss, up to the final one
    Kind(
        pattern(r"(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)"),
        pattern(r"(?:<\|start\|>assistant)?<\|channel\|>final[^<>]{0,40}(?:<\|constrain\|>[^<>]{0,40})?<\|message\|>"),
    ),
    # the same where the special tokens were left out of the text
    Kind(re.compile(r"(?:analysis|commentary)(?=[A-Z])"), re.compile("assistantfinal"), lone=False),
    Kind(re.compile("analysis|commentary"), re.compile("assistantfinal"), lone=False, alone=False),
    # words that an answer may be headed by as well: they are thought where what follows is called the answer
    Kind(
        pattern("<(?:analysis|internal|planning|plan|reason|critique|draft)>"),
        pattern(
            r"</(?:analysis|internal|planning|plan|reason|critique|draft)>(?=\s{0,9}<(?:final_?)?(?:answer|response|output)>)"
        ),
        lone=False,
        alone=False,
    ),
    # what Open WebUI writes into the text
    Kind(
        pattern(r"<details\s[^<>\n]{0,200}\btype=[\"']reasoning[\"'][^<>\n]{0,200}>"), pattern("</details>"), lone=False
    ),
    # the channel of Gemma 4
    Kind(pattern(r"<\|channel>(?:thought|analysis)?\s"), pattern(r"<channel\|>")),
    # Granite 3.2, Apriel, HuatuoGPT: marks in words
    Kind(pattern(r"here(?:'s|’s| is) my thought process:"), pattern(r"here(?:'s|’s| is) my response:"), lone=False),
    Kind(pattern("here are my reasoning steps:"), pattern(r"\[BEGIN FINAL RESPONSE\]"), lone=False),
    Kind(pattern(r"##? thinking[ \t]*\n"), pattern(r"##? final (?:response|answer)[ \t]*\n"), lone=False, alone=False),
)
_HINT = (
    r"</|< /|<\||\A\s*<|\[/|\A\s*\[|\x{25C1}|<channel\|>|assistantfinal|\A\s*(?:analysis|commentary)[A-Z]"
    r"|(?i:\A\s*(?:here(?:'s|\x{2019}s| is| are) my |##? thinking))"
)
_CHANNELS = frozenset({"<|channel|>", "<|channel>", "<channel|>"})

_extra: tuple[ThoughtMarks, ...] = ()


def added_marks() -> tuple[ThoughtMarks, ...]:
    """The marks that were added to the table for now."""
    return _extra


@contextmanager
def also_thought(marks: Sequence[ThoughtMarks]) -> Iterator[None]:
    """While it lasts, what stands between these marks is thought too."""
    global _extra
    before, _extra = _extra, (*_extra, *marks)
    try:
        yield
    finally:
        _extra = before


def thought_version() -> str:
    """What the parting of texts hangs on: our own table, and the marks that were added to it."""
    added = ", ".join(f"{each.open} … {each.close}" for each in _extra)
    return f"{VERSION}, {added}" if added else VERSION


def thought_hint() -> str:
    """A regular expression (Rust's too) that finds something in every text with a thought, and in few without."""
    added = "".join(f"|{re.escape(each.open)}|{re.escape(each.close)}" for each in _extra)
    return _HINT + added


def opens_thought(text: str) -> str:
    """The mark of a thought that a text ends with, as written; "" where it ends with none."""
    end = text.rstrip()
    for kind in known_kinds():
        for match in kind.opens.finditer(end, max(0, len(end) - 120)):
            if match.end() == len(end) and kind.alone:
                return match[0]
    return ""


def is_thought_mark(token: str) -> bool:
    """Whether a token is a mark of thought, or the part of one that tells."""
    text = token.strip()
    return text in _CHANNELS or any(
        pattern.fullmatch(text) is not None for kind in known_kinds() for pattern in (kind.opens, kind.closes)
    )


def known_kinds() -> tuple[Kind, ...]:
    """The kinds of marks as they are now, those that were added first."""
    return _kinds(_extra)


@lru_cache(maxsize=64)
def _kinds(extra: tuple[ThoughtMarks, ...]) -> tuple[Kind, ...]:
    own = (Kind(re.compile(re.escape(each.open)), re.compile(re.escape(each.close))) for each in extra)
    return (*own, *_KINDS)
