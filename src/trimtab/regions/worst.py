"""The cells that a reader should look at, each with answers."""

from collections.abc import Iterator, Sequence

from ..records import TOGETHER, CellAnswer, KeptRate, ShownRate, WorstCell
from .setting import Setting

MOST_CELLS, MOST_ANSWERS = 12, 3
"""Cells that are shown at most, and answers of each."""


def worst_cells(
    settings: Sequence[Setting], kept: Sequence[KeptRate], shown: Sequence[ShownRate], before: str
) -> list[WorstCell]:
    """Of each region's own adapter the rules that it breaks and the ways of others that it shows: those first of which
    most is sure, by the lower bound of the share."""
    found = sorted(_cells(settings, kept, shown, before), key=lambda each: -each[0])
    return [cell for _, cell in found[:MOST_CELLS]]


def _cells(
    settings: Sequence[Setting], kept: Sequence[KeptRate], shown: Sequence[ShownRate], before: str
) -> Iterator[tuple[float, WorstCell]]:
    by_name = {each.name: each for each in settings}
    rates: list[KeptRate | ShownRate] = [*kept, *shown]
    for rate in rates:
        if rate.part != "all" or rate.rule == TOGETHER or rate.subject != rate.region or rate.low is None:
            continue
        setting = by_name[rate.region]
        if isinstance(rate, KeptRate):
            of, bad, low = rate.region, 0.0, 1.0 - (rate.high or 0.0)
            own, old = setting.kept[rate.subject][rate.rule], setting.kept[before][rate.rule]
        elif rate.of == rate.region:
            continue
        else:
            of, bad, low = rate.of, 1.0, rate.low
            own, old = setting.shown[rate.subject][of, rate.rule], setting.shown[before][of, rate.rule]
        places = [place for place, value in enumerate(own.values) if value == bad]
        if not places:
            continue
        places.sort(key=lambda place: old.values[place] == bad)  # those that are new first
        cell = WorstCell(
            region=rate.region, subject=rate.subject, of=of, rule=rate.rule, count=len(places), n=rate.n,
            change=rate.change,
            answers=tuple(
                CellAnswer(
                    prompt_id=setting.asked[place].prompt.id,
                    kind=setting.asked[place].prompt.kind,
                    prompt=setting.asked[place].prompt.text,
                    answer=setting.answers[rate.subject][place].text,
                    before=setting.answers[before][place].text,
                    evidence=own.evidence[place],
                )
                for place in places[:MOST_ANSWERS]
            ),
        )  # fmt: skip
        yield low, cell
