"""How long an answer has to be by one rule, and how long it may be by another: in words, letters or sentences."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from ..records import Check, PackRule
from ..scorers import words
from .meeting import Held, found_in
from .said import DUTY_AND_BAN, REQUIREMENTS, Found

Unit = Literal["words", "letters", "letters without a break", "sentences"]
FAR = 2000
"""Words from which a limit of a pattern is not looked for."""
_FILLERS: tuple[tuple[Unit, str, str], ...] = (
    ("words", "on ", "onwards "),
    ("letters", "o", "o"),
    ("sentences", "On. ", "Onwards we go. "),
)
"""What is counted, and two texts of one of it: a pattern that counts finds as many of the one as of the other."""


class _Limit(NamedTuple):
    """The count from which a pattern finds (`grows`), or up to which it does."""

    unit: Unit
    size: int
    grows: bool


def of_least_and_most(one: Held, other: Held) -> Found | None:
    """Where one wants an answer longer than the other lets it be, whatever stands in it."""
    for long, short in ((one, other), (other, one)):
        for unit, least in _bounds(long.bound.rule, wants=True):
            for counted, most in _bounds(short.bound.rule, wants=False):
                fits = least <= most if unit == counted else (unit, counted) != ("words", "letters")
                if fits or (unit != counted and 2 * least - 1 <= most):
                    continue
                told = (
                    f"{long.told} wants an answer of {least} {unit} at the least, and {short.told} one of {most} "
                    f"{counted} at the most."
                )
                return Found(REQUIREMENTS, told)
    return None


def of_length(duty: Held, ban: Held, demanded: list[tuple[str, ...]]) -> Found | None:
    """Where what one demands (texts by demand) is longer, put together as briefly as can be, than the other allows."""
    if not demanded:
        return None
    whole = " ".join(min(texts, key=lambda text: len(text.split())) for texts in demanded)
    for check in ban.bound.rule.checks:
        if (most := _most(check)) is None or not _longer(check, whole):
            continue
        told = (
            f"No answer fits both: what {duty.told} demands has {len(whole.split())} words put as briefly as can be, "
            f"and {ban.told} allows {most}."
        )
        return Found(DUTY_AND_BAN, told)
    return None


def _bounds(rule: PackRule, *, wants: bool) -> list[tuple[Unit, int]]:
    """The least (`wants`), or the most, of words, letters or sentences that a rule's checks leave to an answer."""
    found: list[tuple[Unit, int]] = []
    for check in () if rule.permits else rule.checks:
        if check.scorer is not None and check.scorer.name == "words":
            if wants and check.at_most is not None:
                found.append(("words", int(check.at_most) + 1))
            elif not wants and check.at_least is not None:
                found.append(("words", -int(-check.at_least // 1) - 1))
        for pattern, fires in ((check.contains, True), (check.lacks, False)):
            limit = _limit(pattern) if pattern else None
            if limit is not None and (limit.grows != fires) == wants:
                found.append((limit.unit, limit.size + (0 if not fires else 1 if wants else -1)))
    return found


def _most(check: Check) -> str | None:
    """How long an answer may be by a check; None where it is about something else."""
    if check.scorer is not None:
        counted = check.scorer.name == "words" and check.at_least is not None
        return f"fewer than {check.at_least:g}" if counted else None
    limit = _limit(check.contains) if check.contains else None
    if limit is None or not limit.grows:
        return None
    return f"{limit.size - 1} {limit.unit}"


@lru_cache(maxsize=512)
def _limit(pattern: str) -> _Limit | None:
    """The limit of a pattern that counts: it finds any words, letters or sentences once there are enough of them, or
    as long as there are no more; None of a pattern about something else."""
    if not re.search(r"\{\d", pattern):
        return None
    for unit, filler, longer in _FILLERS:
        few, many = found_in(pattern, filler.strip()), found_in(pattern, (filler * FAR).strip())
        if few == many:
            continue
        low, high = 1, FAR
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (low, middle) if found_in(pattern, (filler * middle).strip()) == many else (middle, high)
        count = high if many else low
        if found_in(pattern, (longer * low).strip()) != many and found_in(pattern, (longer * high).strip()) == many:
            whole = unit != "letters" or found_in(pattern, ("on " * FAR).strip()) == many
            return _Limit(unit if whole else "letters without a break", count, many)
    return None


def _longer(check: Check, text: str) -> bool:
    if check.scorer is not None:
        return check.at_least is not None and len(words(text)) >= check.at_least
    return check.contains is not None and found_in(check.contains, text)
