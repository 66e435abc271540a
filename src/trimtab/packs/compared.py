"""What differs between two packs as they bind on a day."""

from dataclasses import dataclass
from datetime import date

from .lineage import Bound, Lineage, bound_on

_TOLD = (
    "text",
    "requires",
    "severity",
    "by",
    "audience",
    "modality",
    "when",
    "unless",
    "checks",
    "priority",
    "permits",
)


@dataclass(frozen=True)
class RuleDifference:
    """A rule that one of two packs has, or that both have differently (`how`: the fields)."""

    rule: str
    first: Bound | None
    second: Bound | None
    how: tuple[str, ...] = ()


def differences(first: Lineage, second: Lineage, day: date) -> list[RuleDifference]:
    """Every rule that is not the same in both, in the order of the first, then of the second."""
    ours, theirs = ({bound.rule.id: bound for bound in bound_on(each, day)} for each in (first, second))
    found = []
    for name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(name), theirs.get(name)
        if one is None or other is None:
            found.append(RuleDifference(name, one, other))
        elif how := _how(one, other):
            found.append(RuleDifference(name, one, other, how))
    return found


def _how(one: Bound, other: Bound) -> tuple[str, ...]:
    fields = tuple(name for name in _TOLD if getattr(one.rule, name) != getattr(other.rule, name))
    settings = {**one.rule.settings, **other.rule.settings}
    changed = (name for name in settings if one.rule.settings.get(name) != other.rule.settings.get(name))
    return (*fields, *changed)
