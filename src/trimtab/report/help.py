"""How far figures can be trusted, beside them: what scorers miss, and how many answers were checked for falsehood."""

from ..evaluate import as_read, errors_of
from ..records import Evaluation
from ..scorers import help_confusion
from .data import ReportData
from .format import share
from .tables import metric_of


def help_sentences(data: ReportData) -> list[str]:
    """What stands under the table: the errors of the scorers behind it, and which people said what stands there."""
    found = _missed(data)
    if data.after.measure("help.helps") is not None:
        found.append(help_confusion(by_points=data.after.measure("help.points") is not None))
    said = [each for side in (data.before, data.after) for each in side.people]
    return [*found, *(f"{each.title}, {each.of}: {each.told}." for each in said)]


def _missed(data: ReportData) -> list[str]:
    """What scorers miss and mistake, a line each, with the rates that it is said of as a reader would have them."""
    by: dict[str, list[str]] = {}
    for measure in data.after.measures:
        errors = errors_of(measure.metric, data.after) if metric_of(measure.metric) is not None else None
        if errors is not None:
            room = f"; its changes were {errors.changes.told}" if errors.changes else ""
            by.setdefault(f"{errors.told}{room}", []).append(f"{measure.title}{_as_read(measure.metric, data)}")
    return [f"{', '.join(titles)}: {told}; gates and differences count it in." for told, titles in by.items()]


def _as_read(metric: str, data: ReportData) -> str:
    """A rate before and after with its scorer's errors counted in, in brackets."""
    told = []
    for called, evaluation in (("before", data.before), ("after", data.after)):
        rate = as_read(metric, evaluation) if evaluation is not None else None
        if rate is not None:
            told.append(f"{called} {share(rate.estimate)}, {share(rate.low)} to {share(rate.high)}")
    return f" (with its errors: {'; '.join(told)})" if told else ""


def checked(evaluation: Evaluation) -> str:
    """How many answers were held against something that says what would be false."""
    told = []
    for metric, by in (("help.false", "what their points call wrong"), ("facts.said", "a fact")):
        measure = evaluation.measure(metric)
        if measure is not None and measure.n:
            of = len(measure.values)
            told.append(f"{measure.n:,} of {of:,} answers ({share(measure.n / of)}) were held against {by}")
    return ", ".join(told)
