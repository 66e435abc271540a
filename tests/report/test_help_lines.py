"""How far help can be trusted stands under its figures, and what nobody checked is called unchecked."""

from dataclasses import replace
from html import unescape

import pytest

from made.report import made
from trimtab.evaluate import measure
from trimtab.report import ReportData, model_card, render_html, render_markdown
from trimtab.scorers import HELP_CONFUSION, PLAIN_HELP_CONFUSION


def with_help(*, points: bool) -> ReportData:
    """The made run; with points 45 of 60 answers could be held against what their points call wrong."""
    data = made()
    if not points:
        return data
    columns: dict[str, list[float | None]] = {"help.points": [1.0] * 60, "help.false": [0.0] * 45 + [None] * 15}
    added = tuple(measure(name, values, 0, over="made") for name, values in columns.items())
    items = tuple(f"i{i}" for i in range(60))
    before, after = (
        side.model_copy(update={"measures": (*side.measures, *added), "items": {**side.items, "made": items}})
        for side in (data.before, data.after)
    )
    return replace(data, before=before, after=after)


@pytest.mark.parametrize("points", [True, False])
def test_every_view_tells_the_scorers_errors_and_what_was_checked(points: bool) -> None:
    data = with_help(points=points)
    table = HELP_CONFUSION if points else PLAIN_HELP_CONFUSION
    errors = f"hears {table.hears:.0%} of helping answers and calls {table.mistakes:.0%} of others helping"
    views = [unescape(render_html(data)), render_markdown(data), model_card(data)]
    for view in views:
        assert errors in view
        assert ("45 of 60 answers (75%) were held against what their points call wrong" in view) is points
        assert ("nothing was checked" in view) is not points
        assert "What no point, fact or reference covers is unchecked." in view


def test_without_help_nothing_is_said_of_it() -> None:
    data = made()
    left = tuple(measure for measure in data.after.measures if not measure.metric.startswith("help."))
    assert "helping answers" in render_markdown(data)
    found = render_markdown(replace(data, after=data.after.model_copy(update={"measures": left})))
    assert "helping answers" not in found
    assert "Falsehood: nothing was checked." in found
