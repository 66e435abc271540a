"""Files of feedback: from any form that is read to another's, and what one holds."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import (
    MARGIN,
    TARGETS,
    Feedback,
    Source,
    Target,
    Told,
    Trained,
    Written,
    counted,
    form_named,
    no_feedback,
    read_feedback,
    to_comparisons,
    written,
)
from ..errors import UserError, option
from ..feedback import KindFigures, described
from ..records import Comparison, Reject
from ..store import write_atomic
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars

_COLUMNS = ("answer", "left", "prompt", "rating", "right")


@dataclass(frozen=True, repr=False)
class ConversionResult(Result):
    """What was written where; a row of the frame is a reject."""

    out: Path
    made: Written
    found: Feedback

    @property
    def forms(self) -> tuple[str, ...]:
        """Which forms were recognised, one line each."""
        return self.found.forms

    @property
    def rejected(self) -> tuple[Reject, ...]:
        """Rows that could not be read, and those that the form cannot hold, with the reason."""
        return (*self.found.rejected, *self.made.rejected)

    @property
    def summary(self) -> str:
        """What was written."""
        told = ", ".join(f"{n:,} {kind}{'' if n == 1 else 's'}" for kind, n in self.made.counts.items())
        return f"{self.out}: {told} of {self.found.read:,} read, {len(self.rejected):,} rejected"

    def to_frame(self) -> "polars.DataFrame":
        """A row a reject: source, row, reason, excerpt."""
        return _rejects(self.rejected)


@dataclass(frozen=True, repr=False)
class DescriptionResult(Result):
    """What a source of feedback holds; a row of the frame is a type.

    `comparisons` is how many its rows are or make, `longer_chosen` the share of them whose chosen answer has more
    letters.
    """

    found: Feedback
    kinds: tuple[KindFigures, ...]
    comparisons: int
    longer_chosen: float | None

    @property
    def forms(self) -> tuple[str, ...]:
        """Which forms were recognised, one line each."""
        return self.found.forms

    @property
    def rejected(self) -> tuple[Reject, ...]:
        """Rows that could not be read, with the reason."""
        return self.found.rejected

    @property
    def summary(self) -> str:
        """The types, and the comparisons that they are or make."""
        held = f"{self.found.name}: {counted(self.found.kept)} of {self.found.read:,} read"
        made = f"; {self.comparisons:,} comparisons" if self.comparisons else ""
        share = (
            f", the chosen answer the longer one in {self.longer_chosen:.0%}" if self.longer_chosen is not None else ""
        )
        return f"{held}, {len(self.rejected):,} rejected{made}{share}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a type: kind, rows, prompts, annotators, answers, prompt_words and answer_words (medians), longest."""
        import polars as pl

        whole = dict.fromkeys(("rows", "prompts", "annotators", "answers"), pl.Int64)
        schema = {"kind": pl.String, **whole, "prompt_words": pl.Float64, "answer_words": pl.Float64}
        return frame_of([asdict(one) for one in self.kinds], {**schema, "longest": pl.Int64})


def convert(
    data: Source, out: str | Path, *, to: Target = "trl", kind: Trained | None = None, form: str | None = None,
    scale: tuple[float, float] | None = None, columns: Mapping[str, str] | None = None, ignore: Collection[str] = (),
    margin: float = MARGIN,
) -> ConversionResult:  # fmt: skip
    """Writes feedback in a form of others (trl, openai, label-studio, csv) to a file that must not be there yet.

    Whatever can be read is (docs/feedback.md). `kind` makes all rows of one type first, ratings by the `margin`. `form`
    names whose rows these are, `scale` the lowest and the highest rating, and `columns` the prompt, answer, left, right
    and rating, where the rows do not tell; `ignore` names columns that say nothing of an answer. Raises UserError where
    nothing can be read or written.
    """
    if to not in TARGETS:
        raise UserError(f"{option('to')} is {to}.", "No such form is written.", f"Give one of {', '.join(TARGETS)}.")
    place = Path(out)
    if place.exists():
        raise UserError(
            f"The file to write is {place}.", "It exists, and data is never written over.", "Give a new name."
        )
    found = _read(data, told_of(form, scale, columns), ignore)
    made = written(found.kept, to, kind, margin)
    write_atomic(place, made.text)
    return ConversionResult(place, made, found)


def describe(
    data: Source, *, form: str | None = None, scale: tuple[float, float] | None = None,
    columns: Mapping[str, str] | None = None, ignore: Collection[str] = (), margin: float = MARGIN,
) -> DescriptionResult:  # fmt: skip
    """What feedback holds: its forms and types, prompts, annotators, lengths, and the comparisons that it is or makes.

    `form`, `scale`, `columns`, `ignore` and `margin` are those of `convert`. Raises UserError where nothing can
    be read.
    """
    found = _read(data, told_of(form, scale, columns), ignore)
    made: tuple[Comparison, ...] = to_comparisons(found.kept, margin).made
    longer = [len(row.chosen_text) > len(row.rejected_text) for row in made]
    share = sum(longer) / len(longer) if longer else None
    return DescriptionResult(found, tuple(described(found.kept)), len(made), share)


def told_of(form: str | None, scale: tuple[float, float] | None, columns: Mapping[str, str] | None) -> Told:
    """What a caller says of rows. Raises UserError for a form, a scale or a column that cannot be."""
    if form is not None:
        form_named(form)
    if scale is not None and not scale[0] < scale[1]:
        raise UserError(
            f"{option('scale')} goes from {scale[0]:g} to {scale[1]:g}.",
            "The lowest figure is first.",
            f"Correct {option('scale')}.",
        )
    unknown = sorted({*(columns or {})} - {*_COLUMNS})
    if unknown:
        raise UserError(
            f"A column is given for {', '.join(unknown)}.",
            "A form asks for no such column.",
            f"Give columns for {', '.join(_COLUMNS)}.",
        )
    return Told(form, scale, dict(columns or {}))


def _read(data: Source, told: Told, ignore: Collection[str]) -> Feedback:
    found = read_feedback(data, told, ignore=ignore)
    if not found.kept:
        raise no_feedback([found])
    return found


def _rejects(rejected: tuple[Reject, ...]) -> "polars.DataFrame":
    import polars as pl

    return frame_of(
        [one.model_dump() for one in rejected], dict.fromkeys(("source", "row", "reason", "excerpt"), pl.String)
    )
