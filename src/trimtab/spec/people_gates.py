"""Gates on what people say: which of them can be asked, and what people are asked for because of them."""

from ..errors import UserError
from ..metrics import PEOPLE, PREFERRED, TO_BASELINE, AskedOfPeople, asked_of_people, people_metrics
from ..records import MeasuredSide
from .baseline import BASELINE
from .evaluation import GateSpec
from .schema import Spec

_EVEN = 0.5
"""The share of pairs in which either side is as often preferred as the other."""


def check_people_limit(gate: GateSpec, place: str) -> bool:
    """Whether a gate is on what people say; raises UserError where it asks for what they do not."""
    asked = asked_of_people(gate.metric)
    if asked is None:
        if gate.metric.startswith(PEOPLE):
            raise UserError(
                f"{place}: the gate's metric is {gate.metric!r}.",
                "People are not asked for that.",
                f"They are asked for {', '.join(people_metrics())}, and for people.RUBRIC.AXIS of other rubrics.",
            )
        return False
    why, fix = _unasked(gate, asked)
    if why:
        raise UserError(f"{place}: a gate looks at {gate.metric}.", why, fix)
    return True


def _unasked(gate: GateSpec, asked: AskedOfPeople) -> tuple[str, str]:
    """Why people cannot be asked for that limit, and what to write; empty where they can."""
    kind, limit = gate.limit
    than_baseline = gate.against == BASELINE
    if asked.compares and kind not in ("at_least", "at_most") and not (than_baseline and asked.beside == "before"):
        told = "the baseline" if asked.beside == BASELINE else "before"
        return f"That is a comparison with {told} already.", "Bound it: `at_least: 0.5` asks not to be worse."
    if kind not in ("at_least", "at_most", "no_worse_by", "better_by"):
        return "What people say is held against before as a difference.", "Write no_worse_by or better_by."
    if asked.compares and than_baseline and not 0 <= limit < _EVEN:
        return f"It is held against one half, and the margin is {limit:g}.", "Give one below 0.5, such as 0.1."
    low = 0.0 if kind in ("at_least", "at_most") else -1.0
    if not low < limit < 1 and not (kind not in ("at_least", "at_most") and limit == 0):
        return f"Its figures lie between 0 and 1, and the limit is {limit:g}.", "Give a share, such as 0.5."
    return "", ""


def preferred_to_baseline(gate: GateSpec) -> tuple[str, float] | None:
    """Of a gate that asks whether people prefer the answers after to the baseline's, the limit on the share of pairs:
    one half, more or less the margin. None of any other gate."""
    if gate.metric != PREFERRED or gate.against != BASELINE:
        return None
    kind, margin = gate.limit
    return kind, _EVEN + (margin if kind == "better_by" else -margin)


def people_measures(spec: Spec) -> dict[str, frozenset[MeasuredSide]]:
    """Each metric that people are asked for, and whose answers they judge beside those after because a gate compares
    with them; in the order of the spec."""
    people = spec.evaluation.people
    found = {name: frozenset[MeasuredSide]() for name in (people.measures if people is not None else ())}
    for gate in spec.gates:
        if asked_of_people(gate.metric) is None:
            continue
        pairs = preferred_to_baseline(gate) is not None
        name = TO_BASELINE if pairs else gate.metric
        beside = frozenset[MeasuredSide]() if pairs or gate.against is None else frozenset({gate.against})
        found[name] = found.get(name, frozenset()) | beside
    return found
