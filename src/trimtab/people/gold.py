"""Items whose answer is known, among the others: how often each reviewer is right, and when a lead is told.

A warning tells a lead to look; it blocks nobody and takes nothing out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..stats import CannotTell, Interval, evidence_below, exact_interval
from .said import counted, told

LINE = 0.75
"""The share of gold items that a careful reviewer gets right at least: gold items are not all easy, or they would be
known for what they are."""
FALSE_WARNINGS = 0.05
"""The chance that anybody of a team is ever warned of who gets the line's share right, however often one looks."""


@dataclass(frozen=True)
class Gold:
    """A reviewer's gold items; `cannot_tell` were left open and are neither right nor wrong."""

    reviewer: str
    right: Interval | CannotTell
    warned: bool
    line: float
    cannot_tell: int

    @property
    def says(self) -> str:
        """In a sentence."""
        ends = (
            f"; fewer than the {self.line:.0%} that are expected: please look at the items together"
            if self.warned
            else ""
        )
        left = f"; of {counted(self.cannot_tell, 'item')} they could not tell" if self.cannot_tell else ""
        return f"{self.reviewer}, gold items right: {told(self.right)}{ends}{left}."


def gold(
    answers: Sequence[tuple[str, bool | None]],
    *,
    line: float = LINE,
    false_warnings: float = FALSE_WARNINGS,
    confidence: float = 0.95,
) -> list[Gold]:
    """Each reviewer, in order of their names, from (reviewer, right) in the order of judging; None: could not tell.

    A reviewer is warned of once the evidence against them (`stats.evidence_below`) reaches reviewers / false_warnings,
    and stays so: by Ville's inequality, and Bonferroni's among reviewers, a team whose members all get the line's share
    right or more sees any warning, at any time, with a chance of at most `false_warnings`.
    """
    names = sorted({reviewer for reviewer, _ in answers})
    found = []
    for name in names:
        mine = [right for reviewer, right in answers if reviewer == name]
        known = [right for right in mine if right is not None]
        right = (
            exact_interval(sum(known), len(known), confidence) if known else CannotTell("no gold item was judged", 0)
        )
        warned = bool(known) and float(evidence_below(known, line)[-1]) >= len(names) / false_warnings
        found.append(Gold(name, right, warned, line, len(mine) - len(known)))
    return found
