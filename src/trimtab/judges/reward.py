"""A reward model as a scorer."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..records import Message, Score
from ..scorers import finite
from ..store import digest

if TYPE_CHECKING:
    from ..models import RewardModel


class RewardScorer:
    """A scorer by a reward model: what `trimtab train` wrote, or any sequence-classification model of one label.

    The value is the reward, in the model's own unit, less `uncertainty` deviations of its heads. Loads the model when
    it is first called, and raises UserError then where it is none or has no heads to be uncertain.
    """

    name = "reward"
    better = "higher"

    def __init__(
        self,
        model: str | Path,
        *,
        uncertainty: float = 0.0,
        precision: Literal["auto", "fp32", "bf16"] = "auto",
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._name, self._uncertainty, self._precision, self._say = model, uncertainty, precision, say

    @cached_property
    def version(self) -> str:
        """Changes with the model's files, the precision and the uncertainty."""
        from ..models import best_precision, identity, reward_ref

        weights = identity(reward_ref(self._name), self._say)
        return digest([weights, best_precision(self._precision), self._uncertainty])[:12]

    def __call__(self, rows: Sequence[tuple[str, str]]) -> list[Score]:
        """Scores of (prompt, answer) pairs, the prompt as the user's only message."""
        values = self.rewards([((Message(role="user", content=prompt),), answer) for prompt, answer in rows])
        return [finite(Score(scorer=self.name, value=value)) for value in values]

    def rewards(self, rows: Sequence[tuple[tuple[Message, ...], str]]) -> list[float]:
        """The figure of each answer to a whole conversation. What answers to one share is computed once."""
        places: dict[tuple[Message, ...], list[int]] = {}
        for place, (prompt, _) in enumerate(rows):
            places.setdefault(prompt, []).append(place)
        texts = [[rows[place][1] for place in group] for group in places.values()]
        if self._uncertainty:
            ensemble = self._model.ensemble(list(places), texts)
            found = [[each.conservative(self._uncertainty) for each in some] for some in ensemble]
        else:
            found = self._model.scores(list(places), texts)
        values = [0.0] * len(rows)
        for group, some in zip(places.values(), found, strict=True):
            for place, value in zip(group, some, strict=True):
                values[place] = value
        return values

    def load(self) -> None:
        """Loads the model now, and not at the first call; raises UserError as that does."""
        _ = self._model

    @cached_property
    def _model(self) -> "RewardModel":
        from ..models import RewardModel, best_precision

        return RewardModel.load(self._name, best_precision(self._precision), self._say)
