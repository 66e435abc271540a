"""The rows of all sources of a run's feedback, kept as they came, with every reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..data import counted, read_feedback, to_comparisons
from ..feedback import summarise
from ..policy import broken_rules
from ..records import (
    Comparison,
    Critique,
    Demonstration,
    Edit,
    FeedbackSource,
    FeedbackSummary,
    Policy,
    Ranking,
    Rating,
    Reject,
    SourcedRow,
    Supervision,
    Thumb,
    answers_of,
    kind_of,
    text_of,
)
from ..spec import FileSpec

R = TypeVar("R", Comparison, Demonstration, Thumb)


@dataclass(frozen=True)
class Part:
    """What one source gave."""

    source: FeedbackSource
    kept: Sequence[Supervision]
    rejected: Sequence[Reject]


@dataclass(frozen=True)
class Gathered:
    """All sources, their rows as they came, of `read`, and what is told to be none or to teach nothing."""

    sources: tuple[FeedbackSource, ...]
    rows: tuple[SourcedRow, ...]
    rejected: tuple[Reject, ...]
    read: int

    def of(self, place: int) -> list[SourcedRow]:
        """The rows of a source."""
        return [row for row in self.rows if row.source == place]


def read_part(settings: FileSpec, path: Path) -> Part:
    """A file's rows. Raises UserError where it cannot be read at all."""
    found = read_feedback(path)
    source = FeedbackSource(name=found.name, weight=settings.weight, margin=settings.margin)
    return Part(source, found.kept, found.rejected)


def gather(parts: Sequence[Part], policy: Policy | None = None) -> Gathered:
    """All parts as one. What the policy forbids is noted at the rows that could teach it; answers that were sampled by
    a run are judged by it already."""
    rows = [
        SourcedRow(
            source=place, kind=kind_of(row), row=row,
            breaks={} if policy is None or part.source.sampled else broken_by(row, policy),
        )
        for place, part in enumerate(parts)
        for row in part.kept
    ]  # fmt: skip
    rejected = [reject for part in parts for reject in part.rejected]
    return Gathered(tuple(part.source for part in parts), tuple(rows), tuple(rejected), len(rows) + len(rejected))


def broken_by(row: Supervision, policy: Policy) -> dict[str, tuple[str, ...]]:
    """The rules of severity block that answers break which a row could teach as right, by the answer's column."""
    found = {}
    for column, said in answers_of(row).items():
        match row:
            case Comparison():
                taught = column == "chosen"
            case Edit():
                taught = column == "after"
            case Critique():
                taught = column == "revision"
            case Thumb():
                taught = row.label
            case Demonstration() | Ranking() | Rating():
                taught = True
        if taught and (broken := broken_rules(policy, row.prompt[-1].content, text_of(said))):
            found[column] = tuple(broken)
    return found


def without_broken(made: Sequence[R], rows: Sequence[SourcedRow]) -> tuple[list[R], list[Reject]]:
    """What is made of the rows and teaches as right nothing that the policy forbids; and what does."""
    broken = {
        (sourced.row.prompt, answers_of(sourced.row)[column]): rules
        for sourced in rows
        for column, rules in sourced.breaks.items()
    }
    kept: list[R] = []
    rejected: list[Reject] = []
    for row in made:
        said = row.chosen if isinstance(row, Comparison) else row.completion
        rules = broken.get((row.prompt, said)) if broken and getattr(row, "label", True) else None
        if rules is None:
            kept.append(row)
        else:
            reason = f"what it teaches breaks the policy: {', '.join(rules)}"
            excerpt = text_of(said)[:120]
            rejected.append(Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=excerpt))
    return kept, rejected


def summary_of(found: Gathered) -> tuple[FeedbackSummary, list[Reject]]:
    """What the rows teach, whatever method trains on them, and the rows that teach nothing."""
    taught: list[Comparison | Demonstration | Thumb] = []
    rejected: list[Reject] = []
    notes: list[str] = []
    for place, source in enumerate(found.sources):
        some = found.of(place)
        shown = [row.row for row in some if isinstance(row.row, Demonstration)]
        thumbs = [row.row for row in some if isinstance(row.row, Thumb)]
        other = [row.row for row in some if not isinstance(row.row, Demonstration | Thumb)]
        compared = to_comparisons(other, source.margin)
        rejected += compared.rejected
        for fit, unfit in (
            without_broken(compared.made, some),
            without_broken(shown, some),
            without_broken(thumbs, some),
        ):
            taught += fit
            rejected += unfit
        notes += compared.notes
        if len(found.sources) > 1:
            notes.append(f"{source.name}: {counted([row.row for row in some])}.")
    judges = sorted({row.provenance.judge for row in taught})
    summary = summarise(
        taught,
        [*found.rejected, *rejected],
        source=", ".join(source.name for source in found.sources),
        judge=", ".join(judges[:5]) or "unknown",
        read=found.read,
        notes=notes,
    )
    return summary, rejected
