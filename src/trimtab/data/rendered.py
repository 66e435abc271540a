"""Text that a chat template wrote, known by its marks, and read back into the messages that it was made of.

A prompt that was rendered before is rendered again when a model is asked or trained: the marks of the first template
then are words of the user's.
"""

import re
from dataclasses import dataclass

from ..records import Completion, Message

_STARTS = (
    r"\s*+(?:(?:<s>|<bos>|<\|(?:begin_of_text|startoftext|endoftext)\|>|<｜begin▁of▁sentence｜>|<BOS_TOKEN>"
    r"|\[gMASK\]|<sop>)\s*+)*+"
)
"""What a tokenizer puts before all else; it gives nothing back, so that blanks are gone through once."""
_TAIL = 60
"""Characters at a text's end in which the mark of the assistant's turn is looked for."""


@dataclass(frozen=True)
class Family:
    """Templates that mark turns alike: what opens the turn of each role, and what closes a turn.

    Of `plain` marks, which people write as well, only a text counts that begins with one and waits for the assistant
    after another. `preamble` is what may stand before them: dropped, or with `is_system` the system message.
    """

    name: str
    opens: dict[str, str]
    ends: str
    plain: bool = False
    preamble: str = ""
    is_system: bool = False

    @property
    def turn(self) -> str:
        """A regular expression of every mark that opens a turn, in a group named by its role."""
        return "|".join(f"(?P<{role}>{mark})" for role, mark in self.opens.items())

    @property
    def head(self) -> str:
        """A regular expression of how a text of this family begins."""
        return rf"\A{_STARTS}(?P<before>{self.preamble})(?:{'|'.join(self.opens.values())})"


def _each(form: str, **words: str) -> dict[str, str]:
    """One form of mark with each role's words in it."""
    return {role: form.replace("ROLE", f"(?:{word})") for role, word in words.items()}


_USUAL = {"system": "system|developer", "user": "user|human", "assistant": "assistant|model", "tool": "tool|ipython"}

FAMILIES = (
    Family("ChatML", _each(r"<\|im_start\|>ROLE(?:<\|im_sep\|>|[ \t]*\n|[ \t]*\z)", **_USUAL), r"<\|im_end\|>"),
    Family(
        "Llama 3",
        _each(r"<\|(?:start_header_id|header_start)\|>ROLE<\|(?:end_header_id|header_end)\|>", **_USUAL),
        r"<\|(?:eot_id|eom_id|eot)\|>",
    ),
    Family(
        "Llama 2 and Mistral",
        {
            "system": r"<<SYS>>|\[SYSTEM_PROMPT\]",
            "user": r"\[INST\]|<</SYS>>",
            "assistant": r"\[/INST\]",
            "tool": r"\[TOOL_RESULTS\]",
        },
        r"</s>(?:\s*<s>)?|\[/SYSTEM_PROMPT\]|\[/TOOL_RESULTS\]",
    ),
    Family("Gemma", _each(r"(?:<start_of_turn>|<\|turn>)ROLE", **_USUAL), r"<end_of_turn>|<turn\|>"),
    Family(
        "Zephyr and Phi",
        _each(r"<\|ROLE\|>:?", **_USUAL | {"user": "user|User|prompter", "assistant": "assistant|Assistant|Bot"}),
        r"</s>|<\|(?:end|endoftext|eot|eos)\|>|<eo[ahs]>",
    ),
    Family(
        "DeepSeek",
        {"user": "<｜User｜>", "assistant": "<｜Assistant｜>"},
        "<｜end▁of▁sentence｜>",
        preamble=r"[^<｜]*?",
        is_system=True,
    ),
    Family(
        "Command R",
        _each(r"<\|START_OF_TURN_TOKEN\|><\|ROLE_TOKEN\|>", system="SYSTEM", user="USER", assistant="CHATBOT"),
        r"<\|END_OF_TURN_TOKEN\|>",
    ),
    Family(
        "gpt-oss",
        _each(r"<\|start\|>ROLE(?:<\|channel\|>[a-z]{1,20})?(?:<\|message\|>)?", **_USUAL),
        r"<\|(?:end|return)\|>",
    ),
    Family("Granite", _each(r"<\|start_of_role\|>ROLE<\|end_of_role\|>", **_USUAL), r"<\|end_of_text\|>"),
    Family(
        "OpenChat", _each(r"(?:GPT4 Correct |GPT4 )ROLE:", user="User", assistant="Assistant"), r"<\|end_of_turn\|>"
    ),
    Family(
        "Alpaca and Guanaco",
        {
            "system": r"#{2,3} ?System:",
            "user": r"#{2,3} ?(?:Instruction|Human|User|Question|Prompt):",
            "input": r"#{2,3} ?Input:",
            "assistant": r"#{2,3} ?(?:Response|Assistant|Answer|Output):",
        },
        r"</s>",
        plain=True,
        preamble=r"(?:Below is an? [^#]{1,400})?",
    ),
    Family(
        "Vicuna",
        {"system": r"\bSYSTEM:", "user": r"\bUSER:", "assistant": r"\bASSISTANT:"},
        r"</s>",
        plain=True,
        preamble=r"(?:A chat between [^\n]{1,400}?\s)?",
        is_system=True,
    ),
    Family("Together", {"user": "<human>:", "assistant": "<(?:bot|assistant)>:"}, r"</s>", plain=True),
    Family(
        "Human: and Assistant:",
        _each(r"(?m:^)[ \t]*ROLE[ \t]*:", system="System", user="Human|User", assistant="Assistant|AI|Bot"),
        r"</s>|<\|(?:endoftext|end)\|>",
        plain=True,
    ),
)
"""Every way of marking turns that is known, by the names of the models that use it."""


def prompt_heads() -> str:
    """A regular expression, without look-around or names, of how a text of any family begins."""
    return "|".join(re.sub(r"\?P<\w+>", "?:", family.head).replace("*+", "*") for family in FAMILIES)


def family_of(text: str) -> Family | None:
    """Whose template wrote a prompt; None for one that people write."""
    text = text.lstrip()
    for family in FAMILIES:
        if re.match(_python(family.head), text) is None:
            continue
        waits = rf"(?:{family.opens['assistant']})\s*\Z"
        if not family.plain or re.search(_python(waits), text[-_TAIL:]) is not None:
            return family
    return None


def read_back(text: str) -> Completion | None:
    """The messages that a template made a prompt of; None where it was none, or does not wait for an answer."""
    text = text.lstrip()
    family = family_of(text)
    if family is None:
        return None
    begun = re.match(_python(family.head), text)
    assert begun is not None
    said: list[tuple[str, str]] = [("system", begun["before"])] if family.is_system else []
    marks = list(re.finditer(_python(family.turn), text[begun.end("before") :]))
    body = text[begun.end("before") :]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        content = body[mark.end() : after.start() if after is not None else len(body)]
        closed = re.search(_python(family.ends), content)
        if closed is not None and content[closed.end() :].strip():
            return None  # words that nobody says
        words = content[: closed.start()] if closed is not None else content
        role = str(mark.lastgroup)
        if role == "input" and said:
            said[-1] = (said[-1][0], f"{said[-1][1].strip()}\n\n{words.strip()}")
        else:
            said.append((role, words))
    found = [Message.model_validate({"role": role, "content": words.strip()}) for role, words in said if words.strip()]
    if not found or found[-1].role not in ("user", "tool"):
        return None
    return tuple(found)


def _python(pattern: str) -> str:
    return pattern.replace(r"\z", r"\Z")
