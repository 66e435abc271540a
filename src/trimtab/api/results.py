"""What a verb returns: a sentence and a table, readable in a notebook, at a prompt and as a frame."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..records import Finding

if TYPE_CHECKING:
    import polars

_SHOWN = 25
"""Rows of a table that are shown; the frame holds all."""
_WIDTH = 100
"""Letters of a cell that are shown."""


class Result(ABC):
    """A result with a frame of all its rows; how it shows itself is made from that."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """The result in one line."""

    @abstractmethod
    def to_frame(self) -> "polars.DataFrame":
        """All rows, as a Polars frame."""

    def _shown(self) -> "polars.DataFrame":
        """The part of the frame that is worth showing."""
        return self.to_frame()

    def __repr__(self) -> str:
        import polars

        frame = self._shown()
        if frame.is_empty():
            return self.summary
        with polars.Config(
            tbl_formatting="NOTHING",
            tbl_hide_dataframe_shape=True,
            tbl_hide_column_data_types=True,
            tbl_rows=_SHOWN,
            tbl_cols=-1,
            tbl_width_chars=200,
            fmt_str_lengths=_WIDTH,
            float_precision=3,
        ):
            return "\n".join([self.summary, *(line.rstrip() for line in str(frame).splitlines())])

    def _repr_html_(self) -> str:
        frame = self._shown()
        head = "".join(f"<th>{escape(name)}</th>" for name in frame.columns)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in frame.head(_SHOWN).rows())
        left = frame.height - _SHOWN
        more = f"<p>and {left:,} more rows</p>" if left > 0 else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if frame.height else ""
        return f"<p><b>{escape(self.summary)}</b></p>{table}{more}"


def _cells(row: Sequence[Any]) -> str:
    return "".join(f"<td>{escape(_cell(value))}</td>" for value in row)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.3g}"
        case list():
            return ", ".join(map(_cell, value))
        case _:
            text = str(value)
            return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def frame_of(rows: Sequence[dict[str, Any]], schema: dict[str, Any]) -> "polars.DataFrame":
    """Rows as a frame of the schema's columns, in its order; other keys are left out."""
    import polars

    return polars.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def by_weight(findings: Iterable[Finding]) -> str:
    """How many findings there are of each weight, in words."""
    weights = Counter(finding.severity for finding in findings)
    return (
        ", ".join(f"{weights[each]} {each}" for each in ("block", "warn", "info") if weights[each]) or "nothing found"
    )
