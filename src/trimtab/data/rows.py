"""Rows of feedback from wherever they lie, each with its place."""

import json
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ..errors import UserNote
from .naming import nameless_in, with_headings
from .read import NoRow, json_rows
from .sources import HUB, Source, rows_in_memory, title_of
from .table import table_rows

_TYPED = {
    "answers", "completions", "high", "label", "low", "messages", "provenance", "ranks", "rating", "responses", "up",
}  # fmt: skip
"""Columns whose cells in a CSV are no text, but what the text says as JSON."""
_NOTHING = frozenset("#div/0!|#n/a|#n/a n/a|#na|#name?|#null!|#num!|#ref!|#value!|<na>|n/a|na|nan|none|null".split("|"))
"""What spreadsheets and data frames write into a cell that holds nothing."""


def rows_of(source: Source, ignore: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Each row with its place ("line 3", "row 3"); what cannot be read comes as an exception with the reason.

    Known columns have our names, whatever the case of their headings; the columns of `ignore` are not there, and a row
    with a column whose name is no text is none. Raises
    UserError where the whole source cannot be read.
    """
    for place, row in _rows(source):
        if isinstance(row, dict):
            row = with_headings({name: row[name] for name in row if name not in ignore} if ignore else row)
            if nameless := nameless_in(tuple(row)):
                row = NoRow(nameless)
        yield place, row


def _rows(source: Source) -> Iterator[tuple[str, Any]]:
    held = rows_in_memory(source)
    name = str(source) if held is None else ""
    kind = Path(name).name.lower().removesuffix(".gz").rpartition(".")[2]
    if held is not None:
        yield from ((f"row {number}", row) for number, row in enumerate(held, 1))
    elif kind in ("csv", "tsv") and not name.startswith(HUB):
        yield from _cells(source)
    elif name.startswith(HUB):
        yield from table_rows(name)
    else:
        for place, row in json_rows(Path(name)):
            unread = isinstance(row, Exception) and not isinstance(row, NoRow)
            yield place, NoRow(f"not JSON: {row}") if unread else row


def _cells(source: Source) -> Iterator[tuple[str, Any]]:
    """A CSV's rows: empty cells are nothing, and those of columns that are never text are read as JSON."""
    nothing: dict[str, int] = {}
    for place, row in table_rows(source):
        if isinstance(row, dict):
            row = with_headings(row)
            for cell in row.values():
                if cell.strip().casefold() in _NOTHING:
                    nothing[cell.strip()] = nothing.get(cell.strip(), 0) + 1
            row = {name: _cell(name, cell) for name, cell in row.items()}
        yield place, row
    if nothing:
        told = ", ".join(f"{count} × {cell}" for cell, count in nothing.items())
        warnings.warn(f"{title_of(source)}: cells that were read as empty: {told}", UserNote, stacklevel=2)


def _cell(name: str, cell: str) -> Any:
    if not cell.strip() or cell.strip().casefold() in _NOTHING:
        return None
    return _parsed(cell) if name in _TYPED else cell


def _parsed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        return cell
