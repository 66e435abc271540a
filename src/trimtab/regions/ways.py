"""How a rule's way is seen in an answer, and where another region's way in it is a leak.

A rule's *way* is what an answer that follows it shows and an answer that never heard of it does not. It rests on
something found in the answer, never on what is missing there:

- A rule with a `mark` is seen where the mark is found: "384,400 km" of one that forbids miles.
- A rule that demands (a check that `lacks` a pattern, or that a scorer is `at_most` a figure) is seen where the answer
  does all that it demands: a disclosure, a referral, a refusal.
- A rule that forbids leaves no mark of its own. It is seen where the other region has a rule of the same act with
  another parameter, and the answer holds what that one forbids and this one lets stand: "colour" where American
  spelling is asked for.
- An answer is nobody's mark: a rule that `requires: answer` by a scorer of refusals alone is not looked for. What a
  scorer alone hears (a refusal) looks alike whoever's rule it is, and is a region's way on prompts of its rule only.

Shown in another region it is a leak, save where

- the region has the same rule (alike in what it asks of which prompts; of rules that forbid also where act,
  requirement and parameters are), or permits the act;
- a rule of the region that is in force on the prompt asks for it: one that what was found would satisfy, one that
  demands the same act (unless a parameter is set otherwise: another country's number), or any that wants the prompt
  declined, where the way is to decline;
- it is the region's own way: its own mark is found in it; or its own rule asks for the same elsewhere, and the rule in
  question would not ask for it on this prompt either (that is the own rule going beyond its prompts);
- of what is demanded only: it is what parameters tell apart ("miles" that a rule wants where they are asked for); that
  is told under the act of the parameter alone, and not looked for where good answers of the region's own show it;
- of what is forbidden only: the prompt itself asks for it, as `unless` of either region's rule of the act tells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..policy import search
from ..records import Check, Rule, Score, ScorerRef
from .given import RegionRules

Hears = Callable[[ScorerRef], Score]
"""What a scorer says of the answer at hand."""


@dataclass(frozen=True)
class Piece:
    """Something found in an answer: its words, or the scorer that hears it."""

    text: str
    scorer: ScorerRef | None = None


@dataclass(frozen=True)
class Seen:
    """Whether a way is shown: True with what shows it, False, or None where that cannot be told, and `why`."""

    value: bool | None
    pieces: tuple[Piece, ...] = ()
    why: str = ""

    @property
    def evidence(self) -> str:
        """What shows it, in words."""
        return ", ".join(each.text if each.scorer else f"“{each.text}”" for each in self.pieces)


@dataclass(frozen=True)
class Way:
    """The way of a rule of one region, as it is looked for in another (or beyond its own prompts in its own)."""

    of: RegionRules
    rule: Rule
    where: RegionRules
    how: Literal["mark", "demands", "forbidden there"]
    against: tuple[Rule, ...] = ()
    told_apart: tuple[tuple[RegionRules, str], ...] = ()

    @property
    def told(self) -> str:
        """In words."""
        match self.how:
            case "mark":
                return "its mark is found"
            case "demands":
                return "the answer does what it demands"
            case "forbidden there":
                names = ", ".join(rule.id for rule in self.against)
                return f"the answer holds what {names} of {self.where.name} forbids and this rule lets stand"


def alike(one: RegionRules, rule: Rule, other: RegionRules) -> Rule | None:
    """The rule of another region that asks the same of the same prompts, or forbids by the same act, requirement and
    parameters. None where it has none."""
    for each in other.policy.rules:
        same_act = one.act(rule.id) == other.act(each.id) and rule.requires == each.requires
        settings = one.settings.get(rule.id)
        both_forbid = not demands(rule) and not demands(each) and rule.answers_in == each.answers_in
        if same_act and both_forbid and settings and settings == other.settings.get(each.id):
            return each
        if same_act and _asked_of(one, rule) == _asked_of(other, each):
            return each
    return None


def demands(rule: Rule) -> tuple[Check, ...]:
    """The checks by which it demands something: what they look for is there in an answer that keeps it."""
    return tuple(check for check in rule.checks if check.lacks is not None or check.at_most is not None)


def told_apart(regions: Sequence[RegionRules]) -> tuple[tuple[RegionRules, str], ...]:
    """The patterns by which rules with parameters forbid, each with its region."""
    return tuple(
        (region, check.contains)
        for region in regions
        for rule in region.policy.rules
        if region.settings.get(rule.id)
        for check in rule.checks
        if check.contains is not None
    )


def way_in(
    of: RegionRules, rule: Rule, where: RegionRules, apart: tuple[tuple[RegionRules, str], ...] = ()
) -> Way | str:
    """How a rule's way is looked for in a region; or, in words, why it is not. `apart` is what parameters of all
    regions tell apart (`told_apart`)."""
    if of.name != where.name:
        if alike(of, rule, where) is not None:
            return f"{where.name} has the same rule"
        if of.act(rule.id) in where.permits:
            return f"{where.name} permits it"
    elif not demands(rule):
        return "it forbids, or an answer is its way: there is nothing to show beyond its prompts"
    if rule.mark is not None:
        return Way(of, rule, where, "mark")
    if not rule.checks:
        return "no check tells of it, and no mark"
    if demands(rule):
        if of.name != where.name and (good := _shown_as_good(of, rule, where)):
            return f"good answers to {good} of {where.name} show it"
        return Way(of, rule, where, "demands", told_apart=apart)
    if rule.requires == "answer":
        return "an answer is nobody's mark"
    against = tuple(
        each
        for each in where.policy.rules
        if where.act(each.id) == of.act(rule.id)
        and any(check not in demands(each) for check in each.checks)
        and set_otherwise(of, rule, where, each)
    )
    if not against:
        return f"it forbids, which leaves no mark, and no rule of {where.name} sets its parameter otherwise"
    return Way(of, rule, where, "forbidden there", against)


def set_otherwise(one: RegionRules, rule: Rule, other: RegionRules, theirs: Rule) -> bool:
    """Whether two rules set a parameter differently."""
    ours, set_there = one.settings.get(rule.id, {}), other.settings.get(theirs.id, {})
    return any(value != set_there.get(name, value) for name, value in ours.items())


def _shown_as_good(of: RegionRules, rule: Rule, where: RegionRules) -> str:
    """The rule of a region, told apart by a parameter, whose good answers do what another region's rule demands."""
    patterns = [of.policy.spelled(check.lacks) for check in demands(rule) if check.lacks is not None]
    for each in where.policy.rules:
        if not where.settings.get(each.id) or demands(each) or not patterns:
            continue
        for shown in each.examples.good:
            if all(search(pattern, shown.answer) is not None for pattern in patterns):
                return each.id
    return ""


def _asked_of(region: RegionRules, rule: Rule) -> tuple[object, ...]:
    """What a rule asks of which prompts, with the patterns spelled out; neither its words nor its source."""

    def spelled(pattern: str | None) -> str | None:
        return None if pattern is None else region.policy.spelled(pattern)

    checks = [(spelled(c.contains), spelled(c.lacks), c.scorer, c.at_least, c.at_most) for c in rule.checks]
    prompts = [tuple(map(spelled, patterns)) for patterns in (rule.when, rule.unless)]
    tongues = (rule.languages or region.policy.languages, rule.answers_in)
    words, mark = rule.text if not rule.checks else "", spelled(rule.mark.pattern if rule.mark else None)
    return (
        *prompts,
        rule.except_rules,
        tuple(checks),
        mark,
        tongues,
        words,
    )
