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
    asked_of,
    kind_of,
    text_of,
)
from ..scorers import Opened
from ..spec import FileSpec

R = TypeVar("R", Comparison, Demonstration, Thumb)


@dataclass(frozen=True)
class Part:
    """What one source gave, which forms of others its rows were of, and what else is to be told of it."""

    source: FeedbackSource
    kept: Sequence[Supervision]
    rejected: Sequence[Reject]
    forms: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Gathered:
    """All sources, their rows as they came, of `read`, and what is told to be none or to teach nothing."""

    sources: tuple[FeedbackSource, ...]
    rows: tuple[SourcedRow, ...]
    rejected: tuple[Reject, ...]
    read: int
    forms: tuple[str, ...] = ()

    def of(self, place: int) -> list[SourcedRow]:
        """The rows of a source."""
        return [row for row in self.rows if row.source == place]


def read_part(settings: FileSpec, path: Path) -> Part:
    """A file's rows. Raises UserError where it cannot be read at all."""
    found = read_feedback(path, settings.told, ignore=settings.ignore)
    source = FeedbackSource(name=found.name, weight=settings.weight, margin=settings.margin)
    return Part(source, found.kept, found.rejected, found.forms)


def gather(parts: Sequence[Part], policy: Policy | None = None, opened: Opened | None = None) -> Gathered:
    """All parts as one.

    What breaks a rule of the policy whose severity is block is noted at the rows that could teach it as right; `opened`
    holds the scorers of its checks that are not offline. Answers that a run sampled are judged by the policy already.
    """
    rows: list[SourcedRow] = []
    for place, part in enumerate(parts):
        ruled = policy is not None and not part.source.sampled
        breaks = broken_by(part.kept, policy, opened) if policy is not None and ruled else [{}] * len(part.kept)
        rows += [
            SourcedRow(source=place, kind=kind_of(row), row=row, breaks=broken)
            for row, broken in zip(part.kept, breaks, strict=True)
        ]
    rejected = [reject for part in parts for reject in part.rejected]
    forms = tuple(f"{part.source.name} was read as {form}." for part in parts for form in part.forms)
    forms += tuple(note for part in parts for note in part.notes)
    sources = tuple(part.source for part in parts)
    return Gathered(sources, tuple(rows), tuple(rejected), len(rows) + len(rejected), forms)


def broken_by(
    rows: Sequence[Supervision], policy: Policy, opened: Opened | None = None
) -> list[dict[str, tuple[str, ...]]]:
    """Of each row, the rules of severity block that answers break which it could teach as right, by their columns."""
    asked = [
        (place, column, (asked_of(row.prompt), text_of(said)))
        for place, row in enumerate(rows)
        for column, said in answers_of(row).items()
        if _may_be_right(row, column)
    ]
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in rows]
    broken = broken_rules(policy, [said for _, _, said in asked], opened)
    for (place, column, _), rules in zip(asked, broken, strict=True):
        if rules:
            found[place][column] = tuple(rules)
    return found


def _may_be_right(row: Supervision, column: str) -> bool:
    match row:
        case Comparison():
            return column == "chosen"
        case Edit():
            return column == "after"
        case Critique():
            return column == "revision"
        case Thumb():
            return row.label
        case Demonstration() | Ranking() | Rating():
            return True


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
    notes = [*found.forms]
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
        if source.system is not None:
            notes.append(f"Sampled under a system message that what is trained on leaves out: “{source.system}”")
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
