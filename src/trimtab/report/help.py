"""How far figures can be trusted, beside them: what scorers miss, and how many answers were checked for falsehood."""

from ..metrics import share_metric
from ..records import Evaluation
from ..scorers import help_confusion
from .data import ReportData
from .format import share


def help_sentences(data: ReportData) -> list[str]:
    """What stands under the table: the errors of the scorers behind it."""
    found = _missed(data.after)
    if data.after.measure("help.helps") is not None:
        found.append(help_confusion(by_points=data.after.measure("help.points") is not None))
    return found


def _missed(evaluation: Evaluation) -> list[str]:
    """What the scorers of shares miss and mistake, a line each, with the metrics that it is said of."""
    by: dict[str, list[str]] = {}
    for measure in evaluation.measures:
        about = share_metric(measure.metric)
        if about is not None and about.confusion is not None:
            by.setdefault(about.confusion.told, []).append(measure.title)
    return [f"{', '.join(titles)}: {told}; gates against a limit correct for it." for told, titles in by.items()]


def checked(evaluation: Evaluation) -> str:
    """How many answers were held against something that says what would be false."""
    told = []
    for metric, by in (("help.false", "what their points call wrong"), ("facts.said", "a fact")):
        measure = evaluation.measure(metric)
        if measure is not None and measure.n:
            of = len(measure.values)
            told.append(f"{measure.n:,} of {of:,} answers ({share(measure.n / of)}) were held against {by}")
    return ", ".join(told)
