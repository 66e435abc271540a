"""A share of what people said (preferred, true, flagged) over items and reviewers, and what would decide it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..stats import FEWEST_REVIEWERS, CannotTell, Clustered, clustered_mean, judgements_needed
from .said import codes_of, counted, refuse_twice, told


@dataclass(frozen=True)
class PeopleShare:
    """A share with its interval, or why there is none; `cannot_tell` judgements say nothing and are left out."""

    share: Clustered | CannotTell
    cannot_tell: int

    @property
    def says(self) -> str:
        """In a sentence or two."""
        left = f" {counted(self.cannot_tell, 'judgement')} could not tell." if self.cannot_tell else ""
        if isinstance(self.share, CannotTell):
            return f"{told(self.share).capitalize()}.{left}"
        found = self.share
        over = f"{counted(found.items, 'item')} and {counted(found.reviewers, 'reviewer')}"
        if found.over == "items":
            few = f"It holds for these reviewers: from fewer than {FEWEST_REVIEWERS} it is not known how others judge."
            left = f" {few}{left}"
        return f"{told(found.interval)}, over {over}.{left}"


def people_share(judgements: Sequence[tuple[str, str, float | None]], *, confidence: float = 0.95) -> PeopleShare:
    """The share of (reviewer, item, value), values from 0 to 1, a tie as 0.5; None: they could not tell.

    Raises ValueError where a reviewer judges an item twice.
    """
    refuse_twice([each[:2] for each in judgements])
    known = [each for each in judgements if each[2] is not None]
    left = len(judgements) - len(known)
    if not known:
        return PeopleShare(CannotTell("nobody has judged an item", 0), left)
    reviewers, items = (codes_of([str(each[place]) for each in known]) for place in (0, 1))
    return PeopleShare(clustered_mean([each[2] for each in known], items, reviewers, confidence=confidence), left)


def share_needed(found: PeopleShare, line: float) -> str:
    """What would decide on which side of the line the share lies, in a sentence; "" where it is decided."""
    if isinstance(found.share, CannotTell):
        return f"It cannot be told how many judgements would decide: {found.share.why}."
    interval = found.share.interval
    if not interval.low <= line <= interval.high:
        return ""
    needed = judgements_needed(found.share, line)
    if needed.items is None:
        return f"At {interval.estimate:.0%} the share lies too near {line:.0%} for any number of judgements to decide."
    parts = []
    if needed.items:
        parts.append(f"about {counted(needed.items, 'more item')} ({counted(needed.judgements or 0, 'judgement')})")
    if needed.reviewers:
        parts.append(f"about {counted(needed.reviewers, 'more reviewer')}, because these differ among themselves")
    what = " and ".join(parts) or "a few more judgements"
    return f"To decide against {line:.0%}, four times in five were the share to stay: {what}."
