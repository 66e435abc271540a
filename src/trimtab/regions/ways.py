"""How a rule's way is seen in an answer, and where another region's way in it is a leak.

A rule's *way* is what an answer that follows it shows and an answer that never heard of it does not. It rests on
something found in the answer, never on what is missing there:

- A rule with a `mark` is seen where the mark is found: "384,400 km" of one that forbids miles.
- A rule that demands (a check that `lacks` a pattern, or that a scorer is `at_most` a figure) is seen where the answer
  does all that it demands: a disclosure, a referral, a refusal.
- A rule that forbids leaves no mark of its own. It is seen where the other region has a rule of the same act with
  another parameter, and the answer holds what that one forbids and this one lets stand: "colour" where American
  spelling is asked for.
- An answer is nobody's mark: a rule that `requires: answer` by a scorer of refusals alone is not looked for.

Shown in another region it is a leak, save where

- the region has the same rule (alike in what it asks of which prompts; of rules that forbid also where act,
  requirement and parameters are), or permits the act;
- a rule of the region that is in force on the prompt asks for it: one that what was found would satisfy, one that
  demands the same act (unless a mark tells the two apart: another country's number), or any that wants the prompt
  declined, where the way is to decline;
- it is the region's own way: its own mark is found in it; or its own rule asks for the same elsewhere, and the rule in
  question would not ask for it on this prompt either (that is the own rule going beyond its prompts);
- of what is demanded only: it is what parameters tell apart ("miles" that a rule wants where they are asked for); that
  is told under the act of the parameter alone, and not looked for where good answers of the region's own show it;
- of what is forbidden only: the prompt itself asks for it, as `unless` of either region's rule of the act tells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from ..policy import RanOver, applies, every, in_force, may_apply, not_found, search, speaks_of, wanted
from ..records import Check, Rule, Score, ScorerRef, Value
from ..scorers import not_judged
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
        if same_act and not demands(rule) and settings and settings == other.settings.get(each.id):
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
        and any(value != where.settings.get(each.id, {}).get(name, value) for name, value in _set_by(of, rule).items())
    )
    if not against:
        return f"it forbids, which leaves no mark, and no rule of {where.name} sets its parameter otherwise"
    return Way(of, rule, where, "forbidden there", against)


def _set_by(region: RegionRules, rule: Rule) -> Mapping[str, Value]:
    return region.settings.get(rule.id, {})


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


def look(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """Whether a way is shown in an answer to a prompt where the region does not ask for it."""
    try:
        found = _found(way, prompt, answer, hears)
        return _left(way, _without_told_apart(way, found, answer), prompt) if found.value else found
    except RanOver as error:
        return Seen(None, why=str(error))


def shows(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """Whether a way is shown in an answer, wherever that is asked for."""
    try:
        return _found(way, prompt, answer, hears)
    except RanOver as error:
        return Seen(None, why=str(error))


def _asked_of(region: RegionRules, rule: Rule) -> tuple[object, ...]:
    """What a rule asks of which prompts, with the patterns spelled out; neither its words nor its source."""

    def spelled(pattern: str | None) -> str | None:
        return None if pattern is None else region.policy.spelled(pattern)

    checks = [(spelled(c.contains), spelled(c.lacks), c.scorer, c.at_least, c.at_most) for c in rule.checks]
    prompts = [tuple(map(spelled, patterns)) for patterns in (rule.when, rule.unless)]
    tongues = (rule.languages or region.policy.languages, rule.answers_in)
    words = rule.text if not rule.checks else ""
    return (*prompts, rule.except_rules, tuple(checks), spelled(rule.mark), tongues, words)


def _found(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """What of the way is in the answer, wherever it is asked for."""
    rule = way.rule
    if not speaks_of(rule, prompt, answer):
        return Seen(False)
    match way.how:
        case "mark":
            assert rule.mark is not None
            return _pattern(way.of, rule, rule.mark, answer)
        case "demands":
            parts = [_demanded(way.of, rule, check, answer, hears) for check in demands(rule)]
            if any(part.value is False for part in parts):
                return Seen(False)
            missing = next((part for part in parts if part.value is None), None)
            return missing or Seen(True, tuple(piece for part in parts for piece in part.pieces))
        case "forbidden there":
            found = [
                _forbidden(way, each, check, answer, hears)
                for each in way.against
                if speaks_of(each, prompt, answer)
                for check in each.checks
                if check not in demands(each)
            ]
            pieces = tuple(piece for part in found for piece in part.pieces)
            if pieces:
                return Seen(True, pieces)
            return next((part for part in found if part.why), Seen(False))
        case _:
            assert_never(way.how)


def _pattern(region: RegionRules, rule: Rule, pattern: str, answer: str) -> Seen:
    found = every(region.policy.spelled(pattern), answer)
    if found:
        return Seen(True, tuple(map(Piece, found)))
    why = not_found(region.policy, rule, pattern, answer)
    return Seen(None, why=why) if why else Seen(False)


def _demanded(region: RegionRules, rule: Rule, check: Check, answer: str, hears: Hears) -> Seen:
    if check.lacks is not None:
        return _pattern(region, rule, check.lacks, answer)
    assert check.scorer is not None
    assert check.at_most is not None
    score = hears(check.scorer)
    if score.value is None:
        return Seen(None, why=score.reason) if score.applies else Seen(False)
    if score.value <= check.at_most:
        return Seen(False)
    return Seen(True, (Piece(f"{check.scorer.name} {score.value:.2f}", check.scorer),))


def _forbidden(way: Way, each: Rule, check: Check, answer: str, hears: Hears) -> Seen:
    """What a check of the region's own rule finds, without what the rule in question forbids as well."""
    if check.contains is not None:
        found = _pattern(way.where, each, check.contains, answer)
        own = [way.of.policy.spelled(c.contains) for c in way.rule.checks if c.contains is not None]
        left = tuple(p for p in found.pieces if not any(search(pattern, p.text) is not None for pattern in own))
        return Seen(True, left) if left else Seen(False) if found.value else found
    assert check.scorer is not None
    assert check.at_least is not None
    score = hears(check.scorer)
    if score.value is None:
        return Seen(None, why=score.reason) if score.applies else Seen(False)
    limits = [c.at_least for c in way.rule.checks if c.scorer == check.scorer and c.at_least is not None]
    if score.value < check.at_least or any(score.value >= limit for limit in limits):
        return Seen(False)
    return Seen(True, (Piece(f"{check.scorer.name} {score.value:.2f}", check.scorer),))


def _without_told_apart(way: Way, found: Seen, answer: str) -> Seen:
    """What was found, without what a parameter tells apart."""
    if not way.told_apart or not any(piece.scorer is None for piece in found.pieces):
        return found
    theirs = [text for region, pattern in way.told_apart for text in every(region.policy.spelled(pattern), answer)]
    left = [p for p in found.pieces if p.scorer is not None or not any(p.text in text for text in theirs)]
    return Seen(True, tuple(left)) if left else Seen(False)


def _left(way: Way, found: Seen, prompt: str) -> Seen:
    """What was found, without what the region asks for, allows or has as its own way."""
    where, own = way.where, way.of.name == way.where.name
    if not found.value:
        return found
    if _open(way, prompt) or any(_asks(way, rule, found, prompt) for rule in in_force(where.policy, prompt)):
        return Seen(False)
    unknown = _may_ask(way, found, prompt)
    if unknown:
        return Seen(None, why=unknown)
    if own:
        return found
    left = [piece for piece in found.pieces if not any(_own_mark(where, rule, piece) for rule in where.policy.rules)]
    if not may_apply(way.of.policy, way.rule, prompt):
        left = [piece for piece in left if not any(_takes(where, rule, piece) for rule in where.policy.rules)]
    return Seen(True, tuple(left)) if left else Seen(False)


def _open(way: Way, prompt: str) -> bool:
    """Whether the prompt itself asks for what a rule forbids: `unless` of it, or of the region's own of the act."""
    if demands(way.rule) and way.rule.mark is None:
        return False
    return any(
        search(region.policy.spelled(pattern), prompt) is not None
        for region, rule in _of_the_act(way)
        for pattern in rule.unless
    )


def _of_the_act(way: Way) -> Iterator[tuple[RegionRules, Rule]]:
    yield way.of, way.rule
    act = way.of.act(way.rule.id)
    yield from ((way.where, rule) for rule in way.where.policy.rules if way.where.act(rule.id) == act)


def _asks(way: Way, rule: Rule, found: Seen, prompt: str) -> bool:
    """Whether a rule of the region, in force on the prompt, asks for what was found."""
    if way.rule.requires in ("refuse", "redirect") and wanted(way.where.policy, prompt) == "decline":
        return True
    return bool(demands(rule)) and _would(way, rule, found)


def _may_ask(way: Way, found: Seen, prompt: str) -> str:
    """Why it is not known whether the region asks: a rule that would is not found to apply to a prompt in a language
    that its patterns were not written for. Empty where it is known."""
    policy = way.where.policy
    for rule in policy.rules:
        if (
            rule.when
            and demands(rule)
            and not applies(policy, rule, prompt)
            and _would(way, rule, found)
            and (other := not_judged("", prompt, works_in=rule.languages or policy.languages)) is not None
        ):
            return other.reason
    return ""


def _would(way: Way, rule: Rule, found: Seen) -> bool:
    same = way.how == "demands" and way.where.act(rule.id) == way.of.act(way.rule.id)
    return same or all(_takes(way.where, rule, piece) for piece in found.pieces)


def _own_mark(region: RegionRules, rule: Rule, piece: Piece) -> bool:
    """Whether what was found is the mark of a rule of the region."""
    return (
        rule.mark is not None
        and piece.scorer is None
        and search(region.policy.spelled(rule.mark), piece.text) is not None
    )


def _takes(region: RegionRules, rule: Rule, piece: Piece) -> bool:
    """Whether what was found is what a rule of the region demands."""
    for check in demands(rule):
        if piece.scorer is not None and check.scorer == piece.scorer:
            return True
        if piece.scorer is not None or check.lacks is None:
            continue
        if search(region.policy.spelled(check.lacks), piece.text) is not None:
            return True
    return False
