"""The tokenizer and the chat template that a model is read with: the base's, or those that an adapter brings."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from transformers import PreTrainedTokenizerBase as Tokenizer

from ..store import digest
from .checkpoint import load_tokenizer
from .clock import CLOCK, says_the_date
from .folders import adapter_folder, read_object

_VOCABULARIES = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "tekken.json")
_TEMPLATE = "chat_template.jinja"
_SETTINGS = "tokenizer_config.json"
_PROBE = "Hello, how are you?\n\nThe 12 trees are green."


def adapted(tokenizer: Tokenizer, adapter: str) -> Tokenizer:
    """The adapter's own tokenizer where its folder has one, with its own template where it has one, else those given.

    Raises UserError where the folder has one that cannot be loaded.
    """
    folder, given = adapter_folder(adapter), f"The adapter is {adapter!r}."
    if any((folder / name).is_file() for name in _VOCABULARIES):
        own = load_tokenizer(given, str(folder))
        if not own.chat_template:
            own.chat_template = tokenizer.chat_template
        return own
    if template := _template_alone(given, folder):
        tokenizer = deepcopy(tokenizer)
        tokenizer.chat_template = template
    return tokenizer


def told(tokenizer: Tokenizer, variables: Mapping[str, bool]) -> Tokenizer:
    """The tokenizer, whose chat template is told variables that whoever renders it may give; they are saved with it.

    Raises TypeError for templates by name.
    """
    if not isinstance(tokenizer.chat_template, str):
        raise TypeError("the tokenizer has no single chat template")
    lines = "".join(f"{{% set {name} = {str(value).lower()} %}}" for name, value in variables.items())
    if not tokenizer.chat_template.startswith(lines):
        tokenizer.chat_template = lines + tokenizer.chat_template
    return tokenizer


def described(tokenizer: Tokenizer, base: Tokenizer, adapters: Sequence[str]) -> dict[str, str]:
    """What decides a prompt's tokens, for the fingerprint: the template, whose it is, its clock, another tokenizer.

    `base` is the tokenizer of the model without its adapters; a part that is equal to its own is not told apart.
    """
    told = {"template": digest(str(tokenizer.chat_template))}
    if adapters and str(tokenizer.chat_template) != str(base.chat_template):
        told["template"] += ", the adapter's own"
    if adapters and (own := _tokens(tokenizer)) != _tokens(base):
        told["tokenizer"] = f"{digest(own)}, the adapter's own"
    if says_the_date(tokenizer.chat_template):
        told["clock"] = f"the template is told that it is {CLOCK:%Y-%m-%d %H:%M}"
    return told


def _tokens(tokenizer: Tokenizer) -> list[object]:
    """What tells tokenizers apart: their vocabulary, the ends of turns and texts, and how they cut a text."""
    vocabulary = sorted(tokenizer.get_vocab().items())
    return [vocabulary, tokenizer.eos_token_id, tokenizer.bos_token_id, list(tokenizer(_PROBE)["input_ids"])]


def _template_alone(given: str, folder: Path) -> str | None:
    """A chat template in a folder that has no tokenizer."""
    if (folder / _TEMPLATE).is_file():
        return (folder / _TEMPLATE).read_text(encoding="utf-8")
    if (folder / _SETTINGS).is_file():
        found = read_object(given, folder / _SETTINGS).get("chat_template")
        return found if isinstance(found, str) and found else None
    return None
