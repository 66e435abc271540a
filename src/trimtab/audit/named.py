"""A column of few names and many rows, as numbers: comparing a million texts takes a hundred times as long."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .limits import READ

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True)
class Named:
    """The names in their order, and each row's place among them; "" is nobody."""

    names: tuple[str, ...]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, column: "polars.Series") -> "Named":
        """A column of text; where there is none, nobody is named."""
        import polars as pl

        said = column.fill_null("").str.head(READ)
        names = said.unique().sort().to_list()
        return cls(tuple(names), said.replace_strict(names, list(range(len(names))), return_dtype=pl.Int64).to_numpy())

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Named":
        """The same of some rows."""
        return Named(self.names, self.rows[rows])

    def are(self, name: str) -> NDArray[np.bool_]:
        """Which rows have a name."""
        place = self.names.index(name) if name in self.names else -1
        return np.asarray(self.rows == place)

    def shares(self, has: NDArray[np.bool_]) -> "Shares":
        """In how many of whose rows a figure of each row holds, without a look at all rows for each name."""
        size = len(self.names)
        return Shares(self.names, np.bincount(self.rows, minlength=size), np.bincount(self.rows[has], minlength=size))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows name somebody."""
        return ~self.are("")

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each has, but for those of nobody."""
        counts = np.bincount(self.rows, minlength=len(self.names)).tolist()
        return {name: count for name, count in zip(self.names, counts, strict=True) if name and count}


@dataclass(frozen=True)
class Shares:
    """By name, in their order: how many rows each has, and in how many of these something holds."""

    names: tuple[str, ...]
    rows: NDArray[np.int64]
    hits: NDArray[np.int64]

    def of(self, name: str) -> tuple[int, int]:
        """One's hits and rows."""
        if name not in self.names:
            return 0, 0
        place = self.names.index(name)
        return int(self.hits[place]), int(self.rows[place])

    def of_others(self, name: str) -> tuple[int, int]:
        """Those of everybody else who is known."""
        (hits, rows), (of_nobody, nobodys) = self.of(name), self.of("")
        return int(self.hits.sum()) - hits - of_nobody, int(self.rows.sum()) - rows - nobodys
