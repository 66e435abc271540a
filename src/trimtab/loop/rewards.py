"""What on-policy RL is rewarded by in a run: the spec's terms, opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..scorers import Criterion, Opened
from ..spec import FEEDBACK, RewardTerm, RLSpec

if TYPE_CHECKING:
    from ..train import Opened as Terms
    from ..train import RewardFunction

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rewards:
    """The rubric of the run's feedback if there is one, and the scorers that the reward asks, opened."""

    feedback: tuple[Criterion, ...] | None
    opened: Opened
    rows: int

    def open(self, rl: RLSpec, say: Say) -> "Terms":
        """What answers are rewarded by, and the independent measure that is watched."""
        from ..train import Opened as Terms
        from ..train import Term, reward_function

        def judge(term: RewardTerm) -> "RewardFunction":
            return reward_function(term, self.feedback, self.opened)

        terms = [Term(term.name, term.weight, judge(term), scaled=term.scaled) for term in rl.rewards]
        gold = gold_of(rl, self.feedback)
        if gold is None:
            say("note: no independent measure is given (training.rl.gold): what the reward misses will not be seen")
        return Terms(terms, None if gold is None else Term("gold", 1.0, judge(gold)))


def gold_of(rl: RLSpec, feedback: tuple[Criterion, ...] | None) -> RewardTerm | None:
    """The independent measure: the spec's, or the rubric that judged the feedback where it is no part of the reward."""
    if rl.gold is not None:
        return rl.gold
    rewarded = any(term.rubric == FEEDBACK for term in rl.rewards)
    return None if feedback is None or rewarded else RewardTerm(rubric=FEEDBACK)
