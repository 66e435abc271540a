"""`rule-conflict`: comparisons decided by different rules that contradict each other on the same or nearly the same
prompt."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ...data import ANSWER_OVERLAP, PROMPT_OVERLAP, ROW_RUN, overlap, runs_of
from ...records import Finding
from ..harm import refusal
from ..limits import READ, RULE_CONFLICT, RULE_ROWS, SAMPLE
from ..result import CheckResult, Rows, ids, percent, share, weight
from ..view import View

_WORTH_COUNTING = 0.25
"""Share of equal min-hashes of two prompts from which their words are counted: far below PROMPT_OVERLAP, as 16 of them
estimate to ±0.12."""
_TOLD = 5
"""Pairs of rules that the summary names."""
Pair = tuple[str, str]


def rule_conflict(view: View) -> CheckResult | None:
    """Pairs of rows of two rules whose answers are the same turned round, or of which one prefers the refusal and the
    other the answer. Of a row that several rules decided they are taken together."""
    rules = view.rules
    if rules is None or len(np.unique(rules[rules != ""])) < 2:
        return None
    ruled = np.flatnonzero(rules != "")
    turned: Counter[Pair] = Counter()
    declined: Counter[Pair] = Counter()
    behind: dict[int, int] = {}
    directions = _Directions(view)
    for one, other in _meeting(view, ruled, rules):
        first, second = sorted((str(rules[one]), str(rules[other])))
        if _turned(view, one, other):
            turned[first, second] += 1
        elif directions.opposite(one, other):
            declined[first, second] += 1
        else:
            continue
        for row in (one, other):
            behind[row] = behind.get(row, 0) + 1
    if not behind:
        return None
    rows = np.array(sorted(behind, key=lambda row: (-behind[row], row)), dtype=np.int64)
    rate = share(len(rows), len(ruled))
    pairs = (turned + declined).most_common()
    told = "; ".join(
        f"{first} and {second} in {count} pairs of rows ({turned[first, second]} of the same answers turned round, "
        f"{declined[first, second]} of a refusal against an answer)"
        for (first, second), count in pairs[:_TOLD]
    )
    more = f", and {len(pairs) - _TOLD} more pairs of rules" if len(pairs) > _TOLD else ""
    return CheckResult(
        Finding(
            id="rule-conflict",
            severity=weight(rate, RULE_CONFLICT),
            title="Rules contradict each other",
            figure=rate.estimate,
            summary=f"{len(rows):,} of {len(ruled):,} rows that a rule decided ({percent(rate)}) contradict one that "
            f"another decided on the same or nearly the same prompt: {told}{more}." + directions.sampled,
            rows=ids(view, rows),
            count=len(rows),
            remedy="Say which of the two comes first (`priority`), or which prompts each is about, and have these rows "
            "judged again; `trimtab policy check` looks for more.",
            about=tuple(f"{first} and {second}" for (first, second), _ in pairs),
        ),
        behind=rows,
    )


class _Directions:
    """Whether a row prefers a refusal over an answer (1), an answer over a refusal (-1), or neither (0).

    As many rows are looked at as for other refusals; of the rest it is not known, and `sampled` says so.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[int, int] = {}
        self.sampled = ""

    def opposite(self, one: int, other: int) -> bool:
        return self._of(one) * self._of(other) < 0

    def _of(self, row: int) -> int:
        if row not in self._found and len(self._found) >= SAMPLE["refusal"]:
            self.sampled = f" Refusals were looked for in the first {SAMPLE['refusal']:,} of these rows."
            return 0
        if row not in self._found:
            at = np.array([row])
            asked, chosen, rejected = (self._view.text(name, at)[0] for name in ("prompt", "chosen", "rejected"))
            said = [refusal(asked, text, self._view.policy) for text in (chosen, rejected)]
            self._found[row] = {"refuse comply": 1, "comply refuse": -1}.get(f"{said[0]} {said[1]}", 0)
        return self._found[row]


def _meeting(view: View, ruled: Rows, rules: NDArray[np.str_]) -> Iterator[tuple[int, int]]:
    """Pairs of rows of different rules whose prompts are the same or nearly the same; of a prompt with more than
    RULE_ROWS rows the first of each rule, in turn."""
    keys = view.sides[0]
    by_prompt: dict[int, list[int]] = defaultdict(list)
    for row in ruled.tolist():
        by_prompt[int(keys[row])].append(row)
    some = {key: _of_each_rule(rows, rules) for key, rows in by_prompt.items()}
    for rows in some.values():
        yield from ((a, b) for at, a in enumerate(rows) for b in rows[at + 1 :] if _apart(rules, a, b))
    first = np.array([rows[0] for rows in some.values()], dtype=np.int64)
    for one, other in _near_prompts(view, first):
        pairs = product(some[int(keys[one])], some[int(keys[other])])
        yield from ((a, b) for a, b in pairs if _apart(rules, a, b))


def _of_each_rule(rows: list[int], rules: NDArray[np.str_]) -> list[int]:
    if len(rows) <= RULE_ROWS:
        return rows
    seen: Counter[str] = Counter()
    turn: dict[int, int] = {}
    for row in rows:
        turn[row] = seen[str(rules[row])]
        seen[str(rules[row])] += 1
    return sorted(sorted(rows, key=lambda row: (turn[row], row))[:RULE_ROWS])


def _apart(rules: NDArray[np.str_], one: int, other: int) -> bool:
    """Whether no rule decided both."""
    return set(str(rules[one]).split(", ")).isdisjoint(str(rules[other]).split(", "))


def _near_prompts(view: View, rows: Rows) -> Iterator[tuple[int, int]]:
    """Pairs of rows, each the first with its prompt, whose prompts are nearly the same behind the same conversation."""
    if len(rows) < 2:
        return
    hashes = view.texts.prompts[rows]
    found = []
    for column in hashes.T:
        order = np.argsort(column, kind="stable")
        ordered = column[order]
        starts = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        leader = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
        neighbour = np.concatenate(([0], order[:-1]))
        later = leader != order
        for mate in (leader, neighbour):
            pairs = np.column_stack([mate[later], order[later]])
            pairs = pairs[(hashes[pairs[:, 0]] == hashes[pairs[:, 1]]).mean(axis=1) >= _WORTH_COUNTING]
            found.append(np.sort(pairs, axis=1))
    before = view.text("before", rows) if "before" in view.table.columns else [""] * len(rows)
    prompts = view.text("prompt", rows)
    for one, other in np.unique(np.concatenate(found), axis=0).tolist():
        if before[one] == before[other] and _alike(prompts[one], prompts[other], PROMPT_OVERLAP):
            yield int(rows[one]), int(rows[other])


def _turned(view: View, one: int, other: int) -> bool:
    a, b = (view.table.row(row, named=True) for row in (one, other))
    return all(
        _alike(a[side][:READ], b[against][:READ], ANSWER_OVERLAP)
        for side, against in (("chosen", "rejected"), ("rejected", "chosen"))
    )


def _alike(one: str, other: str, least: float) -> bool:
    if one.strip() == other.strip():
        return True
    return overlap(runs_of(one, ROW_RUN), runs_of(other, ROW_RUN)) >= least
