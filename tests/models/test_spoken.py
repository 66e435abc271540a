"""Special tokens that part thought from answer stay in the text, where a plain decoding leaves them out."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from trimtab.records import split_thought

pytest.importorskip("transformers")

from trimtab.models import opened_thought, said, thought_tokens


@dataclass(frozen=True)
class Token:
    content: str
    special: bool


@dataclass(frozen=True)
class Words:
    """A tokenizer whose tokens are words."""

    words: tuple[str, ...]
    special: tuple[str, ...]
    added_tokens_decoder: dict[int, Token] = field(default_factory=dict)

    def decode(self, tokens: Any, *, skip_special_tokens: bool) -> str:
        texts = [self.words[token] for token in tokens]
        return " ".join(text for text in texts if not (skip_special_tokens and text in self.special))


def tokenizer(*special: str) -> Any:
    words = ("hm", "Yes.", *special)
    added = {place: Token(word, True) for place, word in enumerate(words) if word in special}
    return Words(words, special, added)


def test_marks_that_are_special_tokens_part_thought_from_answer() -> None:
    made = tokenizer("[THINK]", "[/THINK]", "</s>")
    marks = thought_tokens(made)
    assert marks == {2, 3}
    assert split_thought(said(made, [2, 0, 3, 1, 4], marks, {4})) == ("hm", "Yes.")
    assert said(made, [0, 1, 4], marks, {4}) == "hm Yes."
    assert said(made, [], marks, {4}) == ""


def test_channels_are_kept() -> None:
    made = tokenizer("<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>final<|message|>", "<|channel|>")
    assert 4 in thought_tokens(made)


def test_a_thought_that_the_template_opens_is_seen_at_the_prompts_end() -> None:
    made = tokenizer("<think>")
    assert opened_thought(made, [0, 2]) == "<think>"
    assert opened_thought(made, [2, 0]) == ""
