"""Rows of feedback from wherever they lie, each with its place."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .read import json_rows
from .sources import HUB, Source, rows_in_memory
from .table import table_rows

_TYPED = {
    "answers", "completions", "high", "label", "low", "messages", "provenance", "ranks", "rating", "responses", "up",
}  # fmt: skip
"""Columns whose cells in a CSV are no text, but what the text says as JSON."""


def rows_of(source: Source) -> Iterator[tuple[str, Any]]:
    """Each row with its place ("line 3", "row 3"); what cannot be read comes as an exception with the reason.

    Raises UserError where the whole source cannot be read.
    """
    held = rows_in_memory(source)
    name = str(source) if held is None else ""
    kind = Path(name).name.removesuffix(".gz").rpartition(".")[2]
    if held is not None:
        yield from ((f"row {number}", row) for number, row in enumerate(held, 1))
    elif name.startswith(HUB) or kind in ("csv", "json"):
        for place, row in table_rows(name):
            yield place, _typed(row) if kind == "csv" and isinstance(row, dict) else row
    else:
        for place, row in json_rows(Path(name)):
            yield place, ValueError(f"not JSON: {row}") if isinstance(row, Exception) else row


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A CSV's row: empty cells are nothing, and those of columns that are never text are read as JSON."""
    return {name: _parsed(cell) if name in _TYPED else cell for name, cell in row.items() if cell}


def _parsed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        return cell
