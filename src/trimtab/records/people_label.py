"""What people said of a pair, in all: what a judge of pairs is held against."""

from typing import Literal

from .base import Record
from .text import Message

PairSide = Literal["a", "b", "tie"]
"""Which answer of a pair is better, or that neither is."""


class PeopleVotes(Record):
    """How many people said what of a pair; those who could not tell are not among them."""

    a: int = 0
    b: int = 0
    tie: int = 0
    both_bad: int = 0

    @property
    def majority(self) -> PairSide | None:
        """What more people said than anything else, both bad counted as alike; None where two are said as often."""
        counts: dict[PairSide, int] = {"a": self.a, "b": self.b, "tie": self.tie + self.both_bad}
        most = max(counts.values())
        first = [side for side, count in counts.items() if count == most]
        return first[0] if len(first) == 1 and most else None


class PeopleLabel(Record):
    """A pair with what people said of it: `item` is its digest in the room, `prompt` a text, or messages where there
    are several; `rule` what they judged by, where the task names one."""

    item: str
    prompt: str | tuple[Message, ...]
    answer_a: str
    answer_b: str
    people: PeopleVotes
    rule: str | None = None

    def to_json(self) -> str:
        """One line of JSON, without `rule` where there is none."""
        return self.model_dump_json(exclude_none=True)
