"""What sways a judge beside what people go by, each with its size: length, place, its own answers, and chance.

A bias is named where it is more than chance among the three that are looked for together (Holm), so that a judge
without any is accused of one in at most a twentieth of calibrations. Length and self-preference are told with people's
label held fixed, by least squares, so that a size is a difference of shares; where people err, see `_in_both`.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ..records import Bias, Figure, JudgeBias
from ..scorers import words
from ..stats import CannotTell, Effect, Interval, effects, holm, mean_interval
from .figures import figure
from .verdicts import Array, Judged

NAMED = 0.05
"""The chance that any bias is named where there is none."""
NOISE = 0.02
"""Share of other verdicts on the same question from which on a judge is noisy: servers that batch round a few."""
TWICE = 1.0
"""Doublings at which length is cut off: an answer twice as long counts as one four times as long does."""


def biases(items: Sequence[Judged], own: Callable[[str | None], bool]) -> tuple[JudgeBias, ...]:
    """The biases that these items can tell of; `own` says which sources are the judge."""
    some = [each for each in items if each.value is not None]
    if not some:
        return ()
    found = {**_swayed(some, own), **_placed(some)}
    tested = [name for name, each in found.items() if isinstance(each, Effect)]
    ps = [each.p for each in found.values() if isinstance(each, Effect)]
    named = {name for name, p in zip(tested, holm(ps), strict=True) if p < NAMED}
    made = [
        JudgeBias(bias=name, size=figure(each.size if isinstance(each, Effect) else each), named=name in named)
        for name, each in found.items()
    ]
    return (*made, *_noise(some))


def _swayed(items: Sequence[Judged], own: Callable[[str | None], bool]) -> dict[Bias, Effect | CannotTell]:
    """Of a pair each trait is the first's less the second's, halved, so that a size is a share of verdicts."""
    pair = items[0].at is None
    lengths = np.log2([[max(1, len(words(text))) for text in each.item.answers] for each in items])
    owned = np.array([[float(own(source)) for source in each.item.sources] for each in items])
    label = np.array([each.item.label for each in items])
    if pair:
        outcome = np.array([_preferred(each) for each in items]) - 0.5
        fixed = [label - 0.5]
        length, mine = (lengths[:, 0] - lengths[:, 1]) / 2, (owned[:, 0] - owned[:, 1]) / 2
    else:
        outcome = np.array([each.verdict for each in items], dtype=np.float64)
        fixed = [label, np.ones(len(items))]
        length, mine = (lengths[:, 0] - np.median(lengths[:, 0])) / 2, owned[:, 0]
    traits = {"length": np.clip(length, -TWICE / 2, TWICE / 2), "self": mine}
    told, prompts = effects(outcome, traits, fixed, _prompts(items)), _prompts(items)
    apart = effects(outcome - fixed[0], traits, fixed[1:], prompts)
    both = {name: _in_both(one, apart[name]) for name, one in told.items()}
    length_told = both["length"]
    if np.ptp(traits["length"]) < TWICE / 2 or (
        isinstance(length_told, Effect) and abs(length_told.size.estimate) > 1
    ):  # what is told of twice the length would be drawn out beyond the answers that there are
        both["length"] = CannotTell("the answers differ too little in length", len(items))
    found: dict[Bias, Effect | CannotTell] = {"length": both["length"]}
    if any(source is not None for each in items for source in each.item.sources):
        nobody = CannotTell("no answer is known to be the judge's own", len(items))
        found["self"] = both["self"] if owned.any() else nobody
    return found


def _in_both(fixed: Effect | CannotTell, apart: Effect | CannotTell) -> Effect | CannotTell:
    """The effect with people's label held fixed, as sure as it is also in how far the judge is from people.

    Where people err, a trait that goes with what is better seems to move a judge who errs less, or as much: what is
    held fixed is their word and not what is better. How far judge and people lie apart does not show that. It has its
    own fault (who errs more seems to shun the trait), so that a bias must show in both, and in one direction.
    """
    if isinstance(fixed, CannotTell) or isinstance(apart, CannotTell):
        return fixed
    agree = fixed.size.estimate * apart.size.estimate > 0
    return Effect(fixed.size, max(fixed.p, apart.p) if agree else 1.0)


def _placed(items: Sequence[Judged]) -> dict[Bias, Effect | CannotTell]:
    """How much more often the answer shown first is preferred than the one shown second."""
    both = [each for each in items if len(each.shown) == 2]
    if not both:
        return {}
    sides = [[_share(each, each.shown[0]), 1 - _share(each, each.shown[1])] for each in both]
    outcome = np.array(sides).sum(axis=1) - 1
    found = effects(outcome, {"order": np.ones(len(both))}, (), _prompts(both))
    return {"order": found["order"]}


def _noise(items: Sequence[Judged]) -> tuple[JudgeBias, ...]:
    twice = [each for each in items if each.again is not None]
    if not twice:
        return ()
    differs: Array = np.array([each.side(each.again) != each.side(each.shown[0]) for each in twice], dtype=np.float64)
    rate: Interval = mean_interval(differs, rate=True)
    told: Figure = figure(rate)
    return (JudgeBias(bias="noise", size=told, named=rate.low > NOISE),)


def _preferred(each: Judged) -> float:
    """The share of its orders in which the first answer is preferred."""
    return float(np.mean([_share(each, value) for value in each.shown.values()]))


def _share(each: Judged, value: float) -> float:
    side = each.side(value)
    assert side is not None
    return side


def _prompts(items: Sequence[Judged]) -> list[str]:
    return [each.item.prompt or each.item.key for each in items]
