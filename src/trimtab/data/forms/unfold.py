"""Rows of a source as rows in trimtab's columns: those of a known form unfolded, all others as they are."""

import json
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ...errors import UserNote
from ..parts import RowError
from .form import NOTHING, Form, Told, number_of, ranked
from .table import ASKING, form_named, form_of

_OURS = {"answer": "completion", "prompt": "prompt", "rating": "rating"}
"""What the columns that somebody names are with us."""


class Piece(NamedTuple):
    """A row in trimtab's columns, or the exception that says why it is none, with its `place`; the row as it stands in
    the source (`raw`), the form it was read by, and how many of the source's rows end with it."""

    place: str
    row: Any
    raw: Any
    form: Form | None = None
    rows: int = 1


def unfolded(rows: Iterable[tuple[str, Any]], told: Told = NOTHING) -> Iterator[Piece]:
    """Each row of `rows_of`, and each judgement of a row of a form by itself; those of grouped forms come last.

    With `told.form` all rows are read by it. A row of no form has its columns under our names, and the scale of its
    rating, where these are told. Raises UserError where no form has that name.
    """
    named = form_named(told.form) if told.form is not None else None
    groups: dict[str, list[Piece]] = defaultdict(list)
    own: set[str] = set()
    for place, raw in rows:
        form = named or form_of(raw) if isinstance(raw, dict) else None
        if form is None:
            yield Piece(place, _as_told(raw, told) if isinstance(raw, dict) else raw, raw)
            continue
        if (told.scale is not None or told.columns) and form not in ASKING and form.name not in own:
            own.add(form.name)
            warnings.warn(
                f"{form.name} has its own scale and columns: what was told of them is not used", UserNote, stacklevel=2
            )
        try:
            made = form.pieces(raw, told)
        except RowError as error:
            made = [error]
        for number, one in enumerate(made, 1):
            last = number == len(made)
            piece = Piece(place if len(made) == 1 else f"{place}/{number}", one, raw, form, int(last))
            if form.grouped and isinstance(one, dict):
                key = json.dumps([form.name, one.pop("group"), one["prompt"]], sort_keys=True, default=str)
                groups[key].append(piece)
            else:
                yield piece
    for pieces in groups.values():
        yield _together(pieces)


def _as_told(raw: dict[str, Any], told: Told) -> dict[str, Any] | RowError:
    """A row of no form with what is told of it, or the reason why that cannot be."""
    row = dict(raw) if told.columns or told.scale is not None else raw
    for role, column in told.columns.items():
        name = _OURS.get(role)
        if name is None:
            return RowError(
                f"`{column}` was named as the {role} answer, and its columns are of no form that has one: give the "
                "better answer as `chosen` and the other as `rejected`"
            )
        if column not in row:
            return RowError(f"it has no column `{column}`, which was named as the {role}")
        if name != column and name in row:
            return RowError(f"`{column}` was named as the {role}, and it has a column `{name}` as well")
        row[name] = row.pop(column)
    if "rating" in told.columns or told.scale is not None:
        figure = number_of(row.get("rating"))
        row |= {"rating": figure} if figure is not None else {}  # a table's cell is text
    if told.scale is not None and row.get("rating") is not None:
        for name, figure in zip(("low", "high"), told.scale, strict=True):
            if row.get(name) is not None and number_of(row[name]) != figure:
                given = f"{told.scale[0]:g} to {told.scale[1]:g}"
                return RowError(f"its scale was told as {given}, and its {name} is {row[name]}")
            row[name] = figure
    return row


def _together(pieces: list[Piece]) -> Piece:
    """Answers to one prompt, scored in one group, as a ranking."""
    first = pieces[0]
    answers = [piece.row["completion"] for piece in pieces]
    try:
        row: Any = ranked(first.row["prompt"], answers, [piece.row["score"] for piece in pieces])
    except RowError as error:
        row = error
    return Piece(first.place, row, first.raw, first.form, sum(piece.rows for piece in pieces))
