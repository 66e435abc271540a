"""`annotator-bias`: one annotator prefers other things than the rest do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...records import Finding
from ...stats import Interval
from ..agreement import judged, votes
from ..limits import AGAINST_CHANCE, ANNOTATOR_ROWS, APART, CONFIDENCE, LONGER
from ..result import CheckResult, ids, share
from ..view import View
from .length import leaning

Array = NDArray[np.int64]
LENGTH = "prefers the longer side"


@dataclass(frozen=True)
class _Odd:
    judge: str
    what: str
    theirs: float
    others: float
    beyond: float
    rows: Array
    explains: tuple[str, ...] = ()


def annotator_bias(view: View) -> CheckResult | None:
    """Annotators against the others together: longer sides, refusing sides, and judgements of the same pairs."""
    if view.judges is None:
        return None
    names = [name for name, count in view.judges.counts.items() if count >= ANNOTATOR_ROWS]
    if len(names) < 2:
        return None
    confidence = 1 - (1 - CONFIDENCE) / (3 * len(names))
    odd = [*_tastes(view, names, confidence), *_against(view, names, confidence)]
    if not odd:
        return None
    odd.sort(key=lambda one: -one.beyond)
    worst = odd[0]
    turned = [one for one in odd if one.what == "disagrees with the others on shared pairs"]
    rows = np.unique(np.concatenate([one.rows for one in odd]))
    told = "; ".join(f"{one.judge} {one.what}: {one.theirs:.0%}, the others {one.others:.0%}" for one in odd[:5])
    return CheckResult(
        Finding(
            id="annotator-bias",
            severity="block" if turned else "warn",
            title="An annotator judges unlike the others",
            figure=worst.theirs - worst.others,
            summary=f"Of {len(names)} annotators with {ANNOTATOR_ROWS} labels or more, "
            f"{len({one.judge for one in odd})} stand apart: {told}. The difference is beyond chance and "
            f"above {APART:.0%}; who got which prompts is not taken into account.",
            rows=ids(view, worst.rows),
            count=len(rows),
            remedy="Read this annotator's rows against the guidelines; leave their labels out, or turn them if they "
            "mistook the sides.",
            explains=worst.explains,
        ),
        behind=worst.rows,
    )


def _tastes(view: View, names: list[str], confidence: float) -> list[_Odd]:
    assert view.judges is not None
    chosen, rejected = view.words
    unequal = np.flatnonzero(chosen != rejected)
    seen = view.refusals
    one_refuses = seen.chosen != seen.rejected
    traits = (
        (LENGTH, unequal, (chosen > rejected)[unequal]),
        ("prefers the refusing side on harmless prompts", seen.rows[one_refuses], seen.chosen[one_refuses]),
    )
    found = []
    for what, rows, has in traits:
        judges = view.judges[rows]
        shares = judges.shares(has)
        for name in names:
            (hits, own_rows), (others_hits, rest_rows) = shares.of(name), shares.of_others(name)
            if own_rows < ANNOTATOR_ROWS or rest_rows < ANNOTATOR_ROWS:
                continue
            theirs, others = share(hits, own_rows, confidence), share(others_hits, rest_rows, confidence)
            gap = surely_apart(theirs, others)
            if gap > APART:
                more = theirs.estimate > others.estimate
                own = judges.are(name)
                behind, rest = rows[own & (has if more else ~has)], ~own & judges.known
                found.append(_Odd(name, what, theirs.estimate, others.estimate, gap, behind, _alone(what, has[rest])))
    return found


def _alone(what: str, others: NDArray[np.bool_]) -> tuple[str, ...]:
    """The finding that is this annotator's alone: the others' length shows none."""
    alone = what == LENGTH and leaning(int(others.sum()), len(others))[1].low <= LONGER
    return ("length-bias",) if alone else ()


def surely_apart(one: Interval, other: Interval) -> float:
    """The lower bound of the distance of two independent rates (Newcombe 1998, method 10)."""
    low, high = sorted((one, other), key=lambda rate: rate.estimate)
    gap = high.estimate - low.estimate
    return float(gap - np.hypot(high.estimate - high.low, low.high - low.estimate))


def _against(view: View, names: list[str], confidence: float) -> list[_Odd]:
    """Who disagrees with the majority of the others on pairs that they share, more often than not."""
    assert view.judges is not None
    some = judged(view)
    rows, _ = votes(view, some)
    pair, first = some.pair[rows], some.first[rows]
    size = some.pair.max() + 1
    total, for_first = np.bincount(pair, minlength=size), np.bincount(pair[first], minlength=size)
    balance = 2 * (for_first[pair] - first) - (total[pair] - 1)  # of the others' votes, for the first answer
    differs = np.where(first, balance < 0, balance > 0)
    clear = balance != 0
    found, judges = [], view.judges[rows]
    for name in names:
        own = clear & judges.are(name)
        if own.sum() < ANNOTATOR_ROWS:
            continue
        theirs = share(int(differs[own].sum()), int(own.sum()), confidence)
        rest = clear & ~judges.are(name)
        others = float(differs[rest].mean()) if rest.any() else 0.0
        # where two always judge together each differs as often as the other: it is odd only if the other does better
        if theirs.low > AGAINST_CHANCE and theirs.estimate > others:
            behind = rows[own & differs]
            found.append(
                _Odd(name, "disagrees with the others on shared pairs", theirs.estimate, others, theirs.low, behind)
            )
    return found
