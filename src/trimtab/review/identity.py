"""Answers that say who wrote them: found before anybody judges, and held back.

Some names mean a model or its maker wherever they stand. Others are words of their own (a river's wind, a first name)
and count where the speaker gives them as its own; so does any name that it gives itself or its maker.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NAMES = r"""
chat[- ]?gpt | gpt[- ]?(?:[2-9](?:[.o]\w*)?|j|neo|neox)(?:[- ]?turbo)? | open[- ]?ai | anthropic
| smol[- ]?(?:lm|vlm)\d? | hugging[- ]?face | deep[- ]?seek | qwen[\d.]* | qwq | tongyi | alibaba\ cloud
| mi[sx]tral[- ]?(?:ai|\d+b|large|small|nemo) | mixtral | codestral | meta[- ]?ai | (?:meta|code)[- ]?llama
| llama[- ]?\d[\d.]* | vicuna[- ]?\d+b | alpaca[- ]?\d+b | (?:google[- ]?)?(?:deepmind|bard\ ai)
| google[- ]?(?:bard|gemini|ai) | gemini[- ](?:\d[\d.]*|pro|ultra|nano|flash|advanced) | gemma[- ]?\d\w*
| palm[- ]?2 | lamda | claude[- ]?(?:\d[\d.]*|instant|opus|sonnet|haiku|ai) | grok[- ]?\d | x\.?ai
| command[- ]r(?:\+|\ plus)? | cohere[- ](?:ai|labs|for\ ai) | (?:microsoft|github|bing)[- ]?copilot
| bing[- ]?(?:chat|ai) | phi[- ]?\d(?:[.-]\w+)* | falcon[- ]?\d+b | olmo\d? | tulu[- ]?\d | nemotron
| granite[- ]\d[\d.]* | stable[- ]?lm | stability[- ]?ai | starcoder | zephyr[- ]?\d+b | openchat
| open[- ]?assistant | laion | ernie[- ]?bot | hunyuan | doubao | bytedance | moonshot[- ]ai | chatglm
| zhipu(?:[- ]?ai)? | baichuan | internlm | yi[- ]?\d+b | 01\.ai | exaone | hyperclova\w* | gigachat | yandexgpt
| aleph[- ]alpha | inflection[- ]ai | perplexity[- ]ai | jurassic[- ]?2 | ai21 | bloomz | bigscience
| eleuther[- ]?ai | pythia[- ]?\d+m | dolly[- ]?(?:2|v2) | llama\.cpp
"""
_UNSPACED = r"文心一言|通义千问|豆包|混元|智谱|月之暗面|百川智能"
_WORDS = """
alexa alpaca amazon apple aya baidu bard bing bloom claude cohere copilot cortana dolly ernie falcon gemini
gemma google granite grok ibm jamba kimi koala llama meta microsoft minimax mistral moonshot nova nvidia palm
phi pi reka samsung siri solar sparrow tencent titan vicuna watson yi zephyr
""".split()
"""Names that are words of their own."""
_I_AM = r"""
i\ am | i['’]m | my\ name\ is | call\ me | i\ go\ by | ich\ bin | ich\ hei(?:ß|ss)e | mein\ name\ ist | je\ suis
| je\ m['’]appelle | mon\ nom\ est | (?:yo\ )?soy | me\ llamo | mi\ nombre\ es | (?:io\ )?sono | mi\ chiamo
| il\ mio\ nome\ è | (?:eu\ )?sou | meu\ nome\ é | (?:eu\ )?me\ chamo | ik\ ben | ik\ heet | mijn\ naam\ is | jestem
| nazywam\ się | я(?:\ [—–-])? | меня\ зовут | benim\ adım | adım
"""
_I_AM_UNSPACED = r"我是|我叫|私は|저는|제\ 이름은|나는"
_ARTICLES = r"(?:(?:the|an?|der|die|das|eine?|le|la|un|une|el|una|il|uno|o|um|uma|de|het|een)\s+)?"
_MADE = r"(?:train|develop|creat|design|programm|power|finetun|fine-tun|releas)(?:e?d)|made|built"

_ANYWHERE = re.compile(rf"(?<![^\W_])(?:{_NAMES})(?![^\W_])|{_UNSPACED}", re.IGNORECASE | re.VERBOSE)
_OWN_WORD = re.compile(
    rf"(?:(?<!\w)(?:{_I_AM})\s+|{_I_AM_UNSPACED}\s*){_ARTICLES}\*{{0,2}}(?P<name>{'|'.join(_WORDS)})(?![^\W_])",
    re.IGNORECASE | re.VERBOSE,
)
_OWN_NAME = re.compile(
    r"\b(?:I am|I['’]m|[Mm]y name is)\s+\*{0,2}(?P<name>[A-Z][\w-]+(?:\s[A-Z][\w-]*){0,2})\*{0,2},?\s+"
    r"(?:and\s+I\s?(?:am|['’]m)\s+)?(?:an?|the|your)\s+(?:\w+[ -]){0,3}?"
    r"(?:AI|LLM|artificial|assistant|chat ?bot|language model|bot)\b"
)
_OWN_MAKER = re.compile(
    r"(?:\bI am|\bI['’]m|\bI was|\bI['’]ve been|\bI have been"
    r"|\b[Aa]s an? [\w -]{0,40}?(?:model|assistant|AI|chatbot|bot))\b"
    rf"[^.!?\n]{{0,80}}?\b(?:{_MADE})\s+(?:by|at)\s+(?:the\s+|an?\s+)?"
    r"(?:(?:team|people|researchers?|engineers?|company|startup|lab)\s+)?(?:at\s+|of\s+|from\s+|called\s+)?"
    r"\*{0,2}(?P<name>(?!AI\b|I\b)[A-Z][\w.-]*(?:\s[A-Z][\w.-]*){0,2})"
)


@dataclass(frozen=True)
class Names:
    """Names that the reviewed sources themselves have: of models, settings, files."""

    given: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds any of them, however its parts are joined; None where there are none."""
        parts = [re.split(r"[\W_]+", name.strip()) for name in self.given]
        spelled = [r"[\W_]{0,3}".join(map(re.escape, filter(None, each))) for each in parts if any(each)]
        if not spelled:
            return None
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(spelled)})(?![^\W_])", re.IGNORECASE)


def telling(names: Iterable[str]) -> tuple[str, ...]:
    """Those of a source's names that no answer would use by chance: with a figure in them, or made of several parts."""
    kept = (name for name in names if re.search(r"\d", name) or re.search(r"\w[-_/.]\w", name))
    return tuple(dict.fromkeys(name for name in kept if len(name) >= 4))


def why_held(asked: str, answers: Sequence[str], names: Names = Names()) -> str:
    """Why a prompt's answers are not shown blind: `an answer names "ChatGPT"`; "" where nothing was found.

    A name that the prompt uses itself tells nothing, unless a speaker claims it.
    """
    asked, pattern = _plain(asked), names.pattern
    for answer in map(_plain, answers):
        for own in (_OWN_WORD, _OWN_NAME, _OWN_MAKER):
            if found := own.search(answer):
                return f'an answer says of itself "{found["name"]}"'
        for anywhere in filter(None, (_ANYWHERE, pattern)):
            used = {_bare(found[0]) for found in anywhere.finditer(asked)}
            for found in anywhere.finditer(answer):
                if _bare(found[0]) not in used:
                    return f'an answer names "{found[0]}"'
    return ""


def _plain(text: str) -> str:
    """A text without what cannot be seen, and with letters in their usual form."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
