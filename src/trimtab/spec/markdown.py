"""The blocks of a Markdown text with their lines, as far as prose of rules is made of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMENT = re.compile(r"[ \t]*<!--(?:(?!-->).)*-->")
_COMMENTS = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)

_STRANGE = {
    "fence": "a block of code", "code_block": "an indented block, which Markdown reads as code",
    "blockquote_open": "a quotation", "html_block": "HTML", "bullet_list_open": "a list within a list",
    "ordered_list_open": "a list within a list", "heading_open": "a heading within a list",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A `heading` of a level, a `paragraph` or the `item` of a list, and its line; of anything else, what it is."""

    kind: str
    text: str
    line: int
    level: int = 0


def blocks(text: str, first: int = 1) -> Iterator[Block]:
    """Headings, paragraphs and the items of lists, each with its line; whatever else there is by its name. The text
    begins on line `first`.

    What stands below an item without a blank before it is the item's by Markdown's rules, whatever was meant: it comes
    by itself, as what `goes on`.
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").disable("reference").parse(text)  # a definition would vanish
    raw = text.split("\n")
    depth = 0
    place = 0
    while place < len(tokens):
        token = tokens[place]
        line = first + (token.map[0] if token.map else 0)
        match token.type:
            case "heading_open":
                yield Block("heading", _plain(tokens[place + 1]), line, int(token.tag[1:]))
                place += 2
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
                if depth > 1:
                    yield Block("a list within a list", "", line)
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "list_item_open":
                inside = _until_close(tokens, place)
                own, rest = _own_lines([each for each in tokens[place:inside] if each.type == "inline"], raw)
                strange = next((each for each in tokens[place:inside] if each.type in _STRANGE), None)
                if strange is not None:
                    yield Block(_STRANGE[strange.type], "", first + (strange.map[0] if strange.map else 0))
                yield Block("item", own, line)
                if rest is not None:
                    yield Block("goes on", rest[1], first + rest[0])
                place = inside
            case "paragraph_open":
                yield Block("paragraph", _plain(tokens[place + 1]), line)
                place += 2
            case "html_block" if _COMMENTS.fullmatch(token.content):
                pass
            case kind if kind in _STRANGE:
                yield Block(_STRANGE[kind], "", line)
            case _:
                pass
        place += 1


def _plain(token: "Token") -> str:
    """A text without the comments within its lines."""
    return _COMMENT.sub("", token.content)


def _own_lines(inside: "list[Token]", raw: list[str]) -> tuple[str, tuple[int, str] | None]:
    """The text of an item as far as it is written as its own, and from where on it is not, with the place of that."""
    texts: list[str] = []
    for token in inside:
        start = token.map[0] if token.map else 0
        lines = _plain(token).split("\n")
        lazy = next((at for at in range(1, len(lines)) if raw[start + at][:1].strip()), None)
        texts.append("\n".join(lines[:lazy]))
        if lazy is not None:
            return "\n\n".join(texts), (start + lazy, "\n".join(lines[lazy:]))
    return "\n\n".join(texts), None


def _until_close(tokens: "list[Token]", place: int) -> int:
    level = tokens[place].level
    return next(
        at for at in range(place + 1, len(tokens)) if tokens[at].type == "list_item_close" and tokens[at].level == level
    )
