"""Thought before an answer: what a model writes between marks for itself, taken off before anything is judged.

Only what stands at the beginning of a text is thought; marks that an answer quotes later are its own words. A thought
that is opened and never closed has no answer. A mark that closes what nothing in the text has opened ends a thought
too, as many templates open it in the prompt; where the text only speaks of such a mark, in code, in quotation marks or
in the middle of a sentence, it does not.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from .text import Answer
from .thought_marks import Kind, known_kinds, pattern


class Spoken(NamedTuple):
    """A text parted: what was thought, without its marks, and the answer. None is "there is none"."""

    thought: str | None
    answer: str | None


_MENTIONED_IN = 64
"""Places at which a mark may be spoken of before one closes the thought; more are not looked at, as that takes time."""

_TURN = re.compile(r"(?:<s>|<bos>|<\|begin_of_text\|>|<\|im_start\|>assistant|<\|start\|>assistant(?!<\|channel\|>))")
_TOKENS = re.compile(r"<\|(?:start\|>assistant|message\|>|end\|>|channel\|>(?:analysis|commentary)[^<>]{0,60})")
_TAIL = ("<|return|>", "<|end|>", "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "</s>", "<end_of_turn>", "<turn|>")
_WRAPPED = tuple(
    (pattern(first), last)
    for first, last in (
        (r"<(?P<name>answer|response|output|final_answer|final|solution)>", "</{name}>"),
        (r"\[BEGIN FINAL RESPONSE\]", "[END FINAL RESPONSE]"),
        (r"<\|begin_of_solution\|>", "<|end_of_solution|>"),
        (r"<\|START_RESPONSE\|>", "<|END_RESPONSE|>"),
    )
)
"""What stands around an answer that follows a thought, and is none of it."""
_END_RESPONSE = "[END FINAL RESPONSE]"
_BLANKS = re.compile(r"\s*")
_QUOTES = frozenset("\"'`“”„‘’«»‹›「」『』()*")
_AFTER_A_MENTION = frozenset(".,;:!?)]}、。，")
_SENTENCE_ENDS = frozenset(".!?。！？…:")


def split_thought(text: str, *, opened: str = "") -> Spoken:
    """What was thought before an answer, and the answer; `opened` is what the prompt had opened of the model's turn.

    A text without marks is an answer as it stands. Linear in the text's length.
    """
    kinds = known_kinds()
    place, thoughts = _opening(text), []
    start = place
    inner = opened.strip()
    if inner and (found := _opened_by(inner, kinds)) is not None:
        kind, match = found
        closing = _closing(text, 0, kind, match)
        if closing is None:
            return Spoken(_told([text]), None)
        thoughts.append(text[: closing.start()])
        place = closing.end()
    while (found := _opens_at(text, place, kinds)) is not None:
        kind, match = found
        closing = _closing(text, match.end(), kind, match)
        if closing is None:
            if not kind.alone:
                break
            return Spoken(_told([*thoughts, text[match.end() :]]), None)
        thoughts.append(text[match.end() : closing.start()])
        place = closing.end()
    if place == start and not thoughts:
        ending = _lone(text, kinds)
        if ending is None:
            return Spoken(None, text if text.strip() else None)
        thoughts.append(text[: ending.start()])
        place = ending.end()
    answer = _unwrapped(text[place:])
    return Spoken(_told(thoughts), answer or None)


def answered(answers: Sequence[Answer]) -> list[Answer]:
    """The answers of one model with the thought taken off and kept beside each; see `split_thought`.

    Where the model's thoughts are opened in the prompt, which shows in the others, an answer that was cut before any
    mark is thought alone.
    """
    parted = [split_thought(each.text, opened=each.opened) for each in answers]
    kinds = known_kinds()
    in_prompt = any(_only_closed(each, kinds) for each in answers)
    found = []
    for each, (thought, answer) in zip(answers, parted, strict=True):
        if in_prompt and thought is None and answer is not None and not each.ended and not each.thought:
            thought, answer = answer, None
        whole = "\n\n".join(part for part in (each.thought, thought) if part) or None
        text = answer if answer is not None else ""
        same = whole == each.thought and text.strip() == each.text.strip()
        found.append(each if same else each.model_copy(update={"text": text, "thought": whole}))
    return found


def _only_closed(answer: Answer, kinds: tuple[Kind, ...]) -> bool:
    text = answer.text
    return not answer.opened and _opens_at(text, _opening(text), kinds) is None and _lone(text, kinds) is not None


@lru_cache(maxsize=64)
def _any_close(kinds: tuple[Kind, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{kind.closes.pattern})" for kind in kinds if kind.lone), re.IGNORECASE)


def _opening(text: str) -> int:
    """Where a text begins, behind blanks and the special tokens of a turn."""
    place = len(text) - len(text.lstrip("\ufeff\u200b \t\r\n"))
    while (turn := _TURN.match(text, place)) is not None:
        place = turn.end()
        place += len(text[place : place + 99]) - len(text[place : place + 99].lstrip())
    return place


def _opens_at(text: str, place: int, kinds: Sequence[Kind]) -> tuple[Kind, re.Match[str]] | None:
    behind = _BLANKS.match(text, place)
    at = behind.end() if behind else place
    return next(((kind, match) for kind in kinds if (match := kind.opens.match(text, at)) is not None), None)


def _opened_by(opened: str, kinds: Sequence[Kind]) -> tuple[Kind, re.Match[str]] | None:
    return next(((kind, match) for kind in kinds if (match := kind.opens.fullmatch(opened)) is not None), None)


def _closing(text: str, start: int, kind: Kind, opening: re.Match[str]) -> re.Match[str] | None:
    """What closes a thought: the first mark that it does not only speak of, else the last outside code and quotes."""
    name = opening.groupdict().get("name")
    if kind.same and name:
        same = pattern(kind.same.replace("{name}", re.escape(name)))
        if (found := _first(text, start, same, strict=False)) is not None:
            return found
    return _first(text, start, kind.closes, strict=False)


def _lone(text: str, kinds: tuple[Kind, ...]) -> re.Match[str] | None:
    """A mark that closes a thought which nothing in the text has opened."""
    if _any_close(kinds).search(text) is None:
        return None
    found = [
        match
        for kind in kinds
        if kind.lone
        and (match := _first(text, 0, kind.closes, strict=True)) is not None
        and kind.opens.search(text, 0, match.start()) is None
    ]
    return min(found, key=lambda match: match.start(), default=None)


def _first(text: str, start: int, marks: re.Pattern[str], *, strict: bool) -> re.Match[str] | None:
    """The first mark that stands for itself; where not `strict`, else the last that is neither in code nor quoted."""
    doubtful, fences, looked = None, 0, start
    for number, match in enumerate(marks.finditer(text, start)):
        if number == _MENTIONED_IN:
            break
        fences += text.count("```", looked, match.start())
        looked = match.start()
        if fences % 2 or _quoted(text, start, match):
            continue
        if not _mentioned(text, match):
            return match
        doubtful = match
    return None if strict else doubtful


def _quoted(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the mark stands in quotation marks, brackets or inline code that began behind `start`."""
    first, last = match.span()
    if text[first - 1 : first] in _QUOTES and text[last : last + 1] in _QUOTES and first and last < len(text):
        return True
    line = max(start, text.rfind("\n", start, first) + 1)
    if text.count("`", line, first) % 2 == 0:
        return False
    ends = text.find("\n", last)
    return text.find("`", last, len(text) if ends < 0 else ends) >= 0


def _mentioned(text: str, match: re.Match[str]) -> bool:
    """Whether the mark is a word of a running sentence."""
    first, last = match.span()
    before, after = text[max(0, first - 2) : first], text[last : last + 2]
    if not before or before.endswith("\n"):
        return False
    if after[:1] in _AFTER_A_MENTION and after:
        return True
    running = before[-1] == " " and before[:1] not in _SENTENCE_ENDS
    return running and after[:1] == " " and after[1:].islower()


def _unwrapped(text: str) -> str:
    """An answer without what stands around it, and without the tokens that end a turn."""
    answer = text.strip()
    while (token := next((each for each in _TAIL if answer.endswith(each)), None)) is not None:
        answer = answer.removesuffix(token).rstrip()
    answer = answer.removesuffix(_END_RESPONSE).rstrip()
    for first, last in _WRAPPED:
        opening = first.match(answer)
        if opening is None:
            continue
        close = last.replace("{name}", opening.groupdict().get("name") or "")
        inner = answer[opening.end() :]
        if close.lower() not in inner.lower():
            return inner.strip()
        if inner.lower().endswith(close.lower()):
            return inner[: -len(close)].strip()
    return answer


def _told(thoughts: Sequence[str]) -> str | None:
    """The thoughts as one text, without the tokens between them."""
    return "\n\n".join(part for each in thoughts if (part := _TOKENS.sub("\n", each).strip())) or None
