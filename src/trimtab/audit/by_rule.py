"""The comparisons of an audit grouped by the rule of a constitution that decided them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..stats import Interval
from .result import CheckResult, share

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True)
class RuleRows:
    """What one rule decided; `rule` is "" for comparisons that name none.

    `longer` is the share in which the chosen answer has more letters, among those of unequal length, None where there
    is none; `findings` counts the rule's rows behind each finding, by its id.
    """

    rule: str
    comparisons: int
    longer: Interval | None
    findings: dict[str, int]


def by_rule(table: "polars.DataFrame", found: Sequence[CheckResult]) -> list[RuleRows]:
    """A group for each rule, the largest first; none where no comparison names one. `found` is of the same table."""
    if "rule" not in table.columns:
        return []
    rules = np.array(table["rule"].fill_null("").to_list(), dtype=str)
    if not (rules != "").any():
        return []
    lengths = [table[side].str.len_chars().fill_null(0).to_numpy().astype(np.int64) for side in ("chosen", "rejected")]
    apart = lengths[0] - lengths[1]
    behind = {one.finding.id: np.union1d(one.behind, one.drop).astype(np.int64) for one in found}
    groups = []
    for rule in dict.fromkeys(rules.tolist()):
        own = rules == rule
        longer, unequal = int((own & (apart > 0)).sum()), int((own & (apart != 0)).sum())
        counts = {name: int(own[rows].sum()) for name, rows in behind.items() if len(rows)}
        told = {name: count for name, count in counts.items() if count}
        groups.append(RuleRows(rule, int(own.sum()), share(longer, unequal) if unequal else None, told))
    return sorted(groups, key=lambda group: (-group.comparisons, group.rule))
