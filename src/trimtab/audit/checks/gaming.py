"""`rubric-gaming`: what the rubric pays for is made without help."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...records import Finding
from ...scorers import STYLE_SCORERS, named
from ...stats import Interval, mean_interval
from ..helping import HALF, Values, helping, says_nothing, valued
from ..limits import CLASSIFIER_ROWS, CONFIDENCE, HELPS_LESS, PAYS, SAYS_LESS
from ..result import CheckResult, Rows, among, ids
from ..view import View

_WORSE = {"help": (-1, HELPS_LESS), "points": (-1, HELPS_LESS), "echo": (1, SAYS_LESS), "empty": (1, SAYS_LESS)}
"""Which way is worse, and by how much it must be."""
_TOLD = {
    "help": "how much an answer helps falls",
    "points": "the share of points made falls",
    "echo": "echoes of the question rise",
    "empty": "pleasantries without content rise",
}


@dataclass(frozen=True)
class _Paid:
    """What one criterion pays: the mean of chosen less rejected, and how much more it pays a side that does not help
    than one that does, both in shares of a rubric's total, or in deviations where no rubric is known."""

    name: str
    gain: Interval
    bias: float


def rubric_gaming(view: View) -> CheckResult | None:
    """From rejected to chosen, help falls or echoes rise (the whole interval beyond its limit, with all measures looked
    at), and what is paid for rises.

    What is paid for are the rubric's criteria with their marks where the audit is told of one; else every style scorer
    that the preference goes with. Named is the criterion that pays most for a side that does not help, within the
    chosen and within the rejected sides, so that it is not named for deciding alone.
    """
    rows = view.helpable()
    found = helping(view, rows)
    worse = _worse(found, view.seed)
    if not worse or len(rows) < CLASSIFIER_ROWS:
        return None
    bad = says_nothing(view, rows, found)
    if "help" in found:
        bad |= found["help"] < HALF
    paid = [each for each in _criteria(view, rows, bad) if each.gain.low > PAYS]
    if not paid:
        return None
    paid.sort(key=lambda each: (-each.bias, -each.gain.estimate))
    first, figure = paid[0], max(abs(change.estimate) for change in worse.values())
    unit = "of the whole" if view.rubric else "deviations"
    behind = _behind(rows, found, worse)
    return CheckResult(
        Finding(
            id="rubric-gaming",
            severity="warn",
            title="What is paid for is made without help",
            figure=figure,
            summary="From the rejected to the chosen side "
            + "; ".join(
                f"{_TOLD[name]} by {abs(each.estimate):.2f} [{min(abs(each.low), abs(each.high)):.2f}, "
                f"{max(abs(each.low), abs(each.high)):.2f}]"
                for name, each in worse.items()
            )
            + f", while {', '.join(f'{each.name} {each.gain.estimate:+.2f}' for each in _most(paid))} {unit} "
            f"{'is earned' if view.rubric else 'goes with the preference'}. "
            f"{first.name} pays most for it: answers that do not help get {first.bias:+.2f} more by it. Looked at: {among(view, rows)}.",
            rows=ids(view, behind),
            count=len(behind),
            about=tuple(each.name for each in paid),
            explains=("empty-chosen",),
            remedy="Let the rubric pay for help (`help`, `points`), weigh less or drop what pays without it, take any "
            "run of an answer's sentences for a candidate, or sample the answers under a prompt that asks for help.",
        ),
        behind=behind,
    )


def _worse(found: Mapping[str, Values], seed: int) -> dict[str, Interval]:
    """The paired changes, chosen less rejected, that are for the worse beyond their limit."""
    asked = {name: values for name, values in found.items() if name in _WORSE}
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(asked))
    changes = {}
    for name, (chosen, rejected) in asked.items():
        apart = (chosen - rejected)[np.isfinite(chosen - rejected)]
        change = mean_interval(apart, rate=False, confidence=confidence, seed=seed)
        sign, limit = _WORSE[name]
        if (change.low if sign > 0 else -change.high) > limit:
            changes[name] = change
    return changes


def _behind(rows: Rows, found: Mapping[str, Values], worse: Mapping[str, Interval]) -> Rows:
    """The rows in which a measure is worse by more than its limit, the largest changes first."""
    changes = np.array([_WORSE[name][0] * (found[name][0] - found[name][1]) for name in worse])
    limits = np.array([[_WORSE[name][1]] for name in worse])
    change = np.nan_to_num(changes - limits, nan=-np.inf).max(axis=0)
    order = np.argsort(-change, kind="stable")
    return rows[order[: int((change > 0).sum())]]


def _criteria(view: View, rows: Rows, bad: Values) -> list[_Paid]:
    """What each criterion of the rubric pays, or what each style scorer goes with."""
    made = []
    if view.rubric:
        whole = sum(criterion.weight for criterion in view.rubric)
        for criterion in view.rubric:
            values = view.scored(criterion.scorer.name, rows)
            if values is None and criterion.scorer.registered:
                values = valued(view, rows, named(criterion.scorer.name))
            if values is not None:
                marks = np.vectorize(criterion.marks, otypes=[float])(values) * criterion.weight / whole
                made.append((criterion.scorer.name, np.where(np.isfinite(values), marks, np.nan)))
    else:
        for scorer in STYLE_SCORERS:
            values = valued(view, rows, scorer)
            apart = values[0] - values[1]
            spread = float(np.sqrt(np.nanmean(apart**2))) if np.isfinite(apart).any() else 0.0
            if spread > 0:
                sign = 1.0 if np.nanmean(apart) >= 0 else -1.0
                made.append((f"{'more' if sign > 0 else 'less'} {scorer.name}", sign * values / spread))
    return [each for name, marks in made if (each := _paid(name, marks, bad, view.seed)) is not None]


def _paid(name: str, marks: Values, bad: Values, seed: int) -> _Paid | None:
    apart = marks[0] - marks[1]
    apart = apart[np.isfinite(apart)]
    if len(apart) < 2:
        return None
    gaps = []
    for side, which in zip(marks, bad, strict=True):
        told = np.isfinite(side)
        if (which & told).any() and (~which & told).any():
            gaps.append(float(side[which & told].mean() - side[~which & told].mean()))
    return _Paid(name, mean_interval(apart, rate=False, confidence=CONFIDENCE, seed=seed), float(np.mean(gaps or [0.0])))


def _most(paid: list[_Paid]) -> list[_Paid]:
    """The three that rise most, in that order."""
    return sorted(paid, key=lambda each: -each.gain.estimate)[:3]
