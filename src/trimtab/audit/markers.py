"""A chat template's markers in an answer: which are a slip that can be cut, and which are a dialogue.

A template's tokens are a slip wherever they stand, unless they are what was asked about. A line that begins "User:" may
be the next turn, which a model or an export ran on into, or a dialogue that somebody asked for; it is cut where a new
turn of the user's follows an answer that had come to its end, and nothing else hints at a dialogue. What stands in code
is quoted. Everything takes time linear in the text.
"""

import re
from dataclasses import dataclass

_TOKENS = (
    r"<\|(?:im_start|im_end|endoftext|end|eot_id|eom_id|begin_of_text|end_of_text|start_header_id|end_header_id|user"
    r"|assistant|system|endofprompt|pad|end_of_turn|START_OF_TURN_TOKEN|END_OF_TURN_TOKEN|return|channel)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<｜[^｜<>]{1,30}｜>"
)
_AT_EDGES = r"(?:\A\s*<(?:s|bos)>|<(?:/s|eos|pad)>)"
"""`<s>` is HTML's strike-through as well, so it counts at the beginning alone."""
_FIRST = r"[ \t]*(?:Human|User|Assistant|AI|Bot|System)[ \t]*:"
_LATER = r"\n[ \t]*(?:Human|User|Assistant):|\n#{2,3} ?(?:Instruction|Response|Human|Assistant|User|Input):"
ANY = rf"{_TOKENS}|{_AT_EDGES}|\A{_FIRST}|{_LATER}"
"""Any marker, in one quick look at all rows."""

_TOKEN = re.compile(f"{_TOKENS}|{_AT_EDGES}")
_ROLE_FIRST, _ROLE_LATER = re.compile(_FIRST), re.compile(_LATER)
_LEADING_TOKENS = re.compile(rf"\A\s*(?:(?:{_TOKENS}|<(?:s|bos)>)\s*)+")
_LEADING = re.compile(rf"\A\s*(?:(?:{_TOKENS}|<(?:s|bos)>|(?:Human|User|Assistant|AI|Bot|System)[ \t]*:)\s*)+")
_USERS = re.compile(r"Human|User|Instruction|Input")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_DIALOGUE = (
    r"(?:dialog(?:ue)?s?|conversations?|chats?|chat ?logs?|scripts?|transcripts?|interviews?|screenplays?|skits?"
    r"|scenes?|plays?|role-?plays?|exchanges?|q ?& ?a|sketch(?:es)?|gespräche?|unterhaltung|dialogues"
    r"|conversación|diálogos?|dialoghi|dialogo|conversazione|conversa|gesprek|dialoog|rozmow[aęy]|对话|對話|会話|対話|대화|диалог)"
)
_ASKS = re.compile(
    rf"\b(?:write|make|create|compose|generate|give|draft|invent|imagine|show|simulate|continue|finish|rewrite|turn|"
    rf"script|produce|come up with|tell|schreib\w*|erfinde|écri\w+|escrib\w+|scriv\w+|escrev\w+|schrijf|napisz)\b"
    rf"[^.!?\n]{{0,120}}\b{_DIALOGUE}(?!\w)|\b{_DIALOGUE}\b[^.!?\n]{{0,60}}\bbetween\b|对话|對話|会話|対話|대화|диалог",
    re.IGNORECASE,
)
"""A prompt that wants a dialogue written."""
_SPEAKS_OF = re.compile(
    rf"\b(?:{_DIALOGUE}|few-?shot|examples?|prompts?|multi-?turn|alpaca|fine-?tun\w+)(?!\w)|\n[ \t]*(?:Human|User|"
    r"Assistant|Q|A):|\A[ \t]*(?:Human|User|Assistant|Q):",
    re.IGNORECASE,
)
"""A prompt that has to do with one."""
_OF_TOKENS = re.compile(
    rf"{_TOKENS}|</?s>|\b(?:chat ?templates?|special tokens?|chatml|tokeni[sz]ers?|prompt formats?|control tokens?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Marked:
    """What an answer has: tokens and lines of roles that are a slip; others that are left alone, and whether a dialogue
    was asked for."""

    tokens: bool
    roles: bool
    left: bool
    asked: bool

    @property
    def cut(self) -> bool:
        """Whether something is to be cut."""
        return self.tokens or self.roles


def marked(text: str, asked: str) -> Marked:
    """Looks at an answer to what was asked."""
    bare = _without_code(text)
    tokens = _TOKEN.search(bare) is not None
    about_tokens = tokens and _OF_TOKENS.search(asked) is not None
    head = _LEADING_TOKENS.match(bare)
    first, later = _ROLE_FIRST.match(bare, head.end() if head else 0), _ROLE_LATER.search(bare)
    wanted = _ASKS.search(asked) is not None
    if first is None and later is None:
        return Marked(tokens and not about_tokens, False, about_tokens, wanted)
    slip = not (wanted or _SPEAKS_OF.search(asked)) and _runs_on(bare, first, later)
    return Marked(tokens and not about_tokens, slip, about_tokens or not slip, wanted)


def clean(text: str, asked: str = "") -> str:
    """An answer without its slips: those it begins with are stripped, and it ends at the next."""
    found = marked(text, asked)
    if not found.cut:
        return text
    bare = _without_code(text)
    leading = (_LEADING if found.roles else _LEADING_TOKENS).match(bare)
    start = leading.end() if leading else 0
    ends = [
        match.start()
        for wanted, pattern in ((found.tokens, _TOKEN), (found.roles, _ROLE_LATER))
        if wanted and (match := pattern.search(bare, start)) is not None
    ]
    return text[start : min(ends)].rstrip() if ends else text[start:]


def matches(text: str) -> list[str]:
    """The markers as they stand in a text."""
    return [match[0].strip() for match in re.finditer(ANY, _without_code(text))]


def _runs_on(bare: str, first: "re.Match[str] | None", later: "re.Match[str] | None") -> bool:
    """Whether lines of roles are a turn's own mark at the start, or the user's next turn behind a whole answer."""
    if later is None:
        return True
    if first is not None:
        return not _USERS.search(first[0]) and _USERS.search(later[0]) is not None
    before = bare[: later.start()].rstrip()
    return bool(before) and before[-1] not in ":：" and _USERS.search(later[0]) is not None


def _without_code(text: str) -> str:
    """The text with what stands in code made blank, each letter in its place."""
    return _CODE.sub(lambda match: "\0" * len(match[0]), text) if "`" in text else text
