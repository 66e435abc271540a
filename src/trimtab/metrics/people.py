"""The metrics of what people say in a review room: each is asked by a kind of task, of pairs or of single answers."""

from dataclasses import dataclass

from ..records import Better
from .catalog import Metric

PEOPLE = "people."
"""What the metric of a figure by people begins with."""


@dataclass(frozen=True)
class AskedOfPeople:
    """What a metric of people is asked by: the `kind` of task, and of a rubric its name and the axis."""

    kind: str
    rubric: str | None = None
    axis: str | None = None

    @property
    def compares(self) -> bool:
        """Whether it is asked of pairs, so that the figure is a comparison by itself."""
        return self.kind == "pair"


@dataclass(frozen=True)
class _Told:
    kind: str
    title: str
    better: Better
    summary: str


_SINGLE = {
    "preferred": _Told(
        "pair",
        "People: preferred to before",
        "higher",
        "Share of blind pairs in which people prefer the answer after training; alike and both bad count half.",
    ),
    "false": _Told(
        "claims", "People: a false claim", "lower", "Share of answers in which people find a claim that is false."
    ),
    "helps": _Told("thumb", "People: helps", "higher", "Share of answers of which people say that they help at all."),
    "rating": _Told("rating", "People: rating", "higher", "People's mean rating, the scale's ends being 0 and 1."),
}
"""Metrics of people by what follows `people.`, those of rubrics apart."""


def people_metric(name: str) -> Metric | None:
    """The metric `people.preferred` and its like, or `people.RUBRIC.AXIS` of any rubric; None for a name that is
    none."""
    asked = asked_of_people(name)
    if asked is None:
        return None
    if asked.rubric is not None:
        says = f"People's mean mark on {asked.axis} of the rubric {asked.rubric}, its lowest being 0 and its highest 1."
        return Metric(name, f"People: {asked.axis}", "0 to 1", "higher", "people", says)
    told = _SINGLE[name.removeprefix(PEOPLE)]
    unit = "0 to 1" if told.kind == "rating" else "share"
    return Metric(name, told.title, unit, told.better, "people", told.summary)


def asked_of_people(name: str) -> AskedOfPeople | None:
    """How a metric is asked; None for a name that is none of people's."""
    rest = name.removeprefix(PEOPLE)
    if rest == name:
        return None
    if rest in _SINGLE:
        return AskedOfPeople(_SINGLE[rest].kind)
    rubric, _, axis = rest.rpartition(".")
    return AskedOfPeople("rubric", rubric, axis) if rubric and axis else None


def people_metrics() -> tuple[str, ...]:
    """The names that are always there: those of rubrics of one's own are not among them."""
    return tuple(f"{PEOPLE}{name}" for name in (*_SINGLE, "hhh.helpful", "hhh.honest", "hhh.harmless"))
