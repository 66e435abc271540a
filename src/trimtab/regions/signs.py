"""What of a rule's way is found in an answer, wherever that is asked for (see `ways`)."""

from collections.abc import Sequence
from typing import assert_never

from ..policy import RanOver, every, not_found, search, speaks_of
from ..records import Check, Rule
from .given import RegionRules
from .ways import Hears, Piece, Seen, Way, demands


def shows(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """Whether a way is shown in an answer, wherever that is asked for."""
    try:
        return found(way, prompt, answer, hears)
    except RanOver as error:
        return Seen(None, why=str(error))


def found(way: Way, prompt: str, answer: str, hears: Hears) -> Seen:
    """What of the way is in the answer, wherever it is asked for."""
    rule = way.rule
    if not speaks_of(rule, prompt, answer):
        return Seen(False)
    match way.how:
        case "mark":
            assert rule.mark is not None
            return _pattern(way.of, rule, rule.mark.pattern, answer, rule.mark.languages)
        case "demands":
            parts = [_demanded(way.of, rule, check, answer, hears) for check in demands(rule)]
            if any(part.value is False for part in parts):
                return Seen(False)
            missing = next((part for part in parts if part.value is None), None)
            return missing or Seen(True, tuple(piece for part in parts for piece in part.pieces))
        case "forbidden there":
            theirs = [
                _forbidden(way, each, check, answer, hears)
                for each in way.against
                if speaks_of(each, prompt, answer)
                for check in each.checks
                if check not in demands(each)
            ]
            pieces = tuple(piece for part in theirs for piece in part.pieces)
            if pieces:
                return Seen(True, pieces)
            return next((part for part in theirs if part.why), Seen(False))
        case _:
            assert_never(way.how)


def _pattern(region: RegionRules, rule: Rule, pattern: str, answer: str, works_in: Sequence[str] = ()) -> Seen:
    found = every(region.policy.spelled(pattern), answer)
    if found:
        return Seen(True, tuple(map(Piece, found)))
    why = not_found(region.policy, rule, pattern, answer, works_in)
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
