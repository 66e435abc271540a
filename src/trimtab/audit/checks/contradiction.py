"""`contradiction`: a pair preferred in both directions, or a cycle of preferences."""

import numpy as np
from numpy.typing import NDArray

from ...records import Finding
from ..agreement import judged
from ..limits import CONTRADICTORY, CONTRADICTORY_BLOCK
from ..result import CheckResult, Rows, ids, percent, share, weight
from ..view import View


def contradiction(view: View) -> CheckResult | None:
    """Rows on a cycle of "is better than" among the answers to one prompt; a reversed pair is the shortest.

    Where several known annotators judged a pair, those in the minority disagree rather than contradict, and a tie is
    open: such rows make no edge. Unless more pairs are disputed than by annotators who toss coins.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    _, chosen, rejected = view.sides
    edges, disagree, disputed = _edges(view)
    nodes, place = np.unique(np.concatenate([chosen[edges], rejected[edges]]), return_inverse=True)
    better, worse = place[: len(edges)], place[len(edges) :]
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (better, worse)), shape=(len(nodes), len(nodes)))
    _, component = connected_components(graph.tocsr(), directed=True, connection="strong")
    rows = edges[component[better] == component[worse]]
    if len(rows) == 0:
        return None
    pair = judged(view).pair[rows]
    direction = judged(view).first[rows]
    both = np.intersect1d(pair[direction], pair[~direction])
    reversed_rows = np.isin(pair, both)
    rate = share(len(rows), view.n)
    order = np.argsort(pair, kind="stable")
    clearest = np.concatenate([rows[order][reversed_rows[order]], rows[order][~reversed_rows[order]]])
    return CheckResult(
        Finding(
            id="contradiction",
            severity=weight(rate, CONTRADICTORY, CONTRADICTORY_BLOCK),
            title="Preferences contradict each other",
            figure=rate.estimate,
            summary=f"{len(rows):,} rows ({percent(rate)}) contradict another: {len(both):,} pairs are preferred in "
            f"both directions, {int((~reversed_rows).sum()):,} rows stand only on longer cycles."
            + (f" Annotators disagree on {disputed:,} more pairs." if disagree else ""),
            rows=ids(view, clearest),
            count=len(rows),
            remedy="Have the pairs judged again, or leave out all rows of a cycle (the audit's fix does).",
            fixable=True,
        ),
        drop=rows,
    )


def _edges(view: View) -> tuple[Rows, bool, int]:
    """Rows that count as edges; whether some were left to disagreement between annotators, and over how many pairs."""
    every = np.arange(view.n)
    if view.judges is None:
        return every, False, 0
    some = judged(view)
    size = int(some.pair.max()) + 1
    names, judge, known = view.judges.names, view.judges.rows, view.judges.known
    people = _distinct(some.pair[known], judge[known], size, len(names))
    for_first = _distinct(some.pair[known & some.first], judge[known & some.first], size, len(names))
    for_second = _distinct(some.pair[known & ~some.first], judge[known & ~some.first], size, len(names))
    disputed = (people >= 2) & (for_first > 0) & (for_second > 0)
    several = people[people >= 2]
    by_chance = float((1 - 2.0 ** (1 - several)).mean()) if len(several) else 1.0
    if share(int(disputed.sum()), len(several)).low > by_chance:
        return every, False, 0
    balance = np.where(some.first, 1, -1) * (for_first - for_second)[some.pair]
    keep = ~disputed[some.pair] | (balance > 0)
    return every[keep], bool(disputed.any()), int(disputed.sum())


def _distinct(pair: NDArray[np.int64], judge: NDArray[np.int64], size: int, names: int) -> NDArray[np.int64]:
    """How many different judges each pair has."""
    each = np.sort(pair * names + judge)  # NumPy's unique takes ten times as long for it
    return np.bincount(each[np.append(True, each[1:] != each[:-1])[: len(each)]] // names, minlength=size)
