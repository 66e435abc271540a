"""`look_through`: what is wrong with packs, each by itself and held against each other, and what was not examined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from ..records import PackFinding
from .conflicts import Conflict, Unexamined, conflict, pairs
from .languages import unseen_languages
from .lineage import Lineage, bound_on, days_of
from .lines import Told, dead_rules, gaps, never_in_force, own_parameters, weaker_children
from .meeting import Held, held_on, prompts_of
from .said import PERMITTED

_TITLES = {
    "duty-and-ban": "One rule demands what another forbids",
    "contradictory-requirements": "Two rules want what cannot both be had",
    "incomparable-parameters": "Two rules set one thing differently",
    "permitted-elsewhere": "One pack permits what another forbids",
    "weaker-child": "A rule asks for less than the one above",
    "dead-rule": "A rule that is about nothing",
    "gap-in-time": "Days without a rule",
    "language-unchecked": "A rule that some languages cannot be checked by",
}


@dataclass(frozen=True)
class Looked:
    """What was found, worst first, and the pairs of rules that could not be held against each other, each with why."""

    findings: list[PackFinding]
    unexamined: list[tuple[str, str, Unexamined]]


def check_packs(
    lineages: Sequence[Lineage], *, day: date | None = None, prompts: Sequence[str] = ()
) -> list[PackFinding]:
    """What `look_through` finds."""
    return look_through(lineages, day=day, prompts=prompts).findings


def look_through(lineages: Sequence[Lineage], *, day: date | None = None, prompts: Sequence[str] = ()) -> Looked:
    """Every fault, worst first, on a day, or on any day on which something begins or ends.

    What cannot both be had within one pack blocks, on a prompt that somebody gave; between two packs it is a warning,
    because each region may be served by itself. `prompts` are looked through for one that two rules are both about,
    beside the packs' examples.
    """
    packs = {each.name: each.pack for lineage in lineages for each in lineage.line}
    pool = [*prompts_of(list(packs.values())), *prompts]
    found: dict[tuple[str, tuple[str, ...]], PackFinding] = {}
    unexamined: dict[tuple[str, str], Unexamined] = {}
    for lineage in lineages:
        for told in (
            *own_parameters(lineage),
            *(one for each in lineage.line for one in (*gaps(each), *never_in_force(each))),
        ):
            _add(found, _finding(told))
    days = [day] if day is not None else sorted({date.today()}.union(*map(days_of, lineages)))
    for each_day in days:
        held = [held_on(lineage, bound_on(lineage, each_day)) for lineage in lineages]
        for rules in held:
            for told in (*weaker_children(rules, pool), *dead_rules(rules, pool), *unseen_languages(rules)):
                _add(found, _finding(told))
            for one, other in combinations(rules, 2):
                if (pair := _pair(one, other)) not in found:
                    found[pair] = _held(unexamined, one, other, pool, each_day, same_pack=True)
        for ours, theirs in combinations(held, 2):
            for one, other in pairs(ours, theirs):
                if (pair := _pair(one, other)) not in found:
                    found[pair] = _held(unexamined, one, other, pool, each_day, same_pack=False)
    order = ("block", "warn", "info")
    told_of = (each for each in found.values() if each.title)
    return Looked(
        sorted(told_of, key=lambda finding: order.index(finding.severity)),
        [(*names, why) for names, why in unexamined.items()],
    )


_NOTHING = PackFinding(id="none", severity="info", title="", figure=None, summary="", remedy="")
"""What is kept of two rules that can both be kept, so that they are not held against each other again."""


def _pair(one: Held, other: Held) -> tuple[str, tuple[str, ...]]:
    """By what two rules are known, as they are on that day."""
    return "pair", tuple(sorted(f"{held.bound.name} {held.bound.rule.model_dump_json()}" for held in (one, other)))


def _held(
    unexamined: dict[tuple[str, str], Unexamined],
    one: Held,
    other: Held,
    pool: Sequence[str],
    day: date,
    *,
    same_pack: bool,
) -> PackFinding:
    told = conflict(one, other, pool, same_pack=same_pack)
    if isinstance(told, Unexamined):
        unexamined.setdefault((one.bound.name, other.bound.name), told)
        return _NOTHING
    if told is None or (told.kind == PERMITTED and same_pack):
        return _NOTHING
    return _of_conflict(told, one, other, day, same_pack=same_pack)


_MADE = {"given": "", "made": " The prompt was made of both rules' examples.", "overlap": " Patterns of both find it."}


def _of_conflict(told: Conflict, one: Held, other: Held, day: date, *, same_pack: bool) -> PackFinding:
    blocks = same_pack and told.witness.how != "made"
    severity = "info" if told.kind == PERMITTED else "block" if blocks else "warn"
    since = f" From {day} on." if day > date.today() else ""
    mark = [f" {held.bound.name} is unverified." for held in (one, other) if held.bound.rule.standing == "unverified"]
    summary = f"{told.told}{_MADE[told.witness.how]}{since}{''.join(mark)}"
    rules = (one.bound.name, other.bound.name)
    return _finding((told.kind, severity, rules, summary, told.witness.prompt, told.remedy))


def _finding(told: Told) -> PackFinding:
    name, severity, rules, summary, witness, remedy = told
    return PackFinding.model_validate(
        {
            "id": name,
            "severity": severity,
            "title": _TITLES[name],
            "figure": None,
            "summary": f"{' and '.join(rules)}: {summary}",
            "rows": rules,
            "count": len(rules),
            "remedy": remedy,
            "witness": witness,
        }
    )


def _add(found: dict[tuple[str, tuple[str, ...]], PackFinding], one: PackFinding) -> None:
    found.setdefault((one.id, (*one.rows, one.summary)), one)
