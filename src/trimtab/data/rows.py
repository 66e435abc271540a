"""Rows of feedback from wherever they lie, each with its place."""

import json
import warnings
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import UserNote
from .naming import nameless_in, with_headings
from .read import Block, NoRow, json_blocks, json_rows
from .sources import HUB, Source, rows_in_memory, title_of
from .table import table_rows

_TYPED = {
    "answers", "completions", "high", "label", "low", "messages", "provenance", "ranks", "rating", "responses", "up",
}  # fmt: skip
"""Columns whose cells in a CSV are no text, but what the text says as JSON."""
_CELLS = ("csv", "tsv")
_NOTHING = frozenset("#div/0!|#n/a|#n/a n/a|#na|#name?|#null!|#num!|#ref!|#value!|<na>|n/a|na|nan|none|null".split("|"))
"""What spreadsheets and data frames write into a cell that holds nothing."""


def rows_of(source: Source, ignore: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Each row with its place ("line 3", "row 3"); what cannot be read comes as an exception with the reason.

    Known columns have our names, whatever the case of their headings; the columns of `ignore` are not there, and a row
    with a column whose name is no text is none. Raises
    UserError where the whole source cannot be read.
    """
    yield from _headed(_rows(source), ignore)


def parts_of(source: Source, ignore: Collection[str]) -> Iterator[tuple[Block | None, Iterator[tuple[str, Any]]]]:
    """The same rows in parts: those of a long file of JSON Lines block by block, each with its block; else all in
    one."""
    on_disk = isinstance(source, str | Path) and not str(source).startswith(HUB)
    blocks = json_blocks(Path(str(source))) if on_disk and _kind(str(source)) not in _CELLS else None
    if blocks is None:
        yield None, rows_of(source, ignore)
    for block in blocks or ():
        yield block, _headed(_of_json(block.rows()), ignore)


def _headed(rows: Iterable[tuple[str, Any]], ignore: Collection[str]) -> Iterator[tuple[str, Any]]:
    for place, row in rows:
        if isinstance(row, dict):
            row = with_headings({name: row[name] for name in row if name not in ignore} if ignore else row)
            if nameless := nameless_in(tuple(row)):
                row = NoRow(nameless)
        yield place, row


def _rows(source: Source) -> Iterator[tuple[str, Any]]:
    held = rows_in_memory(source)
    name = str(source) if held is None else ""
    if held is not None:
        yield from ((f"row {number}", row) for number, row in enumerate(held, 1))
    elif _kind(name) in _CELLS and not name.startswith(HUB):
        yield from _cells(source)
    elif name.startswith(HUB):
        yield from table_rows(name)
    else:
        yield from _of_json(json_rows(Path(name)))


def _of_json(rows: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for place, row in rows:
        unread = isinstance(row, Exception) and not isinstance(row, NoRow)
        yield place, NoRow(f"not JSON: {row}") if unread else row


def _kind(name: str) -> str:
    return Path(name).name.lower().removesuffix(".gz").rpartition(".")[2]


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
