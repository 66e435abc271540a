"""Where what an answer shows of another region's way is a leak, and where the region asks for it (see `ways`)."""

from collections.abc import Iterator, Sequence

from ..policy import RanOver, applies, every, in_force, may_apply, search, wanted
from ..records import Rule
from ..scorers import not_judged
from .given import RegionRules
from .signs import found as found_of
from .ways import Hears, Piece, Seen, Way, demands, set_otherwise


def look(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """Whether a way is shown in an answer to a prompt where the region does not ask for it."""
    try:
        found = found_of(way, prompt, answer, hears)
        return _left(way, _without_told_apart(way, found, answer), prompt) if found.value else found
    except RanOver as error:
        return Seen(None, why=str(error))


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
    if _open(way, prompt) or _asked(way, in_force(where.policy, prompt), found, prompt):
        return Seen(False)
    theirs = may_apply(way.of.policy, way.rule, prompt)
    if not theirs and all(piece.scorer is not None for piece in found.pieces):
        return Seen(False)
    unknown = _may_ask(way, found, prompt)
    if unknown:
        return Seen(None, why=unknown)
    if own:
        return found
    left = [piece for piece in found.pieces if not any(_own_mark(where, rule, piece) for rule in where.policy.rules)]
    if not theirs:
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


def _asked(way: Way, rules: Sequence[Rule], found: Seen, prompt: str) -> bool:
    """Whether the rules of the region that are in force on the prompt ask for what was found."""
    if way.rule.requires in ("refuse", "redirect") and wanted(way.where.policy, prompt) == "decline":
        return True
    return any(demands(rule) and _would(way, rule, found) for rule in _not_overruled(way, rules))


def _not_overruled(way: Way, rules: Sequence[Rule]) -> list[Rule]:
    """The rules without those of the way's act, where one of these sets a parameter otherwise than it."""
    act = way.of.act(way.rule.id)
    same = [rule for rule in rules if way.where.act(rule.id) == act]
    otherwise = any(set_otherwise(way.of, way.rule, way.where, rule) for rule in same)
    return [rule for rule in rules if not (otherwise and rule in same)]


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
    """Whether a rule of the region asks for what was found, wherever it applies."""
    same = way.where.act(rule.id) == way.of.act(way.rule.id)
    return same or all(_takes(way.where, rule, piece) for piece in found.pieces)


def _own_mark(region: RegionRules, rule: Rule, piece: Piece) -> bool:
    """Whether what was found is the mark of a rule of the region."""
    return (
        rule.mark is not None
        and piece.scorer is None
        and search(region.policy.spelled(rule.mark.pattern), piece.text) is not None
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
