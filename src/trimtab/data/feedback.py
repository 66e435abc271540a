"""The one reader of feedback: whatever reads it keeps the same rows, of the same types, and rejects the same.

Feedback is collected in bulk: a row that is none goes to the reject log with its reason.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import UserError, option, worded
from ..records import Comparison, Completion, Reject, Supervision
from .convert import to_comparisons
from .forms import NOTHING, Form, Told, unfolded
from .parts import RowError, conversation_of
from .rows import rows_of
from .scales import Scales
from .sources import Source, title_of
from .supervision import PROMPT_ALONE, supervision_from_row

READER = 6
"""Raised whenever the same file would give other rows: part of the keys of the stages that read one."""


@dataclass(frozen=True)
class Feedback:
    """What a source gave: `len(kept) + len(rejected) == read`. A row of a form counts as the judgements that it holds.

    `prompts` are those of rejected rows that are a prompt and nothing else, `columns` the names seen in any row.
    `forms` tells which forms were recognised, one line each ("HelpSteer2: ratings 0–4, helpfulness (2 rows)").
    """

    name: str
    kept: tuple[Supervision, ...]
    rejected: tuple[Reject, ...]
    read: int
    prompts: tuple[Completion, ...]
    columns: tuple[str, ...]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparisons:
    """The comparisons that a source of `read` rows holds or makes, and the rows that are none and make none."""

    kept: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    read: int
    forms: tuple[str, ...] = ()


class Recognised:
    """Counts the rows of each form, and tells them in one line a form."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()

    def add(self, form: Form, rows: int) -> None:
        """Counts rows of a form."""
        self._rows[f"{form.name}: {form.said}"] += rows

    def told(self) -> tuple[str, ...]:
        """What was recognised."""
        return tuple(f"{line} ({n:,} row{'' if n == 1 else 's'})" for line, n in self._rows.items())


def read_feedback(source: Source, told: Told = NOTHING, *, ignore: Collection[str] = ()) -> Feedback:
    """Feedback of any type, also of several in one source; a row's columns tell its type.

    `source` is a path (JSON Lines, JSON, CSV, also gzipped, Parquet) or `hub:owner/name`, a sequence of mappings, a
    Polars or pandas frame, or a `datasets.Dataset`. Rows of a known form are read by it (`trimtab.data.forms`), which
    `told` can name. Columns that `ignore` names are as if they were not there. Raises UserError where it cannot be read
    at all; see `supervision_from_row` for the forms of a row.
    """
    name = title_of(source)
    kept: list[Supervision] = []
    rejected: list[Reject] = []
    prompts: list[Completion] = []
    columns: dict[str, None] = {}
    scales, recognised = Scales(), Recognised()
    for piece in unfolded(rows_of(source, ignore), told):
        if piece.form is not None:
            recognised.add(piece.form, piece.rows)
        if isinstance(piece.raw, dict):
            columns.update(dict.fromkeys(map(str, piece.raw)))
        try:
            kept.append(row_of(piece.row, name, piece.place))
            scales.kept(piece.row, piece.place, len(kept) - 1)
        except RowError as error:
            rejected.append(reject_of(piece.raw, name, piece.place, str(error)))
            scales.rejected(piece.row, piece.place)
            prompts += _alone(piece.raw) if str(error) == PROMPT_ALONE else ()
    kept, more = scales.sorted_out(kept)
    rejected += [reject_of(raw, name, place, reason) for raw, place, reason in more]
    read, forms = len(kept) + len(rejected), recognised.told()
    return Feedback(name, tuple(kept), tuple(rejected), read, tuple(prompts), tuple(columns), forms)


def no_feedback(found: Sequence[Feedback]) -> UserError:
    """The message about sources of which no row is feedback."""
    read = sum(one.read for one in found)
    none = f"None of its {read:,} rows is feedback" if read > 1 else "Its one row is no feedback"
    first = next((f"; the first: {reject.reason}." for one in found for reject in one.rejected), ".")
    columns = dict.fromkeys(column for one in found for column in one.columns)
    return UserError(
        f"{', '.join(one.name for one in found)} was given as feedback.",
        (f"{none}{first}" if read else "It holds no row.")
        + (f" Its columns are {', '.join(columns)}." if columns and "columns are" not in first else ""),
        f"Give rows as docs/feedback.md has them{f', or tell {untold()}' if read else ''}.",
    )


def untold() -> str:
    """What a caller may say of rows that these do not, and how, in words of an error."""
    columns = worded("--column prompt=NAME", "`columns`")
    return (
        f"what they do not: whose they are ({option('form')}), which columns are what ({columns}), the scale of their "
        f"ratings ({option('scale')}), or which column says nothing of an answer ({option('ignore')})"
    )


def read_comparisons(source: Source, *, ignore: Collection[str] = ()) -> Comparisons:
    """The comparisons among the rows of `read_feedback`, and then those that its other rows make."""
    found = read_feedback(source, ignore=ignore)
    made = to_comparisons(found.kept)
    return Comparisons(made.made, (*found.rejected, *made.rejected), found.read, found.forms)


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
        yield conversation_of(raw)
    except RowError:
        return
