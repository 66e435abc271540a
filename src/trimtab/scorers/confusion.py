"""How often a scorer agrees with readers: yes and no, item by item, and the change from one model to another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Off:
    """How far a scorer's figures lie from the readers': the root mean square over `count` independent ones."""

    by: float
    count: int

    @property
    def told(self) -> str:
        """In words."""
        return f"off the readers' by {self.by:.3f} (root mean square of {self.count})"


@dataclass(frozen=True)
class Confusion:
    """Readers' yes and no (rows) against the scorer's (columns), on answers `of` what, where that matters.

    A scorer's errors differ from model to model, so that one table says little of a model that was never read. Where
    several sets of answers were, `rates` is how far its rates of them were off, each kept back from the fitting, and
    `changes` how far its changes from one model's answers to another's, to the same prompts. None: not measured.
    """

    table: tuple[tuple[int, int], tuple[int, int]]
    rates: Off | None = None
    changes: Off | None = None
    of: str = ""

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
        where = f" of {self.of}" if self.of else ""
        return f"the scorer finds {found} of {found + missed}{where} and wrongly {mistaken} of {mistaken + left} others"

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
