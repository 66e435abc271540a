"""A judge's verdicts against people's labels: every figure, of all items and part by part."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..data import PeopleLabels
from ..errors import UserError, option
from ..people import Said, agreement
from ..records import (
    CalibratedItem,
    Calibration,
    CalibrationPart,
    Figure,
    JudgeVerdict,
    PartOf,
    RateOfBin,
    several_served,
)
from ..scorers import judge_refusal
from ..stats import calibration, calibration_error, exact_interval, kappa
from ..store import digest
from .asking import Asker
from .biases import biases
from .figures import figure, no_figure
from .verdicts import Judged, judged

AT = 0.5
"""The figure from which on a judge of single answers says yes, where its figures lie between 0 and 1."""
JUDGE = "\x00the judge"
"""Its name among people: no person has it."""
_REFUSES = "an answer refuses"
_NONE = "no item has both a label and a verdict"


def answer_key(prompt: str, answer: str) -> str:
    """A hash by which an answer to a prompt is known wherever it was measured."""
    return digest([prompt, answer])[:20]


def pair_key(prompt: str, first: str, second: str) -> str:
    """A hash by which two answers to a prompt are known, in this order."""
    return digest([prompt, first, second])[:20]


def calibration_of(
    labels: PeopleLabels,
    asker: Asker,
    verdicts: Sequence[JudgeVerdict],
    *,
    at: float | None = None,
    own: Sequence[str] = (),
    usage: Mapping[str, float | str | None] | None = None,
) -> Calibration:
    """What the verdicts are worth against the labels, of all items, by rule, by kind and where an answer refuses.

    A single answer is said yes to from the figure `at` on; sources that `own` names, or the judge's model, are its own.
    Raises UserError where a judge's figures do not lie between 0 and 1 and `at` is not told, or nothing was judged.
    """
    threshold = None if labels.pairs else _threshold(verdicts, at)
    items = judged(labels.items, verdicts, at=threshold, ordered=asker.ordered)
    told = [each for each in items if each.value is not None]
    if not told:
        why = next((each.reason for each in verdicts if each.reason), "it gave no verdict")
        raise UserError(
            f"{asker.name} was asked about {len(items):,} items.", f"It judged none: {why}.", "See what it was asked."
        )
    names = {name.casefold() for name in (*own, *([asker.own] if asker.own else []))}

    def is_own(source: str | None) -> bool:
        return source is not None and source.casefold() in names

    parts = [_part("all", "", items, is_own)]
    refusals = [_REFUSES if _refuses(each) else "no answer refuses" for each in items]
    divisions: tuple[tuple[PartOf, Sequence[str | None]], ...] = (
        ("rule", [each.item.rule for each in items]),
        ("kind", [each.item.kind for each in items]),
        ("refusals", refusals if _REFUSES in refusals else [None] * len(items)),
    )
    for part, named in divisions:
        for name in sorted({each for each in named if each is not None}):
            some = [each for each, own_name in zip(items, named, strict=True) if own_name == name]
            parts.append(_part(part, name, some, is_own))
    return Calibration(
        judge=asker.name,
        fingerprint=dict(asker.fingerprint),
        asked="pairs" if labels.pairs else "answers",
        at=threshold,
        labels=labels.name,
        people=labels.people,
        parts=tuple(parts),
        items=tuple(_kept(each) for each in items),
        rejected=len(labels.rejected),
        usage=dict(usage or {}),
        notes=tuple(_notes(labels, items, verdicts)),
    )


def _threshold(verdicts: Sequence[JudgeVerdict], at: float | None) -> float:
    values = [each.value for each in verdicts if each.value is not None]
    if at is not None:
        return at
    if values and not (min(values) >= 0 and max(values) <= 1):
        raise UserError(
            f"The judge's figures go from {min(values):.3g} to {max(values):.3g}.",
            "From which of them on it says yes is not known.",
            f"Say so: {option('at')}; or give pairs, of which the higher figure is the better.",
        )
    return AT


def _part(part: PartOf, name: str, items: Sequence[Judged], own: Callable[[str | None], bool]) -> CalibrationPart:
    told = [each for each in items if each.value is not None]
    pairs = bool(items) and items[0].at is None
    at_odds = sum(each.said == 0.5 and len(set(each.item.said.values())) > 1 for each in told)
    compared = [each for each in told if each.said != 0.5 or (pairs and len(set(each.item.said.values())) == 1)]
    decided = [each for each in told if each.said != 0.5]
    right = [each.verdict == each.said for each in decided]
    curve = _curve(decided) if not pairs else ()
    return CalibrationPart(
        part=part,
        name=name,
        items=len(told),
        at_odds=at_odds,
        not_judged=len(items) - len(told),
        kappa=figure(kappa([e.said for e in compared], [e.verdict for e in compared]))
        if compared
        else no_figure(_NONE),
        alpha=_alpha(told, with_judge=True),
        people_alpha=_alpha(items, with_judge=False),
        accuracy=_share(right),
        sensitivity=None if pairs else _share([ok for each, ok in zip(decided, right, strict=True) if each.said == 1]),
        specificity=None if pairs else _share([ok for each, ok in zip(decided, right, strict=True) if each.said == 0]),
        flips=_flips(told),
        error=curve[1] if curve else None,
        curve=curve[0] if curve else (),
        biases=biases(told, own),
    )


def _share(hits: Sequence[bool]) -> Figure:
    return figure(exact_interval(sum(hits), len(hits), 0.95)) if hits else no_figure("there is no such item")


def _flips(told: Sequence[Judged]) -> Figure | None:
    both = [each for each in told if len(each.shown) == 2]
    if not both:
        return None
    return _share([each.side(each.shown[0]) != each.side(each.shown[1]) for each in both])


def _alpha(items: Sequence[Judged], *, with_judge: bool) -> Figure:
    said = [Said(person, each.item.key, value) for each in items for person, value in _persons(each)]
    if with_judge:
        said += [Said(JUDGE, each.item.key, each.verdict) for each in items]
    elif all(len(each.item.said) < 2 for each in items):
        return no_figure("no item has labels of two people", len(items))
    return figure(agreement(said, "nominal").alpha)


def _persons(each: Judged) -> list[tuple[str, float]]:
    return list(each.item.said.items())


def _curve(decided: Sequence[Judged]) -> tuple[tuple[RateOfBin, ...], float] | tuple[()]:
    """The reliability diagram, where the judge gives probabilities."""
    values = np.array([each.value for each in decided], dtype=np.float64)
    if not len(values) or values.min() < 0 or values.max() > 1 or len(set(values.tolist())) < 3:
        return ()
    bins = calibration(values, np.array([each.said for each in decided]))
    rows = tuple(RateOfBin(low=b.low, high=b.high, said=b.predicted, people=figure(b.observed)) for b in bins)
    return rows, calibration_error(bins)


def _refuses(each: Judged) -> bool:
    return any(judge_refusal(each.item.prompt, answer).label == "refuse" for answer in each.item.answers)


def _kept(each: Judged) -> CalibratedItem:
    single = len(each.item.answers) == 1
    return CalibratedItem(
        item=each.item.key,
        label=each.item.label,
        value=each.value,
        answer=answer_key(each.item.prompt, each.item.answers[0]) if single else None,
        pair=None if single else pair_key(each.item.prompt, *each.item.answers),
        rule=each.item.rule,
        kind=each.item.kind,
    )


def _notes(labels: PeopleLabels, items: Sequence[Judged], verdicts: Sequence[JudgeVerdict]) -> list[str]:
    notes = []
    if all(len(each.item.said) == 1 for each in items):
        notes.append("Each item was labelled by one person: how far people agree among themselves is not known.")
    silent = [each.reason for each in verdicts if each.value is None]
    if silent:
        notes.append(
            f"Of {len(verdicts):,} questions {len(silent):,} got no verdict; the first: {silent[0].rstrip('.')}."
        )
    if told := several_served(each.served for each in verdicts):
        notes.append(f"{told[0].upper()}{told[1:]}: these figures are of all of them together.")
    if labels.rejected:
        first = labels.rejected[0]
        notes.append(
            f"Of {labels.read:,} rows {len(labels.rejected):,} are no labels; the first, {first.row}: {first.reason}."
        )
    if not labels.pairs and not 0.05 <= float(np.mean([each.item.label for each in items])) <= 0.95:
        notes.append("Nearly all labels are the same: agreement beyond chance can hardly be told.")
    return notes
