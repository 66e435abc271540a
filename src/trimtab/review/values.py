"""What a judgement comes to as a figure from 0 to 1."""

from ..records import ClaimJudgement, PairJudgement, RatingJudgement, RubricJudgement, Said, ThumbJudgement
from .records import Task

_OF_PAIRS = {"first": 0.0, "second": 1.0, "tie": 0.5, "both bad": 0.5}


def value_of(task: Task, said: Said, axis: str | None = None) -> float | None:
    """How far the second answer of a pair was preferred, an answer liked, rated, marked on an axis, or found to claim
    something false; None where this person could not tell, or the kind has no figure."""
    match said:
        case PairJudgement():
            return _OF_PAIRS.get(said.choice)
        case ThumbJudgement():
            return None if said.liked is None else float(said.liked)
        case ClaimJudgement():
            return float(any(claim.verdict == "false" for claim in said.claims))
        case RatingJudgement():
            low, high = task.scale
            return None if said.rating is None else (said.rating - low) / (high - low)
        case RubricJudgement():
            assert task.rubric is not None
            marks = {one.id: len(one.anchors) for one in task.rubric.axes}
            mark = said.marks.get(axis or "")
            return None if mark is None else (mark - 1) / (marks[axis or ""] - 1)
        case _:
            return None
