"""What a feedback stage leaves for training, as the rows that a method takes."""

from collections.abc import Callable, Sequence

from ..feedback import liked, to_demonstrations, to_thumbs
from ..methods import METHODS
from ..records import Comparison, Demonstration, Kind, Supervision, Thumb
from ..store import Stage

COMPARISONS, DEMONSTRATIONS, THUMBS = "comparisons.jsonl", "demonstrations.jsonl", "thumbs.jsonl"
RANKINGS = "rankings.jsonl"
"""Of sampled answers: all candidates of a prompt in order, for a reward model."""


_FILES: dict[Kind, str] = {"comparison": COMPARISONS, "demonstration": DEMONSTRATIONS, "thumb": THUMBS}


def rows_name(method: str) -> str:
    """The file of what a method trains on."""
    return _FILES[METHODS[method].rows]


def rows_file(feedback: Stage, method: str) -> str:
    """The file of the feedback stage that a method's rows come from: its own kind, or the one to convert."""
    return next(name for name in (rows_name(method), COMPARISONS, THUMBS) if (feedback.folder / name).is_file())


def comparisons_of(feedback: Stage) -> list[Comparison]:
    """The comparisons to train on."""
    return feedback.read_lines(COMPARISONS, Comparison)


def thumbs_of(feedback: Stage) -> list[Thumb]:
    """The thumbs, or the comparisons' sides as thumbs."""
    if rows_file(feedback, "kto") == THUMBS:
        return feedback.read_lines(THUMBS, Thumb)
    return list(to_thumbs(comparisons_of(feedback)).made)


def demonstrations_of(feedback: Stage) -> list[Demonstration]:
    """The demonstrations; where there are none the comparisons' chosen sides, or the liked answers."""
    match rows_file(feedback, "sft"):
        case "demonstrations.jsonl":
            return feedback.read_lines(DEMONSTRATIONS, Demonstration)
        case "comparisons.jsonl":
            return list(to_demonstrations(comparisons_of(feedback)).made)
        case _:
            return liked(feedback.read_lines(THUMBS, Thumb))


def rows_of(feedback: Stage, kind: Kind) -> Sequence[Supervision]:
    """The feedback as rows of a type that methods train on."""
    readers: dict[Kind, Callable[[Stage], Sequence[Supervision]]] = {
        "comparison": comparisons_of,
        "demonstration": demonstrations_of,
        "thumb": thumbs_of,
    }
    return readers[kind](feedback)
