"""What a reader should know of the answers before believing figures of them: who gave them, and what was noted."""

from .data import ReportData


def noted(data: ReportData) -> list[str]:
    """One sentence each, with the evaluations that it is about: "before, after: …". Empty where nothing was noted."""
    sides = {"before": data.before, "baseline": data.baseline, "after": data.after}
    told: dict[str, list[str]] = {}
    for side, evaluation in sides.items():
        if evaluation is None:
            continue
        served = [f"answered by {', '.join(evaluation.served)}, as the server says"] if evaluation.served else []
        for sentence in (*served, *evaluation.notes):
            told.setdefault(sentence, []).append(side)
    return [f"{', '.join(where)}: {sentence}" for sentence, where in told.items()]
