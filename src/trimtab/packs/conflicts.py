"""What two rules of packs want that cannot both be had, each with its witness."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..records import PackRule, Requires
from ..scorers import content_words, words
from .figures import two_figures, unit_apart
from .kinship import kin
from .lineage import combined
from .meeting import Held, Witness, apart, may_meet, prompt_of_both
from .resolve import PROHIBITIONS
from .said import BETWEEN, DUTY_AND_BAN, PARAMETERS, PERMITTED, REQUIREMENTS, WHICH_FIRST, WITHIN, Found
from .wordings import DUTIES, NOT, of_words, without_check

_DECLINES: frozenset[Requires] = frozenset({"refuse", "redirect"})
ALIKE = 0.7
"""Share of their content words from which two rules' texts speak of the same (Jaccard)."""


@dataclass(frozen=True)
class Conflict:
    """Of which kind, what cannot both be had, the prompt that both rules are about, the remedy."""

    kind: str
    told: str
    witness: Witness
    remedy: str


@dataclass(frozen=True)
class Unexamined:
    """Why two rules could not be held against each other: no prompt is known on which both bind, a rule (by its name)
    has no check, or they name two figures (`rule` has both), and whether of one thing a reader has to say. `shared`:
    words of one subject that they have, by which they are likelier to meet."""

    wants: Literal["prompt", "check", "reader"]
    rule: str = ""
    shared: int = 0


def conflict(one: Held, other: Held, prompts: Sequence[str], *, same_pack: bool) -> Conflict | Unexamined | None:
    """The clearest conflict of two rules on a prompt that both are about; None where both can be kept, or never meet.

    Within one pack a higher `priority` decides between an answer and none; across packs it does not, because each
    counts by itself, but an answer to whatever may be asked yields there too.
    """
    first, second = one.bound.rule, other.bound.rule
    if not may_meet(one, other) or _settled(first, second, same_pack=same_pack):
        return None
    found = (
        _of_permission(one, other)
        or _of_act(one, other)
        or _of_parameters(one, other)
        or of_words(one, other)
        or _of_requirements(one, other, same_pack=same_pack)
    )
    if found is None:
        bare, figures = without_check(one, other), two_figures(one, other)
        if (bare is None and figures is None) or prompt_of_both(one, other, prompts, make=False) is None:
            return None
        return Unexamined("check", bare) if bare is not None else Unexamined("reader", " and ".join(figures or ()))
    make = found.always and found.kind != PERMITTED
    witness = prompt_of_both(one, other, prompts, make=make)
    if witness is not None:
        remedy = found.remedy or (WITHIN if same_pack else BETWEEN)
        return Conflict(found.kind, found.told, witness, remedy)
    return Unexamined("prompt", shared=len(kin(first, second))) if make and not apart(one, other) else None


def _of_permission(one: Held, other: Held) -> Found | None:
    for allows, forbids in ((one, other), (other, one)):
        rule, ban = allows.bound.rule, forbids.bound.rule
        if rule.permits and not ban.permits and ban.requires in (*PROHIBITIONS, "redirect") and _same(rule, ban):
            told = f"{allows.told} permits {rule.done}, and {forbids.told} forbids it."
            return Found(PERMITTED, told, "Where both hold, the ban does. Else nothing: each region has its own.")
    return None


def _of_act(one: Held, other: Held) -> Found | None:
    for duty, ban in ((one, other), (other, one)):
        does, leaves = duty.bound.rule, ban.bound.rule
        if does.permits or leaves.permits or does.requires not in DUTIES or leaves.requires not in PROHIBITIONS:
            continue
        if _same(does, leaves) and not _demands(leaves):
            return Found(DUTY_AND_BAN, f"{duty.told} demands {does.done}, and {ban.told} forbids it.")
    first, second = one.bound.rule, other.bound.rule
    if first.permits or second.permits or first.requires != second.requires or not _alike(first, second):
        return None
    if _turned(first.text) != _turned(second.text):
        return Found(REQUIREMENTS, f"“{first.text}” and “{second.text}” differ in little more than a negation.")
    return None


def _demands(rule: PackRule) -> bool:
    """Whether a rule that says of no other way in which it is kept (`requires`) breaks by what is missing alone."""
    return rule.requires == "avoid" and bool(rule.checks) and all(check.lacks for check in rule.checks)


def _settled(one: PackRule, other: PackRule, *, same_pack: bool) -> bool:
    """Whether priority decides between an answer and none: between packs, where the rule that wants the answer is about
    whatever may be asked, or yields to all (`priority: 0`)."""
    for wants, declines in ((one, other), (other, one)):
        if wants.requires == "answer" and declines.requires in _DECLINES:
            if same_pack:
                return wants.priority != declines.priority
            return wants.priority < declines.priority and (wants.priority == 0 or not wants.when)
    return False


def _of_requirements(one: Held, other: Held, *, same_pack: bool) -> Found | None:
    for wants, declines in ((one, other), (other, one)):
        first, second = wants.bound.rule, declines.bound.rule
        if first.permits or second.permits or first.requires != "answer" or second.requires not in _DECLINES:
            continue
        away = "refused" if second.requires == "refuse" else "passed on to somebody else"
        told = f"{wants.told} wants it answered, and {declines.told} wants it {away}."
        return Found(REQUIREMENTS, told, WHICH_FIRST if same_pack else "")
    return None


def _of_parameters(one: Held, other: Held) -> Found | None:
    first, second = one.bound.rule, other.bound.rule
    if not _same(first, second):
        return None
    for name, value in first.settings.items():
        if name not in second.settings or second.settings[name] == value:
            continue
        how = {one.lineage.combine.get(name), other.lineage.combine.get(name)}
        if len(how) == 1 and combined(next(iter(how)), value, second.settings[name]) is not None:
            continue
        told = (
            f"{one.told} sets {name} to {_said(value)} and {other.told} to {_said(second.settings[name])}, and nothing "
            "says how the two are put together."
        )
        ways = _ways(value, second.settings[name])
        apart_ = "Serve each by an adapter of its own"
        remedy = f"{apart_}, or write `combine: {{{name}: {ways}}}` in both packs." if ways else f"{apart_}, or set one"
        return Found(PARAMETERS, told, remedy if ways else f"{remedy} value for `{name}` in both.")
    for name, named in unit_apart(first, second):
        told = f"{one.told} sets {name} to {first.settings[name]} and {other.told} {named} to {second.settings[named]}."
        return Found(PARAMETERS, told, f"Set both by `{name}`, and say how the two are put together (`combine`).")
    return None


def _ways(one: object, other: object) -> str:
    """An operator that two values could be put together by."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return "min"
    return "union" if isinstance(one, tuple) or isinstance(other, tuple) else ""


def _same(one: PackRule, other: PackRule) -> bool:
    """Whether two rules are of one act, by its name or by their texts."""
    return one.done == other.done or _alike(one, other)


def _alike(one: PackRule, other: PackRule) -> bool:
    first, second = content_words(one.text), content_words(other.text)
    return bool(first) and len(first & second) / len(first | second) >= ALIKE


def _turned(text: str) -> bool:
    return sum(word in NOT for word in words(text)) % 2 == 1


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def pairs(ours: Sequence[Held], theirs: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """Each pair of a rule of one pack and a rule of another, without those that hold in both."""
    shared = {held.bound.name for held in ours} & {held.bound.name for held in theirs}
    for one in ours:
        for other in theirs:
            if one.bound.name not in shared and other.bound.name not in shared:
                yield one, other
