"""Rows of a source as rows in trimtab's columns: those of a known form unfolded, all others as they are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..parts import RowError
from .form import NOTHING, Form, Told, ranked
from .table import form_named, form_of


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

    With `told.form` all rows are read by it. Raises UserError where no form has that name.
    """
    named = form_named(told.form) if told.form is not None else None
    groups: dict[str, list[Piece]] = defaultdict(list)
    for place, raw in rows:
        form = named or form_of(raw) if isinstance(raw, dict) else None
        if form is None:
            yield Piece(place, raw, raw)
            continue
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


def _together(pieces: list[Piece]) -> Piece:
    """Answers to one prompt, scored in one group, as a ranking."""
    first = pieces[0]
    answers = [piece.row["completion"] for piece in pieces]
    try:
        row: Any = ranked(first.row["prompt"], answers, [piece.row["score"] for piece in pieces])
    except RowError as error:
        row = error
    return Piece(first.place, row, first.raw, first.form, sum(piece.rows for piece in pieces))
