"""A pile of texts to be scored: rows with a response, or feedback of any type, whose answers are all responses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import UserError, option
from ..records import THOUGHT_ONLY, Completion, Reject, answers_of, asked_of, last_of, split_thought
from .feedback import row_of
from .forms import form_of
from .naming import SYNONYMS
from .parts import RowError, messages
from .rows import rows_of
from .sources import Source, title_of
from .supervision import NEEDED, OF_PROMPTS, TELLING

RESPONSE = "response"
"""The column of a row that is no feedback, but a text to be scored."""
_ANSWERS = ("completion", "messages", *(other for other, name in SYNONYMS.items() if name == "completion"))
_TELLING = (*TELLING, *(other for other, name in SYNONYMS.items() if name in TELLING))
"""Columns that tell a type of feedback, by all of their names."""
_HELD = tuple(name for name in _TELLING if "completion" not in NEEDED[TELLING[SYNONYMS.get(name, name)]])
"""Those of types whose answers are no completion, but stand there."""
_NONE = "it has no `{}`: there is no answer to score"


@dataclass(frozen=True)
class Response:
    """A text with the prompt it answers ("" where there is none); `row` counts the source's rows from 0.

    `answer` tells the answers of one row of feedback apart by their columns ("chosen", "completions[0]"); it is ""
    where the row has but one. What was thought before the answer is `thought`, and no part of `text`; `withheld` is why
    there is nothing to be judged.
    """

    row: int
    prompt: str
    text: str
    answer: str = ""
    thought: str | None = None
    withheld: str = ""

    @classmethod
    def of(cls, row: int, prompt: str, text: str, answer: str = "") -> "Response":
        """The response with the thought taken off; without an answer behind it, it is withheld."""
        thought, said = split_thought(text)
        return cls(row, prompt, said or "", answer, thought, THOUGHT_ONLY if thought and said is None else "")


@dataclass(frozen=True)
class Responses:
    """What a source of `read` rows gave. Each is rejected or has a response; a reject's `row` is a number from 0."""

    kept: tuple[Response, ...]
    rejected: tuple[Reject, ...]
    read: int


def read_responses(source: Source, *, prompt: str = "prompt", response: str = RESPONSE) -> Responses:
    """Reads what `read_feedback` does; `prompt` and `response` name the columns of rows that are no feedback.

    Of feedback every answer is a response. Any other row is a text under `response` and, where there is one, its
    prompt: text or a list of messages. Of a conversation what the assistant says last is the response, wherever the
    conversation ends, and what the user said last before it the prompt, where the row has none of its own. Rows without
    a response go to the reject log with the reason. Raises UserError where the source cannot be read, is empty, or no
    row has a response.
    """
    kept: list[Response] = []
    rejected: list[Reject] = []
    columns: dict[str, None] = {}
    name = title_of(source)
    number = -1
    for number, (place, raw) in enumerate(rows_of(source)):
        if isinstance(raw, dict):
            columns.update(dict.fromkeys(map(str, raw)))
        try:
            if isinstance(raw, dict) and (response != RESPONSE or _plain(raw)):
                kept.append(Response.of(number, *_texts(raw, prompt, response)))
            else:
                kept += _answers(raw, number, name, place)
        except RowError as error:
            excerpt = str(raw.get(response) or "")[:120] if isinstance(raw, dict) else ""
            reason = (_unanswered(raw, response) if isinstance(raw, dict) else "") or str(error)
            rejected.append(Reject(source=name, row=str(number), reason=reason, excerpt=excerpt))
    if not kept:
        why = "It holds no row." if number < 0 else f"None of its {number + 1} rows has text under {response!r}"
        why += f"; the first: {rejected[0].reason.removesuffix('.')}." if rejected else ""
        there = f" Its columns are {', '.join(columns)}." if columns else ""
        raise UserError(
            f"{name} was given as texts to score.",
            why + there,
            "Give rows with `response` and, if there is one, `prompt`; or name the columns "
            f"({option('response')}, {option('prompt')}).",
        )
    return Responses(tuple(kept), tuple(rejected), number + 1)


def _plain(raw: dict[str, Any]) -> bool:
    """Whether a row is a text to be scored: it has the column, and none that tells a type of feedback."""
    return raw.get(RESPONSE) is not None and all(raw.get(name) is None for name in _TELLING)


def _unanswered(raw: dict[str, Any], response: str) -> str:
    """Why a row has no answer: the column of one is empty, or it is a prompt alone; "" where it is neither."""
    columns = dict.fromkeys((response, *_ANSWERS))
    if any(raw.get(name) is not None for name in (*columns, *_HELD)):
        return ""
    if empty := [name for name in columns if name in raw]:
        return f"its `{empty[0]}` is empty: there is no answer to score"
    return _NONE.format(response) if OF_PROMPTS.issuperset(raw) else ""


def _texts(raw: dict[str, Any], prompt: str, response: str) -> tuple[str, str]:
    given = raw.get(response)
    if given is None:
        raise RowError(_NONE.format(response))
    asked = raw.get(prompt)
    said = _turns(given, response, "assistant")
    last = max((place for place, message in enumerate(said) if message.role == "assistant"), default=None)
    if last is None:
        raise RowError(f"{response} has no assistant's message")
    text = said[last].content
    if not text and said[last].tool_calls:
        raise RowError(f"{response} ends with a tool call, which is no text")
    if asked is not None:
        return asked_of(_turns(asked, prompt, "user")), text
    return (asked_of(said[:last]) if any(message.role == "user" for message in said[:last]) else ""), text


def _turns(value: Any, column: str, role: str) -> Completion:
    if not isinstance(value, str | list | dict):
        raise RowError(f"{column} is no text, but {type(value).__name__}")
    found = messages(value, column, role)
    if not found:
        raise RowError(f"{column} holds no message")
    return found


def _answers(raw: Any, number: int, name: str, place: str) -> Iterator[Response]:
    form = form_of(raw) if isinstance(raw, dict) else None
    rows = [raw] if form is None else form.rows(raw)
    for count, one in enumerate(rows):
        row = row_of(one, name, place)
        said = answers_of(row)
        for column, answer in said.items():
            at = f"[{count}]" if len(rows) > 1 else ""
            several = len(rows) > 1 or len(said) > 1
            yield Response.of(number, asked_of(row.prompt), last_of(answer), column + at if several else "")
