"""A system message put before a conversation, wherever the model's chat template has room for one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..records import Message, Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_PROBE = "a system message"


def takes_system(tokenizer: "PreTrainedTokenizerBase") -> bool:
    """Whether the chat template renders a system message: some refuse one, and some leave it out without a word."""
    from jinja2 import TemplateError

    asked = [{"role": "system", "content": _PROBE}, {"role": "user", "content": "hello"}]
    try:
        return _PROBE in str(tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True))
    except TemplateError:
        return False


def under_system(prompt: Prompt, system: str, *, takes: bool = True) -> Prompt:
    """The prompt with a system message before it: ahead of its own, if it has one, in the same message.

    Where the template `takes` none, it stands at the head of the first message of the user.
    """
    role = "system" if takes else "user"
    place = next((i for i, message in enumerate(prompt.messages) if message.role == role), None)
    if place is None:
        messages: Sequence[Message] = (Message(role="system", content=system), *prompt.messages)
    else:
        told = Message(role=prompt.messages[place].role, content=f"{system}\n\n{prompt.messages[place].content}")
        messages = (*prompt.messages[:place], told, *prompt.messages[place + 1 :])
    return prompt.model_copy(update={"messages": tuple(messages)})
