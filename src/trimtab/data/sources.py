"""What data may be given as: a file, a set on the hub, or rows that are in memory already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from pydantic import BaseModel

from ..errors import UserError

if TYPE_CHECKING:
    import datasets
    import pandas
    import polars

Source: TypeAlias = Union[
    str, Path, Sequence[Mapping[str, Any]], Sequence[BaseModel], "datasets.Dataset", "polars.DataFrame",
    "pandas.DataFrame",
]  # fmt: skip
"""A path, `hub:OWNER/NAME[:SPLIT]`, a list of mappings or records, a `datasets.Dataset`, a Polars or pandas frame."""

HUB = "hub:"
"""What a source on the Hugging Face hub begins with: `hub:owner/name`, or `hub:owner/name:split`."""

IN_MEMORY = "data"
"""The name of rows in memory, in messages and in the ids of rows that have none."""


def title_of(source: Source) -> str:
    """A source's name for messages: a file's name, or the hub's."""
    if not isinstance(source, str | Path):
        return IN_MEMORY
    return str(source) if str(source).startswith(HUB) else Path(source).name


def rows_in_memory(source: Source) -> Iterator[Any] | None:
    """The rows, as mappings where they are such; None where the source is a path or on the hub.

    Raises UserError for what is no table of rows.
    """
    if isinstance(source, str | Path):
        return None
    return (row.model_dump(mode="json") if isinstance(row, BaseModel) else row for row in _rows(source))


def _rows(source: Any) -> Iterable[Any]:
    if hasattr(source, "collect") and hasattr(source, "lazy"):  # polars.LazyFrame
        source = source.collect()
    if hasattr(source, "iter_rows"):  # polars
        return source.iter_rows(named=True)  # type: ignore[no-any-return]
    if hasattr(source, "iterrows"):  # pandas, which writes what is missing as NaN
        rows = source.astype(object).where(source.notna(), None).to_dict("records")
        return ({name: v.tolist() if hasattr(v, "tolist") else v for name, v in row.items()} for row in rows)
    if isinstance(source, Mapping):
        what = "a dataset of several splits" if hasattr(source, "column_names") else "one mapping"
        raise UserError(f"The data is {what}.", "Rows are read from one table.", "Give one split, or a list of rows.")
    if not isinstance(source, Iterable) or isinstance(source, bytes | Iterator):
        raise UserError(
            f"The data is of type {type(source).__name__}.",
            "That is no table of rows.",
            "Give a path, a list of dicts, a dataset, or a Polars or pandas frame.",
        )
    return source
