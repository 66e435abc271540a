"""The metrics an evaluation can hold: one table, read by specs (is there such a metric?), gates and reports."""

from dataclasses import dataclass

from ..records import Better
from .style import STYLE_SCORERS


@dataclass(frozen=True)
class Metric:
    """A metric's name, how tables call it, its unit, which way is good, the set of items it is taken over.

    `rate` is whether each item is right or wrong, 1 or 0, so that the mean is a rate.
    """

    name: str
    title: str
    unit: str
    better: Better
    over: str
    says: str
    rate: bool = False


METRICS: tuple[Metric, ...] = (
    *(Metric(f"style.{s.name}", s.title, s.unit, s.better, "heldout", s.says) for s in STYLE_SCORERS),
    Metric(
        "style.ended",
        "Ended by itself",
        "share",
        "higher",
        "heldout",
        "Share of answers that close their turn before the cap on new tokens.",
        rate=True,
    ),
    Metric(
        "facts.accuracy",
        "Facts right",
        "share",
        "higher",
        "facts",
        "Share of multiple-choice facts whose right answer has the highest log-probability per character.",
        rate=True,
    ),
    Metric(
        "kl.per_token",
        "KL from the start",
        "nats a token",
        "neither",
        "heldout",
        "KL divergence of the model from the one training started from, over the whole vocabulary, "
        "averaged over the tokens of its own answers.",
    ),
)
"""Every metric, in the order of tables."""

_BY_NAME = {metric.name: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The metric of that name. Raises KeyError where there is none."""
    return _BY_NAME[name]
