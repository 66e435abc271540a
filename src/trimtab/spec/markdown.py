"""The blocks of a Markdown text with their lines, as far as prose of rules is made of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

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
    begins on line `first`."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").disable("reference").parse(text)  # a definition would vanish
    depth = 0
    place = 0
    while place < len(tokens):
        token = tokens[place]
        line = first + (token.map[0] if token.map else 0)
        match token.type:
            case "heading_open":
                yield Block("heading", tokens[place + 1].content, line, int(token.tag[1:]))
                place += 2
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
                if depth > 1:
                    yield Block("a list within a list", "", line)
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "list_item_open":
                inside = _until_close(tokens, place)
                texts = [each.content for each in tokens[place:inside] if each.type == "inline"]
                strange = next((each for each in tokens[place:inside] if each.type in _STRANGE), None)
                if strange is not None:
                    yield Block(_STRANGE[strange.type], "", first + (strange.map[0] if strange.map else 0))
                yield Block("item", "\n\n".join(texts), line)
                place = inside
            case "paragraph_open":
                yield Block("paragraph", tokens[place + 1].content, line)
                place += 2
            case "html_block" if _COMMENTS.fullmatch(token.content):
                pass
            case kind if kind in _STRANGE:
                yield Block(_STRANGE[kind], "", line)
            case _:
                pass
        place += 1


def _until_close(tokens: "list[Token]", place: int) -> int:
    level = tokens[place].level
    return next(
        at for at in range(place + 1, len(tokens)) if tokens[at].type == "list_item_close" and tokens[at].level == level
    )
