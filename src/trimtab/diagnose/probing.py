"""What all probes of a reward model share: what is probed, the limits, and from a measure to a finding."""

from collections.abc import Sequence
from typing import Literal, Protocol

from ..records import Finding, Message, ProbeResult, Weight, worst_first

CONFIDENCE = 0.95
SMALL, LARGE = 0.2, 0.8
"""Effects in standard deviations that are worth a look, and that decide which answer wins (Cohen 1988: small, large).

A probe fires where the whole interval lies beyond. A reward model that is blind to what a probe varies has a true
effect of 0, and noise alone hardly ever takes the interval's near end over 0.2 (tests/diagnose counts it).
"""
SHOWN = 5
"""Items that a result names."""

Prompts = Sequence[Sequence[Message]]
Answers = Sequence[Sequence[str]]


class Rewards(Protocol):
    """What is probed; `trimtab.models.RewardModel` is one."""

    def scores(self, prompts: Prompts, answers: Answers) -> list[list[float]]:
        """The reward of each answer, indexed [prompt][answer]."""

    def padded(self, prompts: Prompts, answers: Answers, side: Literal["left", "right"]) -> list[list[float]]:
        """The same by a padded batch a prompt."""


def weight(near: float, warn_above: float, block_above: float) -> Weight | None:
    """What a measure weighs whose interval begins at `near`; None where it keeps the limits."""
    return "block" if near > block_above else "warn" if near > warn_above else None


def finding_of(result: ProbeResult, remedy: str) -> Finding:
    """A probe that fired, as a finding. Raises ValueError for one that did not."""
    if result.fires is None:
        raise ValueError(f"{result.id} did not fire")
    return Finding(
        id=result.id,
        severity=result.fires,
        title=result.title,
        figure=result.figure,
        summary=result.summary,
        rows=result.rows,
        count=result.n,
        remedy=remedy,
    )


def clearest_first(results: Sequence[ProbeResult], remedies: dict[str, str]) -> list[Finding]:
    """The findings of the probes that fired: the heaviest first, then those that lie furthest beyond their limit."""
    fired = [result for result in results if result.fires is not None]
    fired.sort(key=lambda result: -abs(result.figure or 0.0) / (result.warn_above or 1.0))
    return worst_first([finding_of(result, remedies[result.id]) for result in fired])
