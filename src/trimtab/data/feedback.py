"""The one reader of feedback: whatever reads it keeps the same rows, of the same types, and rejects the same.

Feedback is collected in bulk: a row that is none goes to the reject log with its reason.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ..records import Comparison, Completion, Reject, Supervision
from .convert import to_comparisons
from .parts import RowError, prompt_of
from .rows import rows_of
from .scales import Scales
from .sources import Source, title_of
from .supervision import PROMPT_ALONE, supervision_from_row


@dataclass(frozen=True)
class Feedback:
    """What a source gave: `len(kept) + len(rejected) == read`.

    `prompts` are those of rejected rows that are a prompt and nothing else, `columns` the names seen in any row.
    """

    name: str
    kept: tuple[Supervision, ...]
    rejected: tuple[Reject, ...]
    read: int
    prompts: tuple[Completion, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Comparisons:
    """The comparisons that a source of `read` rows holds or makes, and the rows that are none and make none."""

    kept: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    read: int


def read_feedback(source: Source, *, ignore: Collection[str] = ()) -> Feedback:
    """Feedback of any type, also of several in one source; a row's columns tell its type.

    `source` is a path (JSON Lines, JSON, CSV, also gzipped, Parquet) or `hub:owner/name`, a sequence of mappings, a
    Polars or pandas frame, or a `datasets.Dataset`. Columns that `ignore` names are as if they were not there. Raises
    UserError where it cannot be read at all; see `supervision_from_row` for the forms of a row.
    """
    name = title_of(source)
    kept: list[Supervision] = []
    rejected: list[Reject] = []
    prompts: list[Completion] = []
    columns: dict[str, None] = {}
    scales = Scales()
    for place, raw in rows_of(source, ignore):
        if isinstance(raw, dict):
            columns.update(dict.fromkeys(map(str, raw)))
        try:
            kept.append(row_of(raw, name, place))
            scales.kept(raw, place, len(kept) - 1)
        except RowError as error:
            rejected.append(reject_of(raw, name, place, str(error)))
            scales.rejected(raw, place)
            prompts += _alone(raw) if str(error) == PROMPT_ALONE else ()
    kept, more = scales.sorted_out(kept)
    rejected += [reject_of(raw, name, place, reason) for raw, place, reason in more]
    return Feedback(name, tuple(kept), tuple(rejected), len(kept) + len(rejected), tuple(prompts), tuple(columns))


def read_comparisons(source: Source, *, ignore: Collection[str] = ()) -> Comparisons:
    """The comparisons among the rows of `read_feedback`, and then those that its other rows make."""
    found = read_feedback(source, ignore=ignore)
    made = to_comparisons(found.kept)
    return Comparisons(made.made, (*found.rejected, *made.rejected), found.read)


def row_of(raw: Any, name: str, place: str) -> Supervision:
    """A row as `rows_of` gives it. Raises RowError."""
    if isinstance(raw, Exception):
        raise RowError(str(raw))
    return supervision_from_row(raw, source=name, place=place)


def reject_of(raw: Any, name: str, place: str, reason: str) -> Reject:
    """The reject log's entry of a row."""
    excerpt = "" if isinstance(raw, Exception) else json.dumps(raw, ensure_ascii=False, default=str)[:120]
    return Reject(source=name, row=place, reason=reason, excerpt=excerpt)


def _alone(raw: dict[str, Any]) -> Iterator[Completion]:
    try:
        yield prompt_of(raw["prompt"])
    except RowError:
        return
