"""What on-policy RL is rewarded by in a run: the spec's terms opened, and the prompts that are only watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from ..records import Prompt, TrainingSummary
from ..scorers import Criterion, Opened
from ..spec import FEEDBACK, RewardTerm, RLSpec, TrainingSpec

if TYPE_CHECKING:
    from ..models import LoadedModel
    from ..train import RewardFunction

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rewards:
    """The prompts of RL, the rubric of the run's feedback if there is one, and the scorers that both ask."""

    prompts: Sequence[Prompt]
    feedback: tuple[Criterion, ...] | None
    opened: Opened
    rows: int

    def train(
        self,
        start: "LoadedModel",
        settings: TrainingSpec,
        seed: int,
        work: Path,
        adapter: Path,
        base_name: str | None,
        on_step: Callable[[int, int, float], None],
        say: Say,
    ) -> TrainingSummary:
        """On-policy RL by the settings, from `start`, which is changed."""
        from ..train import Term, reward_function, train_rl

        watched, trained_on = split_watched(self.prompts, settings.rl.watch_prompts)

        def judge(term: RewardTerm) -> "RewardFunction":
            return reward_function(term, self.feedback, self.opened)

        terms = [
            Term(term.name, term.weight, judge(term), scaled=term.ref is not None and term.ref.reward is not None)
            for term in settings.rl.rewards
        ]
        gold = gold_of(settings.rl, self.feedback)
        if gold is None:
            say("note: no independent measure is given (training.rl.gold): what the reward misses will not be seen")
        return train_rl(
            start,
            trained_on,
            watched,
            settings,
            terms,
            None if gold is None else Term("gold", 1.0, judge(gold)),
            seed=seed,
            rows=self.rows,
            work=work,
            adapter=adapter,
            base_name=base_name,
            on_step=on_step,
            say=say,
        )


def gold_of(rl: RLSpec, feedback: tuple[Criterion, ...] | None) -> RewardTerm | None:
    """The independent measure: the spec's, or the rubric that judged the feedback where it is no part of the reward."""
    if rl.gold is not None:
        return rl.gold
    rewarded = any(term.rubric == FEEDBACK for term in rl.rewards)
    return None if feedback is None or rewarded else RewardTerm(rubric=FEEDBACK)


def split_watched(prompts: Sequence[Prompt], count: int) -> tuple[list[Prompt], list[Prompt]]:
    """`count` prompts spread evenly over the file, only to be watched, and the rest. Raises UserError for too few."""
    if len(prompts) <= count:
        raise UserError(
            f"There are {len(prompts)} training prompts, and training.rl.watch_prompts is {count}.",
            "None is left to train on: watched prompts are kept out of training.",
            "Give more prompts, or lower training.rl.watch_prompts.",
        )
    watched = {i * len(prompts) // count for i in range(count)}
    return (
        [prompt for i, prompt in enumerate(prompts) if i in watched],
        [prompt for i, prompt in enumerate(prompts) if i not in watched],
    )
