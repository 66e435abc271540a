"""What on-policy RL is rewarded by in a run: the spec's terms, opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..scorers import Criterion
from ..spec import FEEDBACK, TRAINED, RewardTerm, RLSpec

if TYPE_CHECKING:
    from ..models import Precision
    from ..train import Opened, RewardFunction, Rollout

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rewards:
    """The rubric of the run's feedback if there is one, and the reward model that the run trained.

    `path` finds a folder that the spec names.
    """

    feedback: tuple[Criterion, ...] | None
    trained: Path | None
    path: Callable[[str], Path]
    rows: int
    precision: "Precision"

    def open(self, rl: RLSpec, say: Say) -> "Opened":
        """What answers are rewarded by, and the independent measure that is watched."""
        from ..train import Opened, Term, reward_function

        def judge(term: RewardTerm) -> "RewardFunction":
            return reward_function(term, self.feedback, lambda named: self._model(named, say))

        terms = [Term(term.name, term.weight, judge(term), scaled=term.model is not None) for term in rl.rewards]
        gold = gold_of(rl, self.feedback)
        if gold is None:
            say("note: no independent measure is given (training.rl.gold): what the reward misses will not be seen")
        return Opened(terms, None if gold is None else Term("gold", 1.0, judge(gold)))

    def _model(self, term: RewardTerm, say: Say) -> "RewardFunction":
        from ..models import RewardModel

        if term.model == TRAINED:
            assert self.trained is not None
            model = RewardModel.load(self.trained, self.precision, say)
        else:
            assert term.model is not None
            there = self.path(term.model)
            model = RewardModel.load(there if there.is_dir() else term.model, self.precision, say)

        def judged(answers: "Sequence[Rollout]") -> list[float]:
            places: dict[tuple[object, ...], list[int]] = {}
            for place, said in enumerate(answers):
                places.setdefault(said.prompt, []).append(place)
            prompts = [answers[group[0]].prompt for group in places.values()]
            texts = [[answers[place].text for place in group] for group in places.values()]
            if term.uncertainty:
                found = [[s.conservative(term.uncertainty) for s in some] for some in model.ensemble(prompts, texts)]
            else:
                found = model.scores(prompts, texts)
            scores = [0.0] * len(answers)
            for group, values in zip(places.values(), found, strict=True):
                for place, value in zip(group, values, strict=True):
                    scores[place] = value
            return scores

        return judged


def gold_of(rl: RLSpec, feedback: tuple[Criterion, ...] | None) -> RewardTerm | None:
    """The independent measure: the spec's, or the rubric that judged the feedback where it is no part of the reward."""
    if rl.gold is not None:
        return rl.gold
    rewarded = any(term.rubric == FEEDBACK for term in rl.rewards)
    return None if feedback is None or rewarded else RewardTerm(rubric=FEEDBACK)
