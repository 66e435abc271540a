"""From every type of supervision to the rows of one type that a method trains on: comparisons, demonstrations, thumbs.

`MADE_OF` is the table; a row that makes nothing goes to the reject log with the reason.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..methods import METHODS, REWARD_MODEL
from ..records import (
    Comparison,
    Completion,
    Critique,
    Demonstration,
    Edit,
    Kind,
    Ranking,
    Rating,
    Reject,
    Supervision,
    Thumb,
    kind_of,
)
from .pairs import (
    MARGIN,
    NO_REVISION,
    Pairs,
    converted,
    from_critiques,
    from_edits,
    from_rankings,
    from_ratings,
    from_thumbs,
    rejected,
)

R = TypeVar("R", Comparison, Demonstration, Thumb)

MADE_OF: Mapping[Kind, tuple[Kind, ...]] = {method.rows: method.fed_by for method in (*METHODS.values(), REWARD_MODEL)}
"""The types of supervision that rows of each of these can be made of."""


@dataclass(frozen=True)
class Converted(Generic[R]):
    """What rows became. Every row is in `rejected` or has part in something `made`."""

    made: tuple[R, ...]
    rejected: tuple[Reject, ...]
    notes: tuple[str, ...] = ()


def to_comparisons(rows: Sequence[Supervision], margin: float = MARGIN) -> Converted[Comparison]:
    """Comparisons as they are, and those of `feedback.pairs`; `margin` is a share of the scale of ratings."""
    parts = [
        Pairs([row for row in rows if isinstance(row, Comparison)], [], []),
        from_rankings([row for row in rows if isinstance(row, Ranking)]),
        from_ratings([row for row in rows if isinstance(row, Rating)], margin),
        from_thumbs([row for row in rows if isinstance(row, Thumb)]),
        from_edits([row for row in rows if isinstance(row, Edit)]),
        from_critiques([row for row in rows if isinstance(row, Critique)]),
    ]
    unfit = [_unfit(row, "comparison") for row in rows if isinstance(row, Demonstration)]
    return Converted(
        tuple(item for part in parts for item in part.made),
        (*(item for part in parts for item in part.rejected), *unfit),
        tuple(note for part in parts for note in part.notes),
    )


def to_demonstrations(rows: Sequence[Supervision]) -> Converted[Demonstration]:
    """Demonstrations as they are; chosen sides, edited answers, revisions, and the best answers of rankings.

    A ranking whose best place is shared makes one demonstration of each of its best answers.
    """
    made: list[Demonstration] = []
    not_made: list[Reject] = []
    for row in rows:
        match row:
            case Demonstration():
                made.append(row)
            case Comparison():
                made.append(_shown(row, row.chosen, "the chosen side"))
            case Edit():
                made.append(_shown(row, row.after, "the answer after an edit"))
            case Critique(revision=None):
                not_made.append(rejected(row, NO_REVISION))
            case Critique(revision=tuple(revision)):
                made.append(_shown(row, revision, "the revision"))
            case Ranking():
                best = [said for said, rank in zip(row.completions, row.ranks, strict=True) if rank == row.ranks[0]]
                names = [row.id] if len(best) == 1 else [f"{row.id}/{place}" for place in range(1, len(best) + 1)]
                made += [_shown(row, said, "ranked best", name) for said, name in zip(best, names, strict=True)]
            case _:
                not_made.append(_unfit(row, "demonstration"))
    return Converted(tuple(made), tuple(not_made))


def to_thumbs(rows: Sequence[Supervision]) -> Converted[Thumb]:
    """Thumbs as they are; of a comparison, an edit or a revised critique the better answer up and the other down."""
    pairs = to_comparisons([row for row in rows if isinstance(row, Comparison | Critique | Edit)])
    made = [row for row in rows if isinstance(row, Thumb)]
    for pair in pairs.made:
        told = converted([pair], "the better answer up, the other down")
        made += [
            Thumb(id=f"{pair.id}/{way}", prompt=pair.prompt, completion=said, label=up, provenance=told)
            for way, said, up in (("up", pair.chosen, True), ("down", pair.rejected, False))
        ]
    unfit = [_unfit(row, "thumb") for row in rows if not isinstance(row, Thumb | Comparison | Critique | Edit)]
    return Converted(tuple(made), (*pairs.rejected, *unfit))


def counted(rows: Sequence[Supervision]) -> str:
    """What rows are, in words: "3 ratings and 1 thumb"."""
    counts = Counter(kind_of(row) for row in rows)
    told = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items())]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told) or "no row that can be used"


def _shown(row: Supervision, said: Completion, rule: str, name: str | None = None) -> Demonstration:
    return Demonstration(id=name or row.id, prompt=row.prompt, completion=said, provenance=converted([row], rule))


def _unfit(row: Supervision, wanted: Kind) -> Reject:
    fed = ", ".join(f"{other}s" for other, kinds in MADE_OF.items() if kind_of(row) in kinds)
    return rejected(row, f"a row of the type {kind_of(row)} makes no {wanted}, but {fed}")


def liked(thumbs: Sequence[Thumb]) -> list[Demonstration]:
    """The liked answers as demonstrations, for the SFT that goes before KTO where nothing else is demonstrated."""
    return [_shown(row, row.completion, "a liked answer") for row in thumbs if row.label]
