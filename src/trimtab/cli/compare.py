"""`trimtab compare`: two evaluations, tested item by item."""

import textwrap
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from .judging import judged_json, print_judged
from .output import emit
from .tables import figure, print_table, print_unjudged

if TYPE_CHECKING:
    from ..evaluate import Compared
    from ..loop import EvaluationWithTexts
    from ..records import Evaluation

HELP = """Compare two evaluations item by item: paired differences, tests, and the items that changed most.

A and B are folders of `trimtab eval`, or run folders: a run stands for its trained model, RUN:before for the model it
started from."""

_CLEAR = 0.05
"""The p-value, corrected for all metrics together, from which down a metric's changed items are shown."""
_WIDTH = 96


def compare(
    a: str = typer.Argument(..., metavar="A", help="A folder of scores or of a run, or RUN:before."),
    b: str = typer.Argument(..., metavar="B", help="Another."),
    metric: str | None = typer.Option(None, help="Show this metric alone, such as style.words."),
    items: int = typer.Option(3, min=0, help="Items to show of each metric that changed clearly."),
    room: str | None = typer.Option(
        None, metavar="FILE|URL", help="The review room in which people judged both's answers: what they said too."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Prints the comparison."""
    from ..api import compare as compare_evaluations

    found = compare_evaluations(a, b, room=room)
    compared = list(found.compared)
    if metric is not None:
        names = [item.difference.metric for item in compared]
        if metric not in names:
            raise UserError(
                f"--metric is {metric!r}.", "Both hold no such metric.", f"Give one of {', '.join(sorted(names))}."
            )
        compared = [item for item in compared if item.difference.metric == metric]
    if as_json:
        judged = {
            side: {each.metric: judged_json(each) for each in evaluation.judged if metric in (None, each.metric)}
            for side, evaluation in (("a", found.before.evaluation), ("b", found.after.evaluation))
        }
        told = {"judged": judged} if any(judged.values()) else {}
        emit({"differences": {item.difference.metric: _json(item, items) for item in compared}, **told})
        return
    _print_table(compared)
    _print_bounds(found.before.evaluation, found.after.evaluation, metric)
    for item in compared:
        if items and item.changed and (item.p_family < _CLEAR or metric is not None):
            _print_changed(item, found.before, found.after, items)


def _json(item: "Compared", items: int) -> dict[str, Any]:
    return {
        **item.difference.model_dump(exclude={"metric"}),
        "p": item.p,
        "p_family": item.p_family,
        "smallest": item.smallest,
        "changed": [{"item": name, "a": before, "b": after} for name, before, after in item.changed[:items]],
    }


def _print_table(compared: "list[Compared]") -> None:
    from ..evaluate import metric_named

    print_table(
        ("metric", "A", "B", "B - A", "95% interval", "p", "p (Holm)", "shows", "n", "not judged"),
        [
            (
                metric_named(item.difference.metric).title,
                figure(item.difference.before),
                figure(item.difference.after),
                f"{item.difference.mean:+.3g}",
                f"[{item.difference.low:.3g}, {item.difference.high:.3g}]",
                _p(item.p),
                _p(item.p_family),
                figure(item.smallest, 2),
                str(item.difference.n),
                str(item.difference.missing),
            )
            for item in compared
        ],
        left=("95% interval",),
    )
    print(
        "p: no difference, item by item; (Holm) corrected for all metrics, toxicity's attributes for one another; "
        "shows: difference seen 4 times in 5"
    )
    print_unjudged((item.difference.metric, item.difference.unjudged) for item in compared)


def _print_bounds(old: "Evaluation", new: "Evaluation", metric: str | None) -> None:
    """Figures that could not be controlled for, which no pair of items compares; and who said what people said."""
    for side, evaluation in (("A", old), ("B", new)):
        print_judged(evaluation, f"{side}: ", metric)
        for measure in evaluation.measures:
            if measure.bounds and metric in (None, measure.metric):
                low, high = measure.bounds
                print(f"{measure.title} of {side} could not be controlled for: between {low:.3g} and {high:.3g}")
        for said in evaluation.people:
            if metric in (None, said.metric) and said.mean is not None:
                print(f"{said.title}, {side}: {said.mean:.3g} [{said.low:.3g}, {said.high:.3g}], {said.told}")


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _print_changed(item: "Compared", old: "EvaluationWithTexts", new: "EvaluationWithTexts", count: int) -> None:
    from ..evaluate import metric_named

    print(f"\n{metric_named(item.difference.metric).title}: {len(item.changed)} of {item.difference.n} items changed")
    measure = old.evaluation.measure(item.difference.metric)
    over = measure.over.partition(".")[0] if measure else ""
    for name, before, after in item.changed[:count]:
        asked = old.asked.get((over, name))
        print(f"  {name}: {before:.3g} -> {after:.3g}" + (f"  {_short(asked)}" if asked else ""))
        for side, evaluated in (("A", old), ("B", new)):
            if (over, name) in evaluated.said:
                print(f"    {side}: {_short(evaluated.said[over, name])}")


def _short(text: str) -> str:
    return textwrap.shorten(text, _WIDTH, placeholder=" ...")
