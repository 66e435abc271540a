"""What is made of rows slice by slice, on every core."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars

_T = TypeVar("_T")
_SLICE = 20_000
"""Rows of which there are copies at a time: a text without its blanks, say, is as large as the text."""


def on_every_core(work: Callable[[int], _T], firsts: Iterable[int]) -> list[_T]:
    """What `work` makes of the slice that begins at each row, in their order; NumPy and Polars hold up no thread."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, firsts))


def told_of(table: "polars.DataFrame", expression: "polars.Expr") -> NDArray[Any]:
    """What an expression of a row says of each, shape (n,)."""

    def of_slice(first: int) -> NDArray[Any]:
        return table.slice(first, _SLICE).select(expression).to_series().to_numpy()

    return np.concatenate(on_every_core(of_slice, range(0, max(1, table.height), _SLICE)))
