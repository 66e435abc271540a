"""The metrics of what people say in a review room: each is asked by a kind of task, of pairs or of single answers."""

from dataclasses import dataclass
from typing import Literal

from ..records import Better
from .catalog import Metric

PEOPLE = "people."
"""What the metric of a figure by people begins with."""


PREFERRED = f"{PEOPLE}preferred"
TO_BASELINE = f"{PEOPLE}preferred_to_baseline"
_BESIDE: dict[str, Literal["before", "baseline"]] = {PREFERRED: "before", TO_BASELINE: "baseline"}
"""The metrics of pairs, with whose answers stand beside those after."""


@dataclass(frozen=True)
class AskedOfPeople:
    """What a metric of people is asked by: the `kind` of task, of a rubric its name and the axis, and of pairs whose
    answers stand beside those after."""

    kind: str
    rubric: str | None = None
    axis: str | None = None
    beside: Literal["before", "baseline"] | None = None

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
    "preferred_to_baseline": _Told(
        "pair",
        "People: preferred to the baseline",
        "higher",
        "Share of blind pairs in which people prefer the answer after training to the start model's under the spec's "
        "system message; alike and both bad count half.",
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
    if name in _BESIDE:
        return AskedOfPeople("pair", beside=_BESIDE[name])
    if rest in _SINGLE:
        return AskedOfPeople(_SINGLE[rest].kind)
    rubric, _, axis = rest.rpartition(".")
    return AskedOfPeople("rubric", rubric, axis) if rubric and axis else None


def people_metrics() -> tuple[str, ...]:
    """The names that are always there: those of rubrics of one's own are not among them."""
    return tuple(f"{PEOPLE}{name}" for name in (*_SINGLE, "hhh.helpful", "hhh.honest", "hhh.harmless"))
