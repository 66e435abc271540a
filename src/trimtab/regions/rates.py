"""From what was heard, prompt by prompt, to rates with their intervals, and to changes against the model before."""

from collections.abc import Sequence
from typing import Any

from ..records import PairedRate, Part, counted_reasons
from ..stats import exact_rate, paired_rate_interval
from .given import COMMON, ELSEWHERE, Asked
from .heard import Heard


def parts_of(asked: Sequence[Asked], region: str) -> dict[Part, list[int]]:
    """The places of the prompts of each part; parts without a prompt are left out."""
    own = [place for place, each in enumerate(asked) if each.region == region]
    found: dict[Part, list[int]] = {
        "all": list(range(len(asked))),
        "own": own,
        "elsewhere": [place for place in own if asked[place].prompt.kind == ELSEWHERE],
        "common": [place for place, each in enumerate(asked) if each.region == COMMON],
    }
    return {part: places for part, places in found.items() if places}


def rate_of(heard: Heard, places: Sequence[int], confidence: float) -> dict[str, Any] | None:
    """The fields of a rate over these places; None where the figure is about none of them."""
    known = [value for place in places if (value := heard.values[place]) is not None]
    unjudged = counted_reasons(why for place in places if (why := heard.why[place]) is not None)
    if not known and not unjudged:
        return None
    interval = exact_rate(known, confidence=2 * confidence - 1) if known else None
    return {
        "n": len(known),
        "count": round(sum(known)),
        "rate": interval.estimate if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "unjudged": unjudged,
    }


def change_of(before: Heard, after: Heard, places: Sequence[int], confidence: float) -> PairedRate | None:
    """How a rate differs over the places that both could judge; None where there is none."""
    both = [
        (b, a) for place in places if (b := before.values[place]) is not None and (a := after.values[place]) is not None
    ]
    return paired(both, both, confidence) if both else None


def paired(both: Sequence[tuple[float, float]], own: Sequence[tuple[float, float]], confidence: float) -> PairedRate:
    """The change of pairs (before, after); `own` are the rates' own values, where the pairs count otherwise."""
    sides = [b for b, _ in both], [a for _, a in both]
    interval = paired_rate_interval(*sides, confidence=2 * confidence - 1)
    return PairedRate(
        n=len(both),
        before=sum(b for b, _ in own) / len(own),
        after=sum(a for _, a in own) / len(own),
        gained=sum(a > b for b, a in both),
        lost=sum(a < b for b, a in both),
        mean=interval.estimate,
        low=interval.low,
        high=interval.high,
    )


def newly(before: Sequence[Heard], after: Sequence[Heard], count: int) -> list[tuple[float, float] | str]:
    """Several ways together, prompt by prompt, before and after, so that one that came is not made up for by another
    that went: (0, 1) where any came, else (1, 0) where any went, else both alike. Where none came and one could not be
    judged on a side it is not to be told, and why."""
    found: list[tuple[float, float] | str] = []
    for place in range(count):
        pairs = [(old.values[place], new.values[place]) for old, new in zip(before, after, strict=True)]
        reasons = [why for each in (*before, *after) if (why := each.why[place]) is not None]
        if (0.0, 1.0) in pairs:
            found.append((0.0, 1.0))
        elif reasons:
            found.append(reasons[0])
        else:
            shown = float(any(new == 1.0 for _, new in pairs))
            found.append((1.0, 0.0) if (1.0, 0.0) in pairs else (shown, shown))
    return found
