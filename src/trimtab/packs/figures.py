"""Figures that two rules set or demand of one thing: 14 days by the one, 30 days by the other."""

import re
from collections.abc import Iterator

from ..records import PackRule, Value
from ..scorers import content_words
from .meeting import Held
from .said import REQUIREMENTS, Found
from .strings import named_by

_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
_WORDS |= {word: f"{place}0" for place, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}
_FIGURE = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_WORDS)})\b")
_UNIT = re.compile(r"[^\W\d_]|[%€$£¥]")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43800, "year": 525600}
"""Minutes of a unit of time; of a month and a year on average."""
ONE_THING = 0.5
"""Share of their content words, figures left out, from which two texts speak of one thing (Jaccard)."""


def of_figures(one: Held, other: Held) -> Found | None:
    """Where both demand a figure of one thing, by their `act` or by their texts, and the figures differ."""
    first, second = one.bound.rule, other.bound.rule
    if (told := two_figures(one, other)) and (first.done == second.done or one_thing(first.text, second.text)):
        return Found(REQUIREMENTS, f"{one.told} wants {told[0]} named, and {other.told} {told[1]}.")
    return None


def two_figures(one: Held, other: Held) -> tuple[str, str] | None:
    """Two figures with one unit that the rules demand, and none that both would take; of one thing or not."""
    for ours in _demanded(one.bound.rule):
        for theirs in _demanded(other.bound.rule):
            units = ours.keys() & theirs.keys()
            if units and not any(ours[unit].keys() & theirs[unit].keys() for unit in units):
                unit = min(units)
                return next(iter(ours[unit].values())), next(iter(theirs[unit].values()))
    return None


def unit_apart(one: PackRule, other: PackRule) -> Iterator[tuple[str, str]]:
    """Parameters of two rules that set one length of time by two units, and not the same one: days and hours."""
    for name, value in one.settings.items():
        for named, set_ in other.settings.items():
            first, second = _time(name, value), _time(named, set_)
            if name != named and first and second and first[0] == second[0] and first[1] != second[1]:
                yield name, named


def _time(name: str, value: Value) -> tuple[str, float] | None:
    """What a parameter is of, without its unit of time, and how many minutes it sets."""
    if not isinstance(value, int | float):
        return None
    *of, unit = re.split(r"[-_ ]", name)
    minutes = _MINUTES.get(unit.removesuffix("s"))
    return ("-".join(of), value * minutes) if minutes else None


def _demanded(rule: PackRule) -> Iterator[dict[str, dict[str, str]]]:
    """Of each demand that every text with which it is kept has one figure in: by the unit, the figures as written."""
    if rule.permits or rule.requires == "refuse":
        return
    for check in rule.checks:
        found: dict[str, dict[str, str]] = {}
        texts = named_by(check.lacks) if check.lacks else ()
        for text in texts:
            figures = _FIGURE.findall(text)
            unit = re.sub(r"\s+", "", _FIGURE.sub("#", text))
            if len(figures) != 1 or not _UNIT.search(unit):
                break
            found.setdefault(unit, {})[_WORDS.get(figures[0], figures[0])] = text.strip()
        else:
            if found:
                yield found


def one_thing(one: str, other: str) -> bool:
    """Whether two texts speak of one thing, whatever their figures."""
    first, second = (content_words(_FIGURE.sub(" ", text.lower())) for text in (one, other))
    return bool(first) and len(first & second) / len(first | second) >= ONE_THING
