"""Choices among a benchmark's answers: item by item where a model cannot read all, or by a judge."""

from collections.abc import Callable, Sequence
from typing import Any

from ...evaluate import pairs_to_judge
from ...judges import Judge
from ...records import Score


def each_that_is_read(choose: Callable[[Sequence[Any]], list[Score]]) -> Callable[[Sequence[Any]], list[Score]]:
    """The scores of items, and no value for one that is longer than the model reads."""

    def chosen(some: Sequence[Any]) -> list[Score]:
        from ...sharing import UnreadableError

        try:
            return choose(some)
        except UnreadableError as error:
            if len(some) == 1:
                return [Score(scorer="model", value=None, reason=error.reason)]
        return [score for item in some for score in chosen([item])]

    return chosen


def preferring(judge: Judge) -> Callable[[Sequence[Any]], Sequence[Score]]:
    """How clearly a judge prefers the better answer of a pair: 1/2, 0 for a tie, -1/2."""

    def choose(some: Sequence[Any]) -> list[Score]:
        found = judge.compare_all(pairs_to_judge(some))
        return [
            Score(
                scorer="judge",
                value=None if each.outcome is None else each.outcome - 0.5,
                reason=each.reason,
                served=each.served,
            )
            for each in found
        ]

    return choose
