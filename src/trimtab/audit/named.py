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

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Named":
        """The same of some rows."""
        return Named(self.names, self.rows[rows])

    def are(self, name: str) -> NDArray[np.bool_]:
        """Which rows have a name."""
        place = self.names.index(name) if name in self.names else -1
        return np.asarray(self.rows == place)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows name somebody."""
        return ~self.are("")

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each has, but for those of nobody."""
        counts = np.bincount(self.rows, minlength=len(self.names)).tolist()
        return {name: count for name, count in zip(self.names, counts, strict=True) if name and count}
