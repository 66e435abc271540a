"""The cells of the matrix: rates of rules kept and ways shown, by region, subject and part."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..records import TOGETHER, KeptRate, PairedRate, Part, ShownRate
from .heard import Heard
from .rates import change_of, newly, paired, parts_of, rate_of
from .setting import OTHERS, Setting

_PARTS: tuple[Part, ...] = ("all", "own", "elsewhere", "common")
_OF_ONE_RULE: tuple[Part, ...] = ("all", "own", "elsewhere")


def kept_rates(setting: Setting, before: str, confidence: float) -> Iterator[KeptRate]:
    """How often each subject keeps each rule of the region, and all of them."""
    parts = parts_of(setting.asked, setting.name)
    for subject, figures in setting.kept.items():
        for rule, heard in figures.items():
            for part, places, rate in _rated(parts, rule, heard, confidence):
                met = setting.heard[subject].occasions.get(rule)
                yield KeptRate(
                    region=setting.name,
                    subject=subject,
                    part=part,
                    rule=rule,
                    occasions=None if met is None else sum(met[place] for place in places),
                    change=None
                    if subject == before
                    else change_of(setting.kept[before][rule], heard, places, confidence),
                    **rate,
                )


def shown_rates(setting: Setting, before: str, confidence: float) -> Iterator[ShownRate]:
    """How often each subject shows each way, those of one region together, and those of all others."""
    parts = parts_of(setting.asked, setting.name)
    for subject, figures in setting.shown.items():
        pairs = {of: came(setting, subject, before, of) for of, rule in figures if rule == TOGETHER}
        for (of, rule), heard in figures.items():
            for part, places, rate in _rated(parts, rule, heard, confidence):
                yield ShownRate(
                    region=setting.name,
                    subject=subject,
                    part=part,
                    of=of,
                    rule=rule,
                    change=None
                    if subject == before
                    else change_shown(setting, subject, before, (of, rule), places, pairs[of], confidence),
                    **rate,
                )


def _rated(
    parts: Mapping[Part, Sequence[int]], rule: str, heard: Heard, confidence: float
) -> Iterator[tuple[Part, Sequence[int], dict[str, Any]]]:
    """The parts of the prompts in which there is a rate, their places and the rate."""
    for part in _PARTS if rule == TOGETHER else _OF_ONE_RULE:
        places = parts.get(part, [])
        if (rate := rate_of(heard, places, confidence)) is not None:
            yield part, places, rate


def change_shown(
    setting: Setting,
    subject: str,
    before: str,
    key: tuple[str, str],
    places: Sequence[int],
    pairs: Sequence[tuple[float, float] | str],
    confidence: float,
) -> PairedRate | None:
    """The change of what is shown; of several ways together one that came is not made up for by one that went, as
    `pairs` of all places have it."""
    old, new = setting.shown[before][key], setting.shown[subject][key]
    if key[1] != TOGETHER:
        return change_of(old, new, places, confidence)
    known = [(place, pair) for place in places if not isinstance(pair := pairs[place], str)]
    if not known:
        return None
    own = [(old.values[place] or 0.0, new.values[place] or 0.0) for place, _ in known]
    return paired([pair for _, pair in known], own, confidence)


def came(setting: Setting, subject: str, before: str, of: str) -> list[tuple[float, float] | str]:
    """What came and went of a region's ways, of all others' for OTHERS, prompt by prompt (see `newly`)."""

    def ways(one: str) -> list[Heard]:
        some = setting.heard[one].shown.items()
        return [each for (name, _), each in some if (name == of if of != OTHERS else name != setting.name)]

    return newly(ways(before), ways(subject), len(setting.asked))
