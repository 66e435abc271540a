"""How far the figures of help can be trusted, beside them; and how many answers anything checked for falsehood."""

from ..records import Evaluation
from ..scorers import help_confusion
from .data import ReportData
from .format import share


def help_sentences(data: ReportData) -> list[str]:
    """What stands under the table where help was measured: the scorer's errors."""
    if data.after.measure("help.helps") is None:
        return []
    return [help_confusion(by_points=data.after.measure("help.points") is not None)]


def checked(evaluation: Evaluation) -> str:
    """How many answers were held against something that says what would be false."""
    told = []
    for metric, by in (("help.false", "what their points call wrong"), ("facts.said", "a fact")):
        measure = evaluation.measure(metric)
        if measure is not None and measure.n:
            of = len(measure.values)
            told.append(f"{measure.n:,} of {of:,} answers ({share(measure.n / of)}) were held against {by}")
    return ", ".join(told)
