"""How often a scorer agrees with readers: yes and no, item by item, and the change from one set of answers to another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Confusion:
    """Readers' yes and no (rows) against the scorer's (columns).

    `drift` is how far the scorer's change of a rate, from one model's answers to another's to the same prompts, lies
    from the readers' change: the root mean square over `changes` independent ones. 0 of 0 where it was not measured.
    """

    table: tuple[tuple[int, int], tuple[int, int]]
    drift: float = 0.0
    changes: int = 0

    @property
    def hears(self) -> float:
        """Of the answers that the readers say yes to, the share that the scorer does too."""
        return self.table[0][0] / max(1, sum(self.table[0]))

    @property
    def mistakes(self) -> float:
        """Of the others, the share that the scorer says yes to."""
        return self.table[1][0] / max(1, sum(self.table[1]))

    @property
    def told(self) -> str:
        """Both rates with their counts, in words."""
        (found, missed), (mistaken, left) = self.table
        return f"the scorer finds {found} of {found + missed} and wrongly {mistaken} of {mistaken + left} others"

    @property
    def drift_told(self) -> str:
        """How far its changes are off, in words."""
        return f"its changes were off the readers' by {self.drift:.3f} (root mean square of {self.changes})"

    @property
    def total(self) -> int:
        """How many answers were read."""
        return sum(map(sum, self.table))

    @property
    def right(self) -> float:
        """The share on which both agree."""
        return (self.table[0][0] + self.table[1][1]) / max(1, self.total)

    @property
    def kappa(self) -> float:
        """Cohen's (1960) agreement beyond chance."""
        n = max(1, self.total)
        yes, said = sum(self.table[0]) / n, (self.table[0][0] + self.table[1][0]) / n
        chance = yes * said + (1 - yes) * (1 - said)
        return (self.right - chance) / (1 - chance) if chance < 1 else 1.0
