"""A pile of texts to be scored: rows with a response, and the prompt it answers if there is one."""

from dataclasses import dataclass
from typing import Any

from ..errors import UserError, option
from ..records import Reject
from .sources import Source, title_of
from .table import table_rows


@dataclass(frozen=True)
class Response:
    """A text with the prompt it answers ("" where there is none); `row` counts the file's rows from 0."""

    row: int
    prompt: str
    text: str


@dataclass(frozen=True)
class Responses:
    """What a file gave: `len(kept) + len(rejected) == read`. A reject's `row` is a number from 0."""

    kept: tuple[Response, ...]
    rejected: tuple[Reject, ...]
    read: int


def read_responses(source: Source, *, prompt: str = "prompt", response: str = "response") -> Responses:
    """Reads any source (files: JSON Lines, JSON, CSV, Parquet); `prompt` and `response` name the columns.

    A prompt is text or a list of messages, of which the last one's text counts. A response is text, or a list of
    messages. Rows without a response go to the reject log with the reason. Raises UserError where the source cannot be
    read, is empty, or no row has a response.
    """
    kept: list[Response] = []
    rejected: list[Reject] = []
    columns: dict[str, None] = {}
    name = title_of(source)
    number = -1
    for number, (_, raw) in enumerate(table_rows(source)):
        if isinstance(raw, Exception):
            rejected.append(Reject(source=name, row=str(number), reason=str(raw)))
            continue
        columns.update(dict.fromkeys(map(str, raw)))
        text, asked = _text(raw.get(response)), _text(raw.get(prompt)) if raw.get(prompt) is not None else ""
        if text is None or asked is None:
            column, value = (response, raw.get(response)) if text is None else (prompt, raw.get(prompt))
            reason = f"no {column}" if value is None else f"{column} is no text, but {type(value).__name__}"
            rejected.append(Reject(source=name, row=str(number), reason=reason, excerpt=str(value or "")[:120]))
            continue
        kept.append(Response(number, asked, text))
    if not kept:
        why = "It holds no row." if number < 0 else f"None of its {number + 1} rows has text under {response!r}."
        there = f" Its columns are {', '.join(columns)}." if columns else ""
        raise UserError(
            f"{name} was given as texts to score.",
            why + there,
            "Give rows with `response` and, if there is one, `prompt`; or name the columns "
            f"({option('response')}, {option('prompt')}).",
        )
    return Responses(tuple(kept), tuple(rejected), number + 1)


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        value = value[-1].get("content")
    return value if isinstance(value, str) else None
