"""Comparisons by the million: a Polars frame instead of records, with the same rows kept and the same reject log.

A record costs a tenth of a millisecond, a million of them two minutes. Here a row in a usual form is read with plain
comparisons of types and text; whatever looks unusual goes to `comparison_from_row`, which alone knows how to refuse.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..records import Message, Provenance, Reject
from .comparisons import KINDS, comparison_from_row
from .parts import RowError
from .read import json_rows
from .sources import Source, title_of

if TYPE_CHECKING:
    import polars

COLUMNS = (
    "id", "place", "prompt", "before", "prompt_key", "chosen", "rejected", "judge", "source", "kind",
    "chosen_origin", "rejected_origin",
)  # fmt: skip
"""Of a frame; all text but `place`, which counts the rows that were read, from 0. `prompt` is the user's last message,
`before` what stands before it, `prompt_key` a hash of both with their roles. `kind` and the origins (which model wrote
an answer) are empty where the rows do not tell."""
UNKNOWN = "unknown"
"""The judge of a row that names none."""

_CHUNK = 20_000
"""Rows that are Python objects at a time."""
_ROLES = {"system", "user", "assistant"}
_HH_START = ("\n\nHuman:", "\n\nAssistant:")
_HH_TURN = re.compile(r"\n\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}

Turn = tuple[str, str]
"""Role and content."""
Row = tuple[str, int, str, str, str, str, str, str, str, str, str, str]


@dataclass(frozen=True)
class Framed:
    """What a file of comparisons gave: `table.height + len(rejected) == read`."""

    table: "polars.DataFrame"
    rejected: tuple[Reject, ...]
    read: int


def read_frame(source: Source, told: Callable[[int], None] = lambda read: None) -> Framed:
    """The comparisons of JSON Lines (also gzipped), Parquet or memory as a frame of COLUMNS; `told` hears how many.

    Keeps and rejects what `read_comparisons` does. Raises UserError where the file cannot be read at all.
    """
    import polars

    parts: list[Any] = []
    rows: list[Row] = []
    rejected: list[Reject] = []
    schema = {column: polars.Int64 if column == "place" else polars.String for column in COLUMNS}
    count = 0
    name = title_of(source)
    for place, raw in json_rows(source):
        try:
            if isinstance(raw, Exception):
                raise RowError(f"not JSON: {raw}")
            rows.append(_fast(raw, name, place, count) or _careful(raw, name, place, count))
        except RowError as error:
            excerpt = "" if isinstance(raw, Exception) else json.dumps(raw, ensure_ascii=False, default=str)[:120]
            rejected.append(Reject(source=name, row=place, reason=str(error), excerpt=excerpt))
        count += 1
        if count % _CHUNK == 0:
            parts.append(polars.DataFrame(rows, schema=schema, orient="row"))
            rows = []
            told(count)
    parts.append(polars.DataFrame(rows, schema=schema, orient="row"))
    told(count)
    return Framed(polars.concat(parts), tuple(rejected), count)


def _fast(raw: Any, source: str, place: str, count: int) -> Row | None:
    """The row, where its form is a usual one and nothing is wrong with it; None where that is not sure."""
    if not isinstance(raw, dict):
        return None
    chosen, rejected = _turns(raw.get("chosen"), "assistant"), _turns(raw.get("rejected"), "assistant")
    if chosen is None or rejected is None:
        return None
    asked = raw.get("prompt")
    if asked:
        prompt = _turns(asked, "user")
        if prompt is None:
            return None
        if isinstance(asked, str) and prompt[-1] == ("assistant", ""):
            prompt = prompt[:-1]
    else:
        prompt, chosen, rejected = _split(chosen, rejected)
    if not prompt or prompt[-1][0] != "user" or not prompt[-1][1].strip():
        return None
    for side in (chosen, rejected):
        if not side or side[0][0] != "assistant" or side[-1][0] != "assistant":
            return None
        if not all(content.strip() for _, content in side):
            return None
    if [content.strip() for _, content in chosen] == [content.strip() for _, content in rejected]:
        return None
    given = raw.get("provenance")
    named = raw.get("judge") or raw.get("annotator")
    if isinstance(given, dict):
        try:
            provenance = Provenance.model_validate(given)
        except ValidationError:
            return None
        judge, from_ = provenance.judge, provenance.source
    else:
        judge, from_ = str(named or UNKNOWN), source
    return _row(raw, f"{source}:{place}", count, prompt, chosen, rejected, judge, from_)


def _careful(raw: Any, source: str, place: str, count: int) -> Row:
    """The row as `comparison_from_row` reads it. Raises RowError."""
    read = comparison_from_row(raw, source=source, place=place)
    prompt, chosen, rejected = map(_plain, (read.prompt, read.chosen, read.rejected))
    judge = read.provenance.judge
    if judge == UNKNOWN and raw.get("annotator"):
        judge = str(raw["annotator"])
    return _row(raw, f"{source}:{place}", count, prompt, chosen, rejected, judge, read.provenance.source)


def _plain(messages: tuple[Message, ...]) -> list[Turn]:
    return [(message.role, message.content) for message in messages]


def _row(
    raw: dict[str, Any], default: str, count: int, prompt: list[Turn], chosen: list[Turn], rejected: list[Turn],
    judge: str, source: str,
) -> Row:  # fmt: skip
    given = raw.get("id")
    key = hashlib.blake2b(digest_size=8)
    for role, content in prompt:
        key.update(f"{role}\x1f{content.strip()}\x1e".encode())
    return (
        default if given in (None, "") else str(given),
        count,
        prompt[-1][1],
        "\n".join([content for _, content in prompt[:-1]]),
        key.hexdigest(),
        "\n".join([content for _, content in chosen]),
        "\n".join([content for _, content in rejected]),
        judge,
        source,
        next((str(raw[name]) for name in KINDS if raw.get(name) is not None), ""),
        str(raw.get("chosen_model") or ""),
        str(raw.get("rejected_model") or ""),
    )


def _turns(value: Any, role: str) -> list[Turn] | None:
    if isinstance(value, str):
        if not value.startswith(_HH_START):
            return [(role, value)] if value else None
        pieces = _HH_TURN.split(value)[1:]
        return [(_HH_ROLE[who], said.strip()) for who, said in zip(pieces[::2], pieces[1::2], strict=True)]
    if not isinstance(value, list):
        return None
    turns: list[Turn] = []
    for item in value:
        if not isinstance(item, dict) or len(item) != 2:
            return None
        who, content = item.get("role"), item.get("content")
        if not isinstance(who, str) or who not in _ROLES or not isinstance(content, str):
            return None
        turns.append((who, content))
    return turns or None


def _split(chosen: list[Turn], rejected: list[Turn]) -> tuple[list[Turn], list[Turn], list[Turn]]:
    """The turns that both sides begin with are the prompt, up to the last one before an answer."""
    most = min(len(chosen), len(rejected))
    shared = 0
    while shared < most and chosen[shared] == rejected[shared]:
        shared += 1
    while shared > 0 and (shared == most or chosen[shared - 1][0] != "user"):
        shared -= 1
    return chosen[:shared], chosen[shared:], rejected[shared:]
