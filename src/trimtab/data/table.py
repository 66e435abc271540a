"""Rows of any table, local, in memory or on the hub, each with its place; what cannot be read comes as the reason."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import UserError
from .read import NoRow, json_rows
from .sources import HUB, Source, rows_in_memory
from .spreadsheet import csv_rows, csv_text

_SPLITS = ("validation", "test", "train")
"""The split that is taken where a set has several and none is named: the first of these that it has."""
_FORMS = "JSON Lines, JSON, CSV (all in UTF-8, plain or gzipped) or Parquet"


def table_rows(source: Source, forms: str = f"Give {_FORMS}.") -> Iterator[tuple[str, dict[str, Any] | Exception]]:
    """Each row with its place ("row 3"), as a mapping or as the exception that says why it is none.

    Raises UserError where the whole source cannot be read; `forms` is what it then asks for.
    """
    held = rows_in_memory(source)
    rows: Iterable[Any] = _read(str(source), forms) if held is None else held
    for number, row in enumerate(rows, 1):
        place = f"row {number}"
        if isinstance(row, Exception):
            yield place, ValueError(f"It is not JSON: {row}." if not isinstance(row, NoRow) else str(row))
        elif not isinstance(row, dict):
            yield place, ValueError("It is not a JSON object.")
        else:
            yield place, row


def why_not_valid(error: ValidationError) -> str:
    """A record's first fault as one sentence."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{f'`{where}`: ' if where else ''}{first['msg'].removeprefix('Value error, ')}."


def _read(source: str, forms: str) -> Iterable[Any]:
    return _hub(source) if source.startswith(HUB) else _file(Path(source), forms)


def _file(path: Path, forms: str) -> Iterable[Any]:
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind in ("csv", "tsv"):
        return csv_rows(csv_text(path), path.name)
    rows: Iterable[Any] = (row for _, row in json_rows(path, forms.removeprefix("Give ").removesuffix(".")))
    if kind != "json":
        return rows
    held = list(rows)
    examples = (
        held[0].get("examples") if len(held) == 1 and isinstance(held[0], dict) else None
    )  # BIG-bench's task.json
    return examples if isinstance(examples, list) else held


def _hub(source: str) -> Iterable[Any]:
    from datasets import DatasetDict, load_dataset

    name, _, split = source.removeprefix(HUB).partition(":")
    try:
        found = load_dataset(name)
    except Exception as error:
        # the hub's client raises errors of many libraries; each means that there is no such set to be had
        said = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise UserError(
            f"The data is {source!r}.",
            f"It cannot be had from the hub: {said}",
            "Check the name and the network, or give a local file.",
        ) from None
    if not isinstance(found, DatasetDict):
        rows: Iterable[Any] = found
        return rows
    chosen = split or next((one for one in (*_SPLITS, *found) if one in found), "")
    if chosen not in found:
        raise UserError(
            f"The data is {source!r}.", f"It has no split {chosen!r}, but {', '.join(found)}.", "Name one of them."
        )
    return (row for row in found[chosen])
