"""What two rules of packs want that cannot both be had, each with its witness."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..policy import RanOver, breaks_checks, search
from ..records import PackRule, Policy, Requires
from ..scorers import content_words, words
from .lineage import combined
from .meeting import Held, may_meet, prompt_of_both
from .resolve import PROHIBITIONS
from .strings import strings_of

DUTY_AND_BAN, REQUIREMENTS, PARAMETERS, PERMITTED = (
    "duty-and-ban",
    "contradictory-requirements",
    "incomparable-parameters",
    "permitted-elsewhere",
)
_DUTIES: frozenset[Requires] = frozenset({"disclose", "answer"})
_DECLINES: frozenset[Requires] = frozenset({"refuse", "redirect"})
ALIKE = 0.7
"""Share of their content words from which two rules' texts speak of the same (Jaccard)."""
_NOT = frozenset("never no not nobody nothing none nor neither without cannot don't doesn't avoid".split())


@dataclass(frozen=True)
class Conflict:
    """Of which kind, what cannot both be had, the prompt that both rules are about, the remedy."""

    kind: str
    told: str
    prompt: str
    remedy: str


def conflict(one: Held, other: Held, prompts: Sequence[str], *, same_pack: bool) -> Conflict | None:
    """The clearest conflict of two rules on a prompt that both are about; None where both can be kept.

    Within one pack a higher `priority` decides between an answer and none; across packs it does not, because each
    counts by itself.
    """
    if not may_meet(one, other) or (same_pack and _settled(one.bound.rule, other.bound.rule)):
        return None
    found = (
        _of_permission(one, other)
        or _of_act(one, other)
        or _of_parameters(one, other)
        or _of_words(one, other)
        or _of_requirements(one, other, same_pack=same_pack)
    )
    if found is None:
        return None
    prompt = prompt_of_both(one, other, prompts)
    return Conflict(found[0], found[1], prompt, found[2]) if prompt is not None else None


_Found = tuple[str, str, str] | None
_APART = (
    "Keep them apart by region (an adapter each), draw a line with `when` and `unless`, or narrow one with its reason."
)


def _of_permission(one: Held, other: Held) -> _Found:
    for allows, forbids in ((one, other), (other, one)):
        rule, ban = allows.bound.rule, forbids.bound.rule
        if rule.permits and not ban.permits and ban.requires in (*PROHIBITIONS, "redirect") and _same(rule, ban):
            told = f"{allows.bound.name} permits {rule.done}, and {forbids.bound.name} forbids it."
            return PERMITTED, told, "Where both hold, the ban does. Else nothing: each region has its own."
    return None


def _of_act(one: Held, other: Held) -> _Found:
    for duty, ban in ((one, other), (other, one)):
        does, leaves = duty.bound.rule, ban.bound.rule
        if does.permits or leaves.permits or does.requires not in _DUTIES or leaves.requires not in PROHIBITIONS:
            continue
        if _same(does, leaves):
            told = f"{duty.bound.name} demands {does.done}, and {ban.bound.name} forbids it."
            return DUTY_AND_BAN, told, _APART
    first, second = one.bound.rule, other.bound.rule
    if first.permits or second.permits or first.requires != second.requires or not _alike(first, second):
        return None
    if _turned(first.text) != _turned(second.text):
        return REQUIREMENTS, f"“{first.text}” and “{second.text}” differ in little more than a negation.", _APART
    return None


def _of_words(one: Held, other: Held) -> _Found:
    """Where every way to keep one, by its patterns or its good answers, breaks the other."""
    for duty, ban in ((one, other), (other, one)):
        does, leaves = duty.bound.rule, ban.bound.rule
        if does.permits or leaves.permits:
            continue
        bans = [check.contains for check in leaves.checks if check.contains]
        for lacks in (check.lacks for check in does.checks if check.lacks):
            texts = strings_of(lacks)
            if texts and bans and all(any(_in(ban_, text) for ban_ in bans) for text in texts):
                told = f"{duty.bound.name} demands “{texts[0]}” or the like, which {ban.bound.name} forbids."
                return DUTY_AND_BAN, told, _APART
        if does.requires not in PROHIBITIONS and (shown := _all_broken(duty, ban)) is not None:
            told = f"“{shown}” is a good answer by {duty.bound.name}, and {ban.bound.name} forbids it."
            return DUTY_AND_BAN, told, _APART
    first, second = _all_broken(one, other), _all_broken(other, one)
    if first is not None and second is not None:
        told = (
            f"What is good by one is bad by the other: “{first}” by {one.bound.name}, “{second}” by {other.bound.name}."
        )
        return REQUIREMENTS, told, _APART
    return _of_bounds(one, other) or _of_edges(one, other)


def _of_bounds(one: Held, other: Held) -> _Found:
    """Where one wants a scorer's figure below what the other wants it above."""
    for low, high in ((one, other), (other, one)):
        for below in low.bound.rule.checks:
            for above in high.bound.rule.checks:
                if below.scorer is None or below.scorer != above.scorer:
                    continue
                if below.at_least is not None and above.at_most is not None and below.at_least <= above.at_most:
                    told = (
                        f"{low.bound.name} wants {below.scorer.name} below {below.at_least:g}, and {high.bound.name} "
                        f"above {above.at_most:g}."
                    )
                    return REQUIREMENTS, told, _APART
    return None


def _of_edges(one: Held, other: Held) -> _Found:
    """Where both say with what an answer begins, or ends, and no text does both."""
    for begins, marks in ((True, ("\\A", "^")), (False, ("\\Z", "$"))):
        texts = []
        for held in (one, other):
            lacks = [check.lacks for check in held.bound.rule.checks if check.lacks]
            fixed = [each for each in lacks if (each.startswith(marks) if begins else each.endswith(marks))]
            texts.append([text.casefold() for each in fixed for text in strings_of(each)])
        first, second = texts
        if first and second and not any(_fit(a, b, begins) for a in first for b in second):
            told = (
                f"{one.bound.name} wants an answer to {'begin' if begins else 'end'} with “{first[0]}”, and "
                f"{other.bound.name} with “{second[0]}”."
            )
            return REQUIREMENTS, told, _APART
    return None


def _settled(one: PackRule, other: PackRule) -> bool:
    """Whether priority decides between an answer and none."""
    sides = {one.requires, other.requires}
    return one.priority != other.priority and "answer" in sides and bool(sides & _DECLINES)


def _of_requirements(one: Held, other: Held, *, same_pack: bool) -> _Found:
    for wants, declines in ((one, other), (other, one)):
        first, second = wants.bound.rule, declines.bound.rule
        if first.permits or second.permits or first.requires != "answer" or second.requires not in _DECLINES:
            continue
        away = "refused" if second.requires == "refuse" else "passed on to somebody else"
        told = f"{wants.bound.name} wants it answered, and {declines.bound.name} wants it {away}."
        more = "Give one a higher `priority`, or draw" if same_pack else "Keep them apart by region, or draw"
        return REQUIREMENTS, told, f"{more} the line with `unless` or except_rules."
    return None


def _of_parameters(one: Held, other: Held) -> _Found:
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
            f"{one.bound.name} sets {name} to {_said(value)} and {other.bound.name} to "
            f"{_said(second.settings[name])}, and nothing says how they are put together."
        )
        ways = _ways(value, second.settings[name])
        remedy = f"Declare how under `combine` in a pack that both extend ({name}: {ways}), or {_BY_REGION}."
        remedy = remedy if ways else f"Keep {_BY_REGION.removeprefix('keep ')}, or give one of the two up."
        return PARAMETERS, told, remedy
    return None


_BY_REGION = "keep them apart by region"


def _ways(one: object, other: object) -> str:
    """The operators that two values could be put together by."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return "min or max"
    return "union" if isinstance(one, tuple) or isinstance(other, tuple) else ""


def _same(one: PackRule, other: PackRule) -> bool:
    """Whether two rules are of one act, by its name or by their texts."""
    return one.done == other.done or _alike(one, other)


def _alike(one: PackRule, other: PackRule) -> bool:
    first, second = content_words(one.text), content_words(other.text)
    return bool(first) and len(first & second) / len(first | second) >= ALIKE


def _turned(text: str) -> bool:
    return sum(word in _NOT for word in words(text)) % 2 == 1


def _all_broken(shows: Held, ban: Held) -> str | None:
    """The first good answer of a rule where another forbids all of them on prompts that it is about; None where one
    stays, or there is none. What the other demands beside is left out: it could be added."""
    rule = ban.among.rule(ban.bound.rule.id)
    checks = tuple(
        check for check in rule.checks if check.contains or (check.scorer is not None and rule.requires == "avoid")
    )
    good = shows.bound.rule.examples.good
    if not checks or not good or shows.bound.rule.permits or ban.bound.rule.permits:
        return None
    alone = Policy(
        name="one",
        languages=ban.among.languages,
        rules=(rule.model_copy(update={"checks": checks, "except_rules": ()}),),
    )
    for shown in good:
        about = shown.prompt is None or ban.about(shown.prompt)
        if not about or breaks_checks(alone, alone.rules[0], shown.prompt or "", shown.answer).value != 1.0:
            return None
    return good[0].answer


def _in(pattern: str, text: str) -> bool:
    try:
        return search(pattern, text) is not None
    except RanOver:
        return False


def _fit(one: str, other: str, begins: bool) -> bool:
    if begins:
        return one.startswith(other) or other.startswith(one)
    return one.endswith(other) or other.endswith(one)


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def pairs(ours: Sequence[Held], theirs: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """Each pair of a rule of one pack and a rule of another, without those that hold in both."""
    shared = {held.bound.name for held in ours} & {held.bound.name for held in theirs}
    for one in ours:
        for other in theirs:
            if one.bound.name not in shared and other.bound.name not in shared:
                yield one, other
