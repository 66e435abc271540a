"""Cause `leakage`: a region's adapter shows the ways of other regions (docs/regions.md)."""

from collections.abc import Sequence

from ..records import TOGETHER, Comparison, Evidence, Intervention, Matrix, ShownRate
from .evidence import Facts, Weighing, ramp

FULL = 0.2
"""Share of answers that newly show another region's way from which nothing else is needed."""
_NAMED = 3


def leakage(facts: Facts) -> list[Evidence]:
    """Ways of other regions that came with training; that went, or never came, speaks against."""
    if facts.matrix is None or facts.region is None:
        return []
    found, matrix, name = Weighing(), facts.matrix, facts.region
    whole = matrix.shown_in(name, "", TOGETHER, name)
    if whole is None or whole.change is None:
        return []
    change = whole.change
    told = (
        f"Its own adapter newly shows another region's way in {change.gained:,} of {change.n:,} answers, and no more "
        f"in {change.lost:,} ({change.mean:+.0%}, {change.low:+.0%} to {change.high:+.0%})."
    )
    found.yes(0.6, float(change.low > 0) * (0.5 + 0.5 * ramp(change.mean, 0.0, FULL)), told, change.mean)
    found.no(0.6, float(change.high < 0), told, change.mean)
    rules = sorted(came(matrix, name), key=lambda rate: -_least(rate))
    if rules:
        some = ", ".join(f"{rate.of}/{rate.rule} in {rate.count:,} of {rate.n:,}" for rate in rules[:_NAMED])
        found.yes(0.2, 1.0, f"Shown beyond chance: {some}.", rules[0].rate)
    gate = next((each for each in facts.gates("regress") if each.metric == f"regions.{name}.leakage"), None)
    found.yes(0.1, float(gate is not None), "Its gate on leakage regressed.")
    strays = facts.strays
    if strays is not None:
        says = f"{strays:.0%} of its comparisons were made for rules that the region has not."
        found.yes(0.3, ramp(strays, 0.0, 0.1), says, strays)
    return found.evidence


def came(matrix: Matrix, region: str) -> list[ShownRate]:
    """The single ways of other regions that a region's own adapter shows more often than the model before, by more than
    chance."""
    return [
        rate
        for rate in matrix.shown
        if (rate.region, rate.subject, rate.part) == (region, region, "all")
        and rate.rule != TOGETHER
        and rate.of != region
        and rate.change is not None
        and rate.change.low > 0
    ]


def strays_of(compared: Sequence[Comparison], rules: frozenset[str]) -> float | None:
    """The share of comparisons made for rules that are none of these; None where no comparison names its rule."""
    named = [each.provenance.rule for each in compared if each.provenance.rule]
    return sum(name not in rules for name in named) / len(named) if named else None


def drop_strays(facts: Facts) -> Intervention | None:
    """Comparisons for rules that the region has not are taken out."""
    if not facts.strays:
        return None
    says = "Take out the region's comparisons whose `provenance.rule` is no rule of its pack."
    return Intervention(id="drop-strays", summary=says, data="collect:drop-strays")


def apart(facts: Facts) -> Intervention | None:
    """Where something shared was trained first, the region starts from the model itself."""
    if facts.matrix is None or facts.matrix.before == "start":
        return None
    says = "Train each region's adapter from the model itself: leave the spec's shared `feedback` out."
    return Intervention(id="separate-adapters", summary=says, data="collect:separate-adapters")


def pairs_across(facts: Facts) -> Intervention | None:
    """Twins across regions, for the rules that came in."""
    if facts.matrix is None or facts.region is None:
        return None
    rules = dict.fromkeys(f"{rate.of}/{rate.rule}" for rate in came(facts.matrix, facts.region))
    of = f" ({', '.join(rules)})" if rules else ""
    says = (
        f"Add pairs across regions{of}: on prompts of {facts.region} the answer without the other's way is chosen over "
        "the one with it; the cells of the matrix show which."
    )
    return Intervention(id="pairs-across-regions", summary=says, data="collect:pairs-across-regions")


def _least(rate: ShownRate) -> float:
    return rate.change.low if rate.change is not None else 0.0
