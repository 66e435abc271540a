"""Gates on what people say: which of them can be asked, and what people are asked for because of them."""

from ..errors import UserError
from ..metrics import PEOPLE, AskedOfPeople, asked_of_people, people_metrics
from .baseline import BASELINE
from .evaluation import GateSpec
from .schema import Spec


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
    if asked.compares and kind not in ("at_least", "at_most"):
        return "That is a comparison with before already.", "Bound it: `at_least: 0.5` asks not to be worse."
    if gate.against == BASELINE:
        return "Nobody is asked about the baseline's answers.", "Compare with before: no_worse_by, better_by."
    if kind not in ("at_least", "at_most", "no_worse_by", "better_by"):
        return "What people say is held against before as a difference.", "Write no_worse_by or better_by."
    low = 0.0 if kind in ("at_least", "at_most") else -1.0
    if not low < limit < 1 and not (kind not in ("at_least", "at_most") and limit == 0):
        return f"Its figures lie between 0 and 1, and the limit is {limit:g}.", "Give a share, such as 0.5."
    return "", ""


def people_measures(spec: Spec) -> dict[str, bool]:
    """Each metric that people are asked for, and whether answers before are judged too; in the order of the spec."""
    people = spec.evaluation.people
    found: dict[str, bool] = dict.fromkeys(people.measures if people is not None else (), False)
    for gate in spec.gates:
        if asked_of_people(gate.metric) is not None:
            found[gate.metric] = found.get(gate.metric, False) or gate.against is not None
    return found
