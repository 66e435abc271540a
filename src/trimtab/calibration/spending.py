"""What asking a model behind a server may cost: so many questions are asked at once as are sure to be within it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..judges import Budget, BudgetSpent
from .asking import Question


@dataclass(frozen=True)
class Purse:
    """A `budget`, the letters of every call that a question comes to, and the most tokens of a reply (`room`)."""

    budget: Budget
    letters: Callable[[Question], list[int]]
    room: int

    def calls(self, some: Sequence[Question]) -> list[int]:
        """The letters of every call that these questions come to."""
        return [count for each in some for count in self.letters(each)]

    def affords(self, some: Sequence[Question], every: int) -> int:
        """How many of the first of these questions may be asked now, both orders of a pair or none; `every` is how many
        there are in all. Raises BudgetSpent where it is none."""
        limit = self.budget.limit
        if limit is None:
            return len(some)
        spent, most, count = self.budget.spent or 0.0, 0.0, 0
        for place, each in enumerate(some):
            most += sum(self.budget.at_most(letters, self.room) for letters in self.letters(each))
            if spent + most > limit:
                break
            following = some[place + 1] if place + 1 < len(some) else None
            if following is None or following.item is not each.item or following.showing != each.showing:
                count = place + 1
        if not count:
            raise BudgetSpent(spent, limit, self.budget.answered, every)
        return count
