"""`judge-drift`: a judge's verdicts change within the rows, as time goes or with what the judge is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...records import Finding
from ...stats import holm
from ..limits import CLASSIFIER_ROWS, DRIFT, DRIFT_P, DRIFT_ROWS
from ..result import CheckResult, Rows, ids, share
from ..view import View
from .annotators import surely_apart

Flags = NDArray[np.bool_]
By = Literal["over time", "in the order of rows", "with its fingerprint"]
_SHUFFLES, _FIRST = 999, 99
"""Orders of the rows that the one at hand is held against, so that the least p-value is 0.001; and how many of them
come first: where a tenth of these are as far, so is a tenth of all, and no more are drawn (Besag and Clifford 1991)."""
_SPLITS = 256
"""Places at which a judge's rows are parted, at most: the cost is then the same for a hundred rows and a million."""


@dataclass(frozen=True)
class _Drift:
    judge: str
    by: By
    what: str
    before: float
    after: float
    p: float
    beyond: float
    later: Rows
    sure: bool = True


def judge_drift(view: View) -> CheckResult | None:
    """For each judge with enough rows, whether a habit changes: at the point where it changes most (a permutation test
    of the largest of all differences), or between fingerprints. Habits: the longer side, the refusing side, and what a
    classifier of all rows foretells."""
    if view.judges is None:
        return None
    names = [name for name, count in view.judges.counts.items() if count >= 2 * DRIFT_ROWS]
    if not names:
        return None
    habits = _habits(view)
    tried = [one for name in names for one in _of_judge(view, name, habits)]
    kept = [
        one for one, p in zip(tried, holm([one.p for one in tried]), strict=True) if p < DRIFT_P and one.beyond > DRIFT
    ]
    if not kept:
        return None
    kept.sort(key=lambda one: (not one.sure, -one.beyond))
    worst = kept[0]
    rows = np.unique(np.concatenate([one.later for one in kept]))
    told = "; ".join(
        f"{one.judge} {one.what} in {one.before:.0%} of the earlier and {one.after:.0%} of the later rows, {one.by}"
        if one.by != "with its fingerprint"
        else f"{one.judge} {one.what} in {one.before:.0%} under one fingerprint and {one.after:.0%} under another"
        for one in kept[:5]
    )
    sure = any(one.sure for one in kept)
    unsure = "" if sure else " No row says when it was judged: a file that is sorted by what is asked looks the same."
    return CheckResult(
        Finding(
            id="judge-drift",
            severity="warn" if sure else "info",
            title="A judge's verdicts change",
            figure=worst.after - worst.before,
            summary=f"Of {len(names)} judges with {2 * DRIFT_ROWS} labels or more, "
            f"{len({one.judge for one in kept})} change what they go by: {told}. The change is beyond chance and above "
            f"{DRIFT:.0%}; what was asked when is not taken into account.{unsure}",
            rows=ids(view, worst.later),
            count=len(rows),
            remedy="See what became another (the model behind the name, its prompt, the guidelines), hold the judge "
            "against people again (`trimtab judge calibrate`), and judge the rows of one side anew.",
            about=tuple(dict.fromkeys(one.judge for one in kept)),
        ),
        behind=rows,
    )


def _habits(view: View) -> list[tuple[str, Rows, Flags]]:
    """Each habit: in words, the rows that can show it, and whether they do."""
    chosen, rejected = view.words
    unequal = np.flatnonzero(chosen != rejected)
    seen = view.refusals
    one_refuses = seen.chosen != seen.rejected
    found = [
        ("prefers the longer side", unequal, (chosen > rejected)[unequal]),
        ("prefers the refusing side", seen.rows[one_refuses], seen.chosen[one_refuses]),
    ]
    rows = view.sample("classifier")
    if len(rows) >= CLASSIFIER_ROWS:
        found.append(("says what all rows' form and words foretell", rows, view.foretold > 0))
    return found


def _of_judge(view: View, name: str, habits: list[tuple[str, Rows, Flags]]) -> Iterator[_Drift]:
    assert view.judges is not None
    own = np.flatnonzero(view.judges.are(name))
    by, order = _in_order(view, own)
    prints = view.text("fingerprint", own) if "fingerprint" in view.table.columns else [""] * len(own)
    several = dict(zip(own.tolist(), prints, strict=True)) if len(set(prints)) > 1 else {}
    for what, rows, has in habits:
        at = np.minimum(np.searchsorted(rows, order), max(0, len(rows) - 1))
        there = rows[at] == order if len(rows) else np.zeros(len(order), dtype=bool)
        mine, shown = order[there], has[at[there]]
        if len(mine) < 2 * DRIFT_ROWS:
            continue
        found = _at_its_most(view, name, by, what, mine, shown)
        yield found if by == "over time" else replace(found, sure=_alone(view, found, rows, has))
        if several:
            told = np.array([several[row] for row in mine.tolist()])
            kinds, count = np.unique(told, return_counts=True)
            for kind in kinds[count >= DRIFT_ROWS]:
                other = told == kind
                if (~other).sum() >= DRIFT_ROWS:
                    yield _between(name, what, mine, shown, other)


def _alone(view: View, found: _Drift, rows: Rows, has: Flags) -> bool:
    """Whether the other judges surely change less on the same stretches of rows, so that it is not what is asked."""
    assert view.judges is not None
    judges, at = view.judges[rows], int(np.searchsorted(rows, found.later[0]))  # the rows stand in their order
    (hits, before), (hits_later, after) = (
        judges[part].shares(has[part]).of_others(found.judge) for part in (slice(at), slice(at, None))
    )
    if min(before, after) < DRIFT_ROWS:
        return False
    old, new = share(hits, before), share(hits_later, after)
    own = found.after - found.before
    theirs = (new.estimate - old.estimate) * np.sign(own)
    theirs_room = abs(new.estimate - old.estimate) - surely_apart(old, new)
    return bool(abs(own) - theirs - np.hypot(abs(own) - found.beyond, theirs_room) > 0)


def _in_order(view: View, own: Rows) -> tuple[By, Rows]:
    """A judge's rows as time goes, where each says when; else as they stand."""
    told = view.text("when", own) if "when" in view.table.columns else []
    known = list(takewhile(lambda time: time is not None, map(_time, told)))  # a row that does not say settles it
    if len(known) == len(own) and len(set(known)) > 1:
        return "over time", own[np.argsort(np.array(known), kind="stable")]
    return "in the order of rows", own


def _time(when: str) -> float | None:
    try:
        found = datetime.fromisoformat(when)
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def _at_its_most(view: View, name: str, by: By, what: str, rows: Rows, shown: Flags) -> _Drift:
    """The split with the largest standardised difference, each side with DRIFT_ROWS at least; its p-value is the share
    of shuffled orders in which some split differs as much (Pettitt 1979, by permutation).

    How many of a shuffled order's rows between two splits show the habit is hypergeometric, and is drawn as that.
    """
    n, had = len(shown), int(shown.sum())
    splits = np.unique(np.linspace(DRIFT_ROWS, n - DRIFT_ROWS, min(_SPLITS, n - 2 * DRIFT_ROWS + 1)).astype(np.int64))
    scale = np.sqrt(splits * (n - splits) / n)

    def differences(before: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(((had - before) / (n - splits) - before / splits) * scale)

    own = differences(np.cumsum(shown)[splits - 1])
    at = int(np.abs(own).argmax())
    rng, as_far, tried = np.random.default_rng(view.seed), 0, 0
    for more in (_FIRST, _SHUFFLES - _FIRST):
        drawn = rng.multivariate_hypergeometric(np.diff(splits, prepend=0, append=n), had, more, method="marginals")
        shuffled = differences(np.cumsum(drawn, axis=1)[:, :-1])
        as_far += int((np.abs(shuffled).max(axis=1) >= np.abs(own[at]) - 1e-12).sum())
        tried += more
        if as_far >= 0.1 * (_FIRST + 1):
            break
    first, second = shown[: splits[at]], shown[splits[at] :]
    apart = surely_apart(share(int(first.sum()), len(first)), share(int(second.sum()), len(second)))
    p = (as_far + 1) / (tried + 1)
    return _Drift(name, by, what, float(first.mean()), float(second.mean()), p, apart, rows[splits[at] :])


def _between(name: str, what: str, rows: Rows, shown: Flags, later: Flags) -> _Drift:
    """The rows of one fingerprint against the judge's others."""
    from scipy.stats import fisher_exact

    first, second = shown[~later], shown[later]
    table = [[int(side.sum()), int((~side).sum())] for side in (first, second)]
    apart = surely_apart(share(table[0][0], len(first)), share(table[1][0], len(second)))
    p = float(fisher_exact(table).pvalue)
    return _Drift(name, "with its fingerprint", what, float(first.mean()), float(second.mean()), p, apart, rows[later])
