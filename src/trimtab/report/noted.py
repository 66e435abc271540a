"""What a reader should know of the answers before believing figures of them: who gave them, and what was noted."""

from ..records import Trust, listed_served
from .calibration import trust_sentence
from .data import ReportData


def noted(data: ReportData) -> list[str]:
    """One sentence each, with the evaluations that it is about: "before, after: …". Empty where nothing was noted."""
    sides = {"before": data.before, "baseline": data.baseline, "after": data.after}
    told: dict[str, list[str]] = {}
    for side, evaluation in sides.items():
        if evaluation is None:
            continue
        served = [f"answered by {listed_served(evaluation.served)}, as the server says"] if evaluation.served else []
        for sentence in (*served, *evaluation.notes):
            told.setdefault(sentence, []).append(side)
    judges = [f"{one.use} by {one.judge}: {_taken(one)}" for one in data.trust]
    return [*(f"{', '.join(where)}: {sentence}" for sentence, where in told.items()), *judges, *data.corrected]


def _taken(one: Trust) -> str:
    """Whether a judge earned what it decides, or was taken at its word."""
    word = "" if one.state == "trusted" else "; its verdicts were taken all the same, as the spec says"
    return f"{trust_sentence(one)}{word}"
