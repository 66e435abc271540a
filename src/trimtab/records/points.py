"""What a good answer to a prompt would say: points, each with the ways to say it."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from .base import Record

_PIECE = re.compile(r"[^\W_](?:[^\s|*_]*[^\W_])?\*?")
"""One word of a way; a star ends it where any word that begins so will do."""


def _well_formed(way: str) -> str:
    if not way.strip():
        raise ValueError("a way is empty")
    for part in way.split():
        for choice in part.split("|"):
            if not all(_PIECE.fullmatch(piece) for piece in choice.split("_")):
                raise ValueError(
                    f"the way {way!r} has {part!r}: write words, `|` between words of which any will do, `_` between "
                    "words that stand side by side, and `*` at a word's end"
                )
    return way


Way = Annotated[str, AfterValidator(_well_formed)]
"""Words that one sentence must hold, in any order.

`a|b` is any of them; they are compared by stem; `begin*` is any word that begins so; `olive_oil` are words that stand
side by side in this order. Numbers as digits and as words are one. Without a negation of its own a way is not found
where the clause negates it.
"""


class Point(Record):
    """One thing that a good answer could say; made where one of its `ways` is found, `needed` where it must be."""

    ways: tuple[Way, ...] = Field(min_length=1)
    needed: bool = False


class PromptPoints(Record):
    """The points of one prompt, and the ways to say what is plainly false or harmful there (`wrong`).

    `kind` groups prompts in tables.
    """

    id: str = Field(min_length=1)
    kind: str = "other"
    prompt: str = Field(min_length=1)
    points: tuple[Point, ...] = Field(min_length=1)
    wrong: tuple[Way, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.prompt.strip():
            raise ValueError("the prompt is empty")
        return self
