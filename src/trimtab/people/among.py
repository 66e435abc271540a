"""Krippendorff's alpha among reviewers, as it is told whatever they were asked."""

from dataclasses import dataclass
from typing import ClassVar

from ..stats import CannotTell, Interval
from .said import counted, told


@dataclass(frozen=True)
class AlphaAmong:
    """Krippendorff's alpha over the `shared` items, on which two or more said something; `alone` items had one, and
    `cannot_tell` are judgements that say nothing. The words say what was done, what each is called, and how."""

    alpha: Interval | CannotTell
    shared: int
    alone: int
    reviewers: int
    cannot_tell: int

    _done: ClassVar[str]
    _one: ClassVar[str]
    _how: ClassVar[str] = ""

    @property
    def says(self) -> str:
        """In a sentence or two."""
        left = f" {counted(self.alone, 'item')} had one {self._one}, which tells nothing of it." if self.alone else ""
        if self.cannot_tell:
            left += f" {counted(self.cannot_tell, 'judgement')} could not tell and are left out."
        reviewers = counted(self.reviewers, "reviewer")
        among = f"over {counted(self.shared, 'item')} that two or more of {reviewers} {self._done}{self._how}"
        return f"Krippendorff's alpha {among}: {told(self.alpha, share=False)}.{left}"
