"""Comparisons by the million: a Polars frame instead of records, with the same rows kept and the same reject log.

A record costs a tenth of a millisecond, a million of them two minutes. Here a comparison in a usual form is read with
plain comparisons of types and text (`frame_row.py`); whatever looks unusual, or is of another type, goes to the one
reader of rows.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ..records import Comparison, Reject, Supervision
from .convert import to_comparisons
from .feedback import Recognised, reject_of, row_of
from .forms import NOTHING, Told, unfolded
from .frame_row import COLUMNS, Row, row_of_record, usual_row
from .naming import named, unwrapped
from .parts import RowError
from .plain import PlainRows
from .plain_block import with_tables
from .rows import parts_of, rows_of
from .scales import Scales
from .sources import Source, title_of

if TYPE_CHECKING:
    import polars

_CHUNK = 20_000
"""Rows that are Python objects at a time."""


@dataclass(frozen=True)
class Framed:
    """What a source of feedback gave: a table of the comparisons that stand in it, and below them those `made` of its
    other rows; the rows that are none and make none; and how many were read. `said` is what a caller told of the
    rows."""

    source: Source
    table: "polars.DataFrame"
    made: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    read: int
    forms: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    said: Told = NOTHING

    @classmethod
    def of(cls, comparisons: Sequence[Comparison]) -> Self:
        """Comparisons that are records already."""
        return cls((), frame_of(comparisons), tuple(comparisons), (), len(comparisons))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The table's rows as they stand in the source, which is read again, and those made of others as records."""
        places = set(self.table["place"].to_list())
        pieces = enumerate(unfolded(rows_of(self.source, self.ignore), self.said))
        yield from (named(unwrapped(piece.row)) for place, piece in pieces if place in places)
        yield from (row.model_dump(mode="json") for row in self.made)


def read_frame(
    source: Source,
    told: Callable[[int], None] = lambda read: None,
    *,
    said: Told = NOTHING,
    ignore: Collection[str] = (),
) -> Framed:
    """The comparisons of a source of feedback as a frame of COLUMNS; `told` hears how many rows are read.

    `said` names the rows' form where it must be named, as `told` does for `read_feedback`. Keeps and rejects what
    `read_comparisons` does. Raises UserError where the source cannot be read at all.
    """
    import polars

    gathered, name = _Gathered(title_of(source)), title_of(source)
    others: list[Supervision] = []
    rejected: list[Reject] = []
    scales, recognised = Scales(), Recognised()

    def unusual() -> Iterator[tuple[str, Any]]:
        plain = said.form is None and not said.columns
        for table, rows in with_tables(parts_of(source, ignore), name, _schema(), plain and not ignore):
            if table is not None:
                gathered.takes_all(table)
                told(gathered.count)
                continue
            for place, raw in rows:
                if not plain or not isinstance(raw, dict) or not gathered.takes(raw, place):
                    yield place, raw
                elif gathered.count % _CHUNK == 0:
                    told(gathered.count)

    for piece in unfolded(unusual(), said):
        if piece.form is not None:
            recognised.add(piece.form, piece.rows)
        place, raw = piece.place, piece.row
        inner = unwrapped(raw) if isinstance(raw, dict) else raw
        made_of: Row | None = None
        try:
            row = usual_row(inner, name, place, gathered.count) or row_of(inner, name, place)
            if isinstance(row, tuple):
                made_of = row
            elif isinstance(row, Comparison):
                made_of = row_of_record(row, gathered.count)
            else:
                others.append(row)
                scales.kept(raw, place, len(others) - 1)
        except RowError as error:
            rejected.append(reject_of(piece.raw, name, place, str(error)))
            scales.rejected(raw, place)
        if gathered.counted(made_of) % _CHUNK == 0:
            told(gathered.count)
    others, more = scales.sorted_out(others)
    rejected += [reject_of(raw, name, place, reason) for raw, place, reason in more]
    made = to_comparisons(others)
    told(gathered.count)
    table = polars.concat([*gathered.parts(), frame_of(made.made)])
    found = (*rejected, *made.rejected)
    return Framed(source, table, made.made, found, gathered.count, recognised.told(), tuple(ignore), said)


class _Gathered:
    """The comparisons that stand in a source, in its order, a part of the table for each _CHUNK rows that it counts."""

    def __init__(self, name: str) -> None:
        self.count = 0
        self._plain = PlainRows(name)
        self._rows: list[Row] = []
        self._parts: list[polars.DataFrame] = []

    def takes(self, raw: dict[Any, Any], place: str) -> bool:
        """Whether a row is a plain one, and so is in the table."""
        taken = self._plain.take(raw, place, self.count)
        if taken:
            self.counted(None)
        return taken

    def takes_all(self, table: "polars.DataFrame") -> None:
        """Rows that are in a table, their places counted from 0."""
        import polars

        self._part()
        self._parts.append(_keyed(table.with_columns(polars.col("place") + self.count)))
        self.count += table.height

    def counted(self, row: Row | None) -> int:
        """Counts a row, one that is looked at with what it is in the table; gives the count."""
        if row is not None:
            self._rows.append(row)
        self.count += 1
        if self.count % _CHUNK == 0:
            self._part()
        return self.count

    def parts(self) -> list["polars.DataFrame"]:
        """All parts."""
        self._part()
        return self._parts

    def _part(self) -> None:
        made = (self._plain.table(_schema()), _table(self._rows))
        held = [part for part in made if part.height]
        whole = [held[0].vstack(held[1]).sort("place")] if len(held) == 2 else held
        self._parts += map(_keyed, whole)
        self._rows = []


def frame_of(comparisons: Sequence[Comparison]) -> "polars.DataFrame":
    """Records as a frame of COLUMNS."""
    return _keyed(_table([row_of_record(row, -1) for row in comparisons]))


def _table(rows: list[Row]) -> "polars.DataFrame":
    import polars

    return polars.DataFrame(rows, schema=_schema(), orient="row")


def _keyed(table: "polars.DataFrame") -> "polars.DataFrame":
    """With the hash of what was asked in its place."""
    import polars

    return table.with_columns(polars.col("prompt_key").hash(0).cast(polars.String))


def _schema() -> dict[str, Any]:
    import polars

    return {name: polars.Int64 if name == "place" else polars.String for name in COLUMNS}
