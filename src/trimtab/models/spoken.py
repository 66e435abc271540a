"""What a model has said, as text: special tokens left out, but for those that part its thought from its answer."""

from collections.abc import Collection, Sequence

from transformers import PreTrainedTokenizerBase

from ..records import is_thought_mark, opens_thought

_LAST = 24
"""Tokens at a prompt's end that are looked at for the mark of a thought."""


def thought_tokens(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The special tokens that are marks of thought: a plain decoding would leave them out and run both together."""
    added = getattr(tokenizer, "added_tokens_decoder", {})
    return frozenset(i for i, token in added.items() if token.special and is_thought_mark(token.content))


def said(
    tokenizer: PreTrainedTokenizerBase, tokens: Sequence[int], marks: Collection[int], ends: Collection[int]
) -> str:
    """The text of an answer's tokens; `marks` are the tokenizer's `thought_tokens`, `ends` those that close a turn."""
    if marks and any(token in marks for token in tokens):
        spoken = tokens[:-1] if tokens[-1] in ends else tokens
        return str(tokenizer.decode(spoken, skip_special_tokens=False))
    return str(tokenizer.decode(tokens, skip_special_tokens=True))


def opened_thought(tokenizer: PreTrainedTokenizerBase, prompt: Sequence[int]) -> str:
    """The mark of a thought that the template has opened at the end of a prompt; "" where it has opened none."""
    return opens_thought(str(tokenizer.decode(list(prompt[-_LAST:]), skip_special_tokens=False)))
