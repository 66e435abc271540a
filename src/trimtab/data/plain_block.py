"""A block of JSON Lines of plain comparisons as a table at once, by Arrow's reader, without an object a row.

A block is taken whole or not at all: where one line of it is not surely such a row as `PlainRows` takes, none is, and
they are read one by one. Arrow refuses what Python's reader refuses, and more: a key that comes twice, half a surrogate
pair, a value that is no text.
"""

import io
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .naming import nameless_in, with_headings
from .parts import UNKNOWN
from .plain import ODD, TEXTS, TURN, PlainColumns, plain_columns, said_of
from .read import Block

if TYPE_CHECKING:
    import polars

_AHEAD = 2
"""Blocks of a file that are read at once."""
Rows = Iterator[tuple[str, Any]]
"""Each row with its place."""


def with_tables(
    parts: Iterable[tuple[Block | None, Rows]], source: str, schema: dict[str, Any], plain: bool
) -> Iterator[tuple["polars.DataFrame | None", Rows]]:
    """Each part's rows, with the table of them all where its block is of `plain` ones; made ahead, as neither Arrow nor
    Polars holds up other threads."""
    with ThreadPoolExecutor(_AHEAD) as threads:
        waiting: deque[tuple[Future[polars.DataFrame | None] | None, Rows]] = deque()
        for block, rows in parts:
            made = threads.submit(_table_of, block, source, schema) if plain and block is not None else None
            waiting.append((made, rows))
            if len(waiting) > _AHEAD:
                table, first = waiting.popleft()
                yield table.result() if table else None, first
        yield from ((table.result() if table else None, rows) for table, rows in waiting)


def _table_of(block: Block, source: str, schema: dict[str, Any]) -> "polars.DataFrame | None":
    """The rows of a block with the columns of a schema, what was asked under `prompt_key`, and `place` counted from 0;
    None where they are to be read one by one."""
    first = next((row for _, row in block.rows()), None)
    if not isinstance(first, dict):
        return None
    columns = plain_columns(tuple(first))
    if columns is None or columns.beside or columns.of_others or nameless_in(tuple(first)):
        return None
    if with_headings(first) is not first or not all(isinstance(value, str) for value in first.values()):
        return None
    read = _read(block.data, list(first))
    return None if read is None else _table(read, columns, block.line, source, schema)


def _read(data: bytes, names: list[str]) -> "polars.DataFrame | None":
    """Whole lines as columns of text, a row a line; None where they are not that."""
    import polars as pl
    import pyarrow
    from pyarrow import json

    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    ends = ends if len(ends) and ends[-1] == len(raw) - 1 else np.append(ends, len(raw))
    starts = np.append(0, ends[:-1] + 1)
    if (starts >= ends).any() or (raw[starts] != ord("{")).any() or (raw[ends - 1] != ord("}")).any():
        return None
    try:
        data.decode()
        table = json.read_json(
            io.BytesIO(data),
            json.ReadOptions(block_size=len(data) + 1),
            json.ParseOptions(pyarrow.schema([(name, pyarrow.string()) for name in names]), False, "error"),
        )
    except (UnicodeDecodeError, pyarrow.ArrowInvalid):
        return None
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)
    return found if found.height == len(ends) else None


def _table(
    read: "polars.DataFrame", columns: PlainColumns, line: int, source: str, schema: dict[str, Any]
) -> "polars.DataFrame | None":  # fmt: skip
    import polars as pl

    bare = {name: pl.col(name).str.strip_chars(_blanks()) for name in TEXTS}
    odd = pl.any_horizontal(
        *(pl.col(name).is_null() | (text == "") for name, text in bare.items()),
        bare["chosen"] == bare["rejected"],
        *(pl.col(name).str.head(1).is_in(sorted(ODD)) for name in TEXTS),
        *(text.str.starts_with(turn) for text in bare.values() for turn in TURN),
    )
    if read.select(odd.any()).item():
        return None
    before, behind = (pl.lit(part) for part in said_of("user", "\0").split("\0"))
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    told = {
        "id": pl.concat_str(pl.lit(f"{source}:line "), (place + line).cast(pl.String)),
        "place": place,
        **{name: pl.col(name) for name in TEXTS},
        "prompt_key": pl.concat_str(before, bare["prompt"], behind),
        "judge": pl.coalesce(*map(_name, columns.judges), pl.lit(UNKNOWN)),
        "source": pl.lit(source),
    }
    if "id" in read.columns:
        told["id"] = pl.when(pl.col("id") != "").then(pl.col("id")).otherwise(told["id"])
    if columns.kinds:
        told["kind"] = pl.coalesce(*columns.kinds, pl.lit(""))
    told |= {name: _name(column).fill_null("") for name, column in columns.named}
    return read.select(told.get(name, pl.lit("")).cast(kind).alias(name) for name, kind in schema.items())


def _name(column: str) -> "polars.Expr":
    """`parts.name_of` of a column of text."""
    import polars as pl

    return pl.when(pl.col(column).str.strip_chars(_blanks()) != "").then(pl.col(column))


@cache
def _blanks() -> str:
    """What Python strips off a text, which is more than Polars does."""
    return "".join(letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isspace())
