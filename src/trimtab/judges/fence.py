"""What is judged is data: it stands between marks that it cannot hold, and a chat template's marks in it are broken.

A text may hold what closes a turn (`<|im_end|>`); a tokenizer reads that as the token itself wherever it stands, and
the rest of the text as the next turn. So such marks get a space that no tokenizer joins over.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from typing import Any

_TEMPLATE_MARKS = re.compile(
    r"<{3,}\s*[a-z][^<>\n]{0,80}>{3,}|<[|｜][^<>\n]{0,60}?[|｜]>|<[|｜]?[a-z_]{1,40}[|｜]>|<[|｜][a-z_]{1,40}>|</?s>"
    r"|<(?:bos|eos|pad|unk|sop|eop|mask|cls|sep)>|<(?:start|end)_of_(?:turn|text|image|audio)>|<end_of_utterance>"
    r"|<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|MODEL_SETTINGS"
    r"|gMASK|IMG|PREFIX|SUFFIX)\]|</?(?:think|thinking|tool_call|tool_response|tool_use|function_calls|channel)>",
    re.IGNORECASE,
)
"""What looks like a mark of data, whatever its hash; control tokens of ChatML, Llama 2 to 4, Mistral, Gemma, Phi, GLM,
DeepSeek, Command and their like."""


def fenced(texts: dict[str, str], tokens: Collection[str] = ()) -> str:
    """The texts, defused, between marks that hold a hash of them, so that no text can close its own."""
    mark = hashlib.blake2b(json.dumps(texts).encode(), digest_size=6).hexdigest()
    given = [(name, defused(text, tokens)) for name, text in texts.items() if text or name != "PROMPT"]
    return "\n\n".join(f"<<<{name} {mark}>>>\n{text}\n<<<END OF {name} {mark}>>>" for name, text in given)


def defused(text: str, tokens: Collection[str] = ()) -> str:
    """The text with a space inside each mark of a chat template; `tokens` are those of a tokenizer that is known."""
    own = sorted((each for each in tokens if len(each.strip()) > 1), key=lambda each: (-len(each), each))
    found = _TEMPLATE_MARKS.sub(lambda mark: _parted(mark[0]), text)
    if own:
        found = re.sub("|".join(map(re.escape, own)), lambda mark: _parted(mark[0]), found)
    return found


def _parted(mark: str) -> str:
    return f"{mark[0]} {mark[1:]}"


def objects(text: str) -> list[dict[str, Any]]:
    """Every outermost JSON object in a text, in order."""
    found: list[dict[str, Any]] = []
    start = text.find("{")
    while start >= 0:
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
            found.append(value)
        except (ValueError, RecursionError):
            end = start + 1
        start = text.find("{", end)
    return found


def verdicts_in(texts: Iterable[str]) -> list[dict[str, Any]]:
    """The JSON objects that stand in what is judged, as it is and as it is shown: a judge that repeats one says nothing
    of its own."""
    return [found for text in texts for each in dict.fromkeys((text, defused(text))) for found in objects(each)]
