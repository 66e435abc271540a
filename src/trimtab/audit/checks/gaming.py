"""`rubric-gaming`: what the rubric pays for is made without help."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...records import Finding
from ...scorers import STYLE_SCORERS, named
from ...stats import Interval, mean_interval
from ..helping import Helped, Values, at_equal_length
from ..limits import CLASSIFIER_ROWS, CONFIDENCE, HELPS_LESS, PAYS, SAYS_LESS
from ..result import CheckResult, Rows, among, ids
from ..view import View

_WORSE = {"help": (-1, HELPS_LESS), "points": (-1, HELPS_LESS), "echo": (1, SAYS_LESS), "empty": (1, SAYS_LESS)}
"""Which way is worse, and by how much it must be."""
_LENGTHS = ("words", "sentence_length")
"""Style scorers of length, which is held equal."""
_TOLD = {
    "help": "how much an answer helps falls",
    "points": "the share of points made falls",
    "echo": "echoes of the question rise",
    "empty": "pleasantries without content rise",
}


@dataclass(frozen=True)
class _Paid:
    """What one criterion pays: the mean of chosen less rejected, and how much more it pays an answer that helps less,
    and echoes more, by one deviation; in shares of a rubric's total, or in deviations where no rubric is known."""

    name: str
    gain: Interval
    bias: float


def rubric_gaming(view: View) -> CheckResult | None:
    """From rejected to chosen, help falls or echoes rise at equal length (the whole interval beyond its limit, with all
    measures looked at), and what is paid for rises. A shorter answer helps less by nature, and may be the goal.

    What is paid for are the rubric's criteria with their marks where the audit is told of one; else every style scorer
    that the preference goes with. Named is the criterion that pays most for answers that help less, among the
    chosen and among the rejected sides, so that it is not named for deciding alone.
    """
    seen = view.helped
    rows, found = seen.rows, seen.values
    worse = _worse(found, _longer(view, rows))
    if not worse or len(rows) < CLASSIFIER_ROWS:
        return None
    paid = [each for each in _criteria(view, seen) if each.gain.low > PAYS]
    if not paid:
        return None
    paid.sort(key=lambda each: (-each.bias, -each.gain.estimate))
    first, behind = paid[0], _behind(rows, found, worse)
    rises = "of the whole is earned" if view.rubric else "deviations go with the preference"
    return CheckResult(
        Finding(
            id="rubric-gaming",
            severity="warn",
            title="What is paid for is made without help",
            figure=max(abs(change.estimate) for change in worse.values()),
            summary=f"Of {among(view, rows)}: from the rejected to the chosen side, at equal length, "
            f"{'; '.join(_changed(*each) for each in worse.items())}, while {_told_of(paid)} {rises}. "
            f"{first.name} pays most for it: {first.bias:+.3f} for an answer that helps less by one deviation.",
            rows=ids(view, behind),
            count=len(behind),
            about=tuple(each.name for each in paid),
            explains=("empty-chosen",),
            remedy="Let the rubric pay for help (`help`, `points`), weigh less or drop what pays without it, take any "
            "run of an answer's sentences for a candidate, or sample the answers under a prompt that asks for help.",
        ),
        behind=behind,
    )


def _longer(view: View, rows: Rows) -> Values:
    """By how much the chosen side is longer, in the logarithm of words."""
    chosen, rejected = (np.log1p(some[rows]) for some in view.words)
    return np.asarray(chosen - rejected)


def _worse(found: Mapping[str, Values], longer: Values) -> dict[str, Interval]:
    """The paired changes at equal length, chosen less rejected, that are for the worse beyond their limit."""
    asked = {name: values for name, values in found.items() if name in _WORSE}
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(asked))
    changes = {}
    for name, (chosen, rejected) in asked.items():
        told = np.isfinite(chosen - rejected)
        change = at_equal_length((chosen - rejected)[told], longer[told], confidence)
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


def _criteria(view: View, seen: Helped) -> list[_Paid]:
    """What each criterion of the rubric pays, or what each style scorer goes with."""
    merit = seen.values["help"] - np.nan_to_num(seen.values.get("echo", np.zeros_like(seen.values["help"])))
    made: list[tuple[str, Values]] = []
    if view.rubric:
        whole = sum(criterion.weight for criterion in view.rubric)
        for criterion in view.rubric:
            values = view.scored(criterion.scorer.name, seen.rows)
            if values is None and criterion.scorer.registered:
                values = seen.by(named(criterion.scorer.name))
            if values is not None:
                marks = [[criterion.marks(value) for value in side] for side in np.nan_to_num(values).tolist()]
                share = np.array(marks) * criterion.weight / whole
                made.append((criterion.scorer.name, np.where(np.isfinite(values), share, np.nan)))
    else:
        for scorer in (each for each in STYLE_SCORERS if each.name not in _LENGTHS):
            values = seen.by(scorer)
            apart = _known(values[0] - values[1])
            spread = float(np.sqrt((apart**2).mean())) if len(apart) else 0.0
            if spread > 0:
                sign = 1.0 if apart.mean() >= 0 else -1.0
                made.append((f"{'more' if sign > 0 else 'less'} {scorer.name}", sign * values / spread))
    return [each for name, marks in made if (each := _paid(name, marks, merit, view.seed)) is not None]


def _paid(name: str, marks: Values, merit: Values, seed: int) -> _Paid | None:
    apart = _known(marks[0] - marks[1])
    if len(apart) < CLASSIFIER_ROWS / 2:
        return None
    slopes = [0.0]
    for side, worth in zip(marks, merit, strict=True):
        told = np.isfinite(side) & np.isfinite(worth)
        if told.sum() > 1 and np.std(worth[told]) > 0:
            slopes.append(-float(np.cov(side[told], worth[told])[0, 1] / np.std(worth[told], ddof=1)))
    gain = mean_interval(apart, rate=False, confidence=CONFIDENCE, seed=seed)
    return _Paid(name, gain, sum(slopes) / max(1, len(slopes) - 1))


def _known(values: Values) -> Values:
    return values[np.isfinite(values)]


def _told_of(paid: list[_Paid]) -> str:
    """The three that rise most, in that order, with their rise."""
    most = sorted(paid, key=lambda each: -each.gain.estimate)[:3]
    return ", ".join(f"{each.name} {each.gain.estimate:+.2f}" for each in most)


def _changed(name: str, change: Interval) -> str:
    low, high = sorted((abs(change.low), abs(change.high)))
    return f"{_TOLD[name]} by {abs(change.estimate):.2f} [{low:.2f}, {high:.2f}]"
