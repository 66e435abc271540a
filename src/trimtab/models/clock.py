"""A fixed clock for chat templates that say the date: the same prompt is the same tokens on every day."""

from datetime import datetime
from functools import partial
from typing import Any

from transformers import PreTrainedTokenizerBase

CLOCK = datetime(2024, 7, 26, 12, 0)
"""The day that Llama 3.1's template falls back to where nobody tells it one, at noon."""

_CALL = "strftime_now"
"""The only clock that transformers gives to a template."""
_DIRECTIVES = [
    *(f"%-{letter}" for letter in "dmHIMSjy"),
    *(f"%{letter}" for letter in "aAwdbBmyYHIMSpfjUWcxXGuVFTDRZz"),
]


def at_fixed_clock(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """The tokenizer, whose template is told `CLOCK` instead of the time; what is saved of it is as it was.

    The clock is a macro of the same name before the template: transformers hands no function to a template.
    """
    tokenizer.get_chat_template = partial(_with_clock, tokenizer.get_chat_template)
    return tokenizer


def says_the_date(template: Any) -> bool:
    """Whether a chat template, or one of several by name, asks for the time."""
    return _CALL in str(template)


def _with_clock(template_of: Any, *given: Any, **options: Any) -> str:
    template: str = template_of(*given, **options)
    return f"{_MACRO}{template}" if says_the_date(template) else template


def _macro() -> str:
    replaced = "".join(f".replace('{each}', '{CLOCK.strftime(each)}')" for each in _DIRECTIVES)
    return f"{{%- macro {_CALL}(format) -%}}{{{{- format{replaced}.replace('%%', '%') -}}}}{{%- endmacro -%}}"


_MACRO = _macro()
