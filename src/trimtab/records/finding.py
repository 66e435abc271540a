"""What an audit, a probe or a diagnosis says."""

from typing import Literal

from pydantic import Field

from .base import Record

Weight = Literal["block", "warn", "info"]
"""How much a finding weighs: what must be mended before training, what should be looked at, what is good to know."""

ROWS_KEPT = 100
"""Ids of rows that a finding names at most; `count` tells how many there are."""


class Finding(Record):
    """One thing found, with its evidence and its remedy.

    `id` is stable ("length-bias"), so that scripts can rely on it. `figure` is the number that the finding rests on and
    `summary` tells in one or two sentences what it means, with the numbers. `rows` are the ids of rows behind it, the
    clearest first, at most ROWS_KEPT of `count`. `fixable` tells whether `trimtab audit --fix` can mend it. `explains`
    are ids of findings that would not be there without these rows. `about` names what it is about, where that is more
    than the rows: the criteria that pay for it, the clearest first.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    severity: Weight
    title: str
    figure: float | None
    summary: str
    rows: tuple[str, ...] = ()
    count: int = 0
    remedy: str
    fixable: bool = False
    explains: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Findings in the order of their severity, otherwise as they came."""
    order = ("block", "warn", "info")
    return sorted(findings, key=lambda finding: order.index(finding.severity))
