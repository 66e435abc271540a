"""A gate's rule in words."""

from ..records import Measure, PeopleMeasure
from ..spec import GateSpec


def rule_of(gate: GateSpec, about: Measure | PeopleMeasure | None) -> str:
    """What the gate asks, after the metric's title."""
    name, limit = gate.limit
    title = about.title if about else gate.metric
    than = "the baseline" if gate.against == "baseline" else "before"
    match name:
        case "at_least":
            return f"{title}: at least {limit:g}"
        case "at_most":
            return f"{title}: at most {limit:g}"
        case "at_most_of_base":
            return f"{title}: at most {limit:.0%} of before"
        case "at_least_of_base":
            return f"{title}: at least {limit:.0%} of before"
        case "no_worse_by":
            return f"{title}: no worse than {than}" + (f" by {limit:g}" if limit else "")
        case "better_by":
            return f"{title}: better than {than}" + (f" by {limit:g}" if limit else "")
        case _:
            raise AssertionError(f"no such limit: {name}")
