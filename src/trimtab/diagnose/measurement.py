"""Causes in the measuring: the scorer's own errors, and too few items."""

import numpy as np

from ..metrics import SHARES
from ..records import Evidence
from ..scorers import REFUSAL_CONFUSION
from .evidence import Facts, Weighing, ramp

_REFUSED = ("overrefusal.", *(f"{name}." for name, share in SHARES.items() if share.scorer == "refusal"))
"""How metrics begin that the refusal scorer decides."""


def refusal_errors() -> tuple[float, float]:
    """How often the refusal scorer calls compliance a refusal, and a refusal compliance, against people's labels."""
    table = np.array(REFUSAL_CONFUSION, dtype=float)
    return float(table[0, 1:].sum() / table[0].sum()), float(table[1:, 0].sum() / table[1:].sum())


def scorer_errors(facts: Facts) -> list[Evidence]:
    """A shown change that is no larger than what the scorer gets wrong, or figures of which many are missing.

    Of refusals of harmless prompts it is one to explain where they rose, which is a symptom, or where a gate asks for
    them: that they fell beside a goal of another kind is nothing wrong with a run.
    """
    found = Weighing()
    seen = facts.seen.get("refusal")
    if seen is not None and seen.ids:
        false_alarms, missed = refusal_errors()
        change = seen.change
        asked = any(gate.metric.startswith(_REFUSED) for gate in facts.verdict.gates)
        shown = change.low > 0 or (asked and change.high < 0)
        told = (
            f"Refusals of harmless prompts changed by {change.estimate:+.1%}; the scorer calls {false_alarms:.1%} of "
            f"compliant answers refusals and misses {missed:.1%} of refusals."
        )
        size = abs(change.estimate)
        # an error rate that differs between the two styles of answer could make as much of a change, and no more
        found.yes(0.7, float(shown) * ramp(size, 2 * false_alarms, false_alarms / 2), told, change.estimate)
        found.no(0.3, float(shown) * ramp(size, 2 * false_alarms, 4 * false_alarms), told, change.estimate)
    unscored = {
        gate.metric: max(side.missing / max(1, side.missing + side.n) for side in sides)
        for gate in facts.verdict.gates
        if (sides := [m for e in (facts.before, facts.after) if (m := e.measure(gate.metric)) is not None])
    }
    if unscored:
        worst = max(unscored, key=lambda name: unscored[name])
        told = f"{unscored[worst]:.0%} of items could not be judged for {worst}."
        found.yes(0.6, ramp(unscored[worst], 0.1, 0.5), told, unscored[worst])
    return found.evidence


def too_few_items(facts: Facts) -> list[Evidence]:
    """Gates that more items would decide."""
    found = Weighing()
    undecided, regressed = facts.gates("undecided"), facts.gates("regress")
    decidable = [gate for gate in undecided if gate.needed_n or gate.n < FEW]
    share = len(decidable) / max(1, len(facts.verdict.gates))
    for gate in decidable[:3]:
        more = f", and about {gate.needed_n} would decide it" if gate.needed_n else ""
        found.yes(
            0.6 / len(decidable[:3]), 0.5 + 0.5 * share, f"Undecided on {gate.n} items{more}: {gate.rule}.", gate.n
        )
    if not decidable:
        return []
    nearest = min((gate.needed_n / max(1, gate.n) for gate in decidable if gate.needed_n), default=None)
    if nearest is not None:
        found.yes(0.2, ramp(nearest, 20.0, 4.0), f"The nearest gate needs {nearest:.1f} times as many items.", nearest)
        found.no(0.2, ramp(nearest, 20.0, 100.0), f"The nearest gate needs {nearest:.0f} times as many items.", nearest)
    found.no(0.3, float(bool(regressed)), f"{len(regressed)} gates regressed: there were items enough for those.")
    distance = facts.distance
    if distance is not None:
        says = f"The model lies {distance:.3g} nats a token from the start"
        found.no(0.3, ramp(distance, 0.03, 0.01), f"{says}: more items would show that little changed.", distance)
        found.no(0.3, ramp(distance, 0.4, 1.5), f"{says}, which is far: what moved it comes first.", distance)
    return found.evidence


FEW = 30
"""Items under which a gate's interval is wider than most changes that matter."""
