"""Prompts that a chat template wrote before, of any family or of the model's own, and how they are read back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...data import family_of, prompt_heads, read_back
from ...records import Completion, Message
from ..view import Rows, View

_WORD = "zqzq"
OWN = "the model's own template"


@dataclass(frozen=True)
class Rendered:
    """Rows whose prompt was written by a template, by which (how many of each), and how a prompt is read back."""

    rows: Rows
    families: Counter[str]
    own: "OwnTemplate | None"

    def reread(self, prompt: Completion) -> Completion | None:
        """The conversation with its last message read back, where that was rendered; else as it is.

        What stood before it stays in front, and of two system messages both are told. None where it cannot be read
        back: turns stood before those that it holds, or it does not wait for an answer.
        """
        *before, last = prompt
        if last.role != "user" or not self._wrote(last.content):
            return prompt
        found = self._back(last.content)
        if found is None:
            return None
        if before and before[-1].role == "system" and found[0].role == "system":
            said = f"{before[-1].content}\n\n{found[0].content}"
            return (*before[:-1], before[-1].model_copy(update={"content": said}), *found[1:])
        turns = any(message.role != "system" for message in before)
        return None if turns and len(found) > 1 else (*before, *found)

    def _wrote(self, text: str) -> bool:
        return family_of(text) is not None or (self.own is not None and self.own.wrote(text))

    def _back(self, text: str) -> Completion | None:
        found = read_back(text)
        return self.own.back(text) if found is None and self.own is not None else found


def rendered_prompts(view: View) -> Rendered:
    """The prompts of all rows; with a tokenizer also those that its own template wrote, whatever its marks."""
    import polars as pl

    own = OwnTemplate(view.tokenizer) if getattr(view.tokenizer, "chat_template", None) else None
    if own is not None and not own.marks:
        own = None
    prompt = pl.col("prompt").str.strip_chars_start()
    seen = prompt.str.contains(prompt_heads())
    if own is not None:
        seen |= prompt.str.starts_with(own.marks[0])
    candidates = np.flatnonzero(view.table.lazy().select(seen.fill_null(False)).collect().to_series().to_numpy())
    families: Counter[str] = Counter()
    rows = []
    for row, text in zip(candidates.tolist(), view.table["prompt"].gather(candidates).to_list(), strict=True):
        family = family_of(text)
        name = family.name if family is not None else OWN if own is not None and own.wrote(text) else None
        if name is not None:
            families[name] += 1
            rows.append(row)
    return Rendered(np.array(rows, dtype=np.int64), families, own)


class OwnTemplate:
    """What a tokenizer's chat template writes around a user's message."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    @cached_property
    def marks(self) -> Sequence[str]:
        """What stands before the message and after it; none where the template fails, or marks nothing."""
        from jinja2 import TemplateError

        asked = [{"role": "user", "content": _WORD}]
        try:
            text = self._tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError):
            return ()
        head, found, tail = text.partition(_WORD)
        return (head.strip(), tail.strip()) if found and head.strip() and tail.strip() else ()

    def wrote(self, text: str) -> bool:
        """Whether a text begins and ends as the template's prompts do."""
        head, tail = self.marks
        bare = text.strip()
        return len(bare) >= len(head) + len(tail) and bare.startswith(head) and bare.endswith(tail)

    def back(self, text: str) -> Completion | None:
        """What the user said in a prompt of one turn; None for others."""
        if not self.wrote(text):
            return None
        head, tail = self.marks
        said = text.strip()[len(head) : -len(tail)].strip()
        return (Message(role="user", content=said),) if said and head not in said and tail not in said else None
