"""A reward model in use: rewards of answers, and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from ..errors import UserError
from ..records import Message
from ..sharing import RewardScorer
from .folders import adapter_config, read_object, told
from .known import CATALOG
from .loading import LoadedModel, ModelRef, Precision, load
from .pulling import Say
from .sampler import end_ids, render

REWARD_SUMMARY = "reward.json"
"""The summary of a training, in the reward model's folder; it names the model that the adapter belongs to."""
REWARD_HEADS = "heads.safetensors"
"""The head as it was trained, `trained`, shape (d,), and the ensemble's, `heads`, shape (k, d); both in float32."""

Prompts = Sequence[Sequence[Message]]
Answers = Sequence[Sequence[str]]
Ended = Sequence[Sequence[bool]]


@dataclass(frozen=True)
class Ensemble:
    """What the heads of an ensemble say of one answer: their mean, and their standard deviation."""

    mean: float
    sd: float

    def conservative(self, deviations: float) -> float:
        """The mean less so many deviations: an answer that the heads disagree on is not trusted.

        The objective of "uncertainty-weighted optimization" for rewards of one model each (Coste et al. 2023, "Reward
        Model Ensembles Help Mitigate Overoptimization", section 3.3) has the variance in place of the deviation.
        """
        return self.mean - deviations * self.sd


class RewardModel:
    """Scores answers to conversations, rendered by the model's chat template as in training.

    `trained` is the head in float32, shape (d,), where it is known apart from the model, and `heads` the ensemble's,
    shape (k, d). `loaded.model` is a sequence-classification model of one label.
    """

    def __init__(
        self, loaded: LoadedModel, trained: Tensor | None = None, heads: Tensor | None = None, say: Say = lambda _: None
    ) -> None:
        self.loaded = loaded
        self._trained, self._heads = trained, heads
        self._scorer = RewardScorer(loaded.model, say)
        self._ends = end_ids(loaded.model, loaded.tokenizer)

    @classmethod
    def load(cls, name: str | Path, precision: Precision, say: Say = lambda _: None) -> "RewardModel":
        """Loads what `train_reward` wrote, or any sequence-classification model of one label, by folder or hub id.

        Raises UserError where it is neither.
        """
        ref = reward_ref(name)
        loaded = load(ref, precision, say, reward=True)
        kept = Path(ref.adapters[-1]) / REWARD_HEADS if ref.adapters else Path(name).expanduser() / REWARD_HEADS
        if not kept.is_file():
            return cls(loaded, say=say)
        from safetensors.torch import load_file

        with told(f"The reward model is {str(name)!r}.", f"{kept.name} cannot be read", "Copy the folder again."):
            found = load_file(kept)
        return cls(loaded, found["trained"], found.get("heads"), say)

    @property
    def name(self) -> str:
        """What was loaded."""
        return str(self.loaded.ref)

    @property
    def heads(self) -> int:
        """The size of the ensemble; 0 where there is none."""
        return 0 if self._heads is None else len(self._heads)

    def scores(self, prompts: Prompts, answers: Answers, ended: Ended | None = None) -> list[list[float]]:
        """The reward of each answer, indexed [prompt][answer].

        An answer is closed with the end of turn, as all are in training, but where `ended` says that it was cut. Any
        number of answers a prompt; what answers share is computed once. Raises ValueError for a prompt without answers.
        """
        before, after = self._tokens(prompts, answers, ended)
        if self._trained is None:
            return self._scorer(before, after)
        read = self._scorer.states(before, after)
        return [[float(state @ self._trained) for state in states] for states in read]

    def ensemble(self, prompts: Prompts, answers: Answers, ended: Ended | None = None) -> list[list[Ensemble]]:
        """Mean and standard deviation of the heads' rewards, as `scores`. Raises UserError where there are no heads."""
        if self._heads is None or len(self._heads) < 2:
            raise UserError(
                f"The reward model is {self.name!r}.",
                "It has no ensemble of heads, so there is no telling how sure its rewards are.",
                "Train it with training.reward.heads of 2 or more.",
            )
        found = []
        for states in self.states(prompts, answers, ended):
            by_head = torch.stack(states) @ self._heads.T
            found.append([Ensemble(float(row.mean()), float(row.std())) for row in by_head])
        return found

    def states(self, prompts: Prompts, answers: Answers, ended: Ended | None = None) -> list[list[Tensor]]:
        """The hidden state that each reward is read from, in float32 on the CPU, shape (d,)."""
        return self._scorer.states(*self._tokens(prompts, answers, ended))

    @torch.no_grad()
    def padded(self, prompts: Prompts, answers: Answers, side: Literal["left", "right"]) -> list[list[float]]:
        """The same rewards by transformers' own forward pass in one padded batch a prompt, for a probe to compare."""
        model, padding = self.loaded.model, self.loaded.tokenizer.pad_token_id
        found = []
        for prompt, options in zip(*self._tokens(prompts, answers, None), strict=True):
            rows = [[*prompt, *option] for option in options]
            width = max(map(len, rows))
            ids = torch.full((len(rows), width), padding)
            mask = torch.zeros((len(rows), width), dtype=torch.long)
            for place, row in enumerate(rows):
                where = slice(width - len(row), width) if side == "left" else slice(0, len(row))
                ids[place, where], mask[place, where] = torch.tensor(row), 1
            given = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device)}
            found.append([float(value) for value in model(**given, use_cache=False).logits[:, 0].float()])
        return found

    def _tokens(
        self, prompts: Prompts, answers: Answers, ended: Ended | None
    ) -> tuple[list[list[int]], list[list[list[int]]]]:
        """Token ids of the prompts, and of what follows them."""
        before, after = [], []
        for place, (prompt, options) in enumerate(zip(prompts, answers, strict=True)):
            ids = render(self.loaded.tokenizer, prompt, generation=True)
            closed = [True] * len(options) if ended is None else ended[place]
            before.append(ids)
            after.append([self._answer(prompt, ids, text, whole) for text, whole in zip(options, closed, strict=True)])
        return before, after

    def _answer(self, prompt: Sequence[Message], before: list[int], text: str, ended: bool) -> list[int]:
        said = Message(role="assistant", content=text)
        ids = render(self.loaded.tokenizer, (*prompt, said), generation=False)[len(before) :]
        if not ended:
            stop = max((place for place, token in enumerate(ids) if token in self._ends), default=len(ids))
            ids = ids[: stop or len(ids)]  # an answer without a token of its own stays as it is
        return ids


def reward_ref(name: str | Path) -> ModelRef:
    """The model and adapters that a reward model is made of. Raises UserError for an adapter that names no base."""
    folder = Path(name).expanduser()
    if (folder / REWARD_SUMMARY).is_file():
        told = read_object(f"The reward model is {str(name)!r}.", folder / REWARD_SUMMARY)
        before = (str((folder / adapter).resolve()) for adapter in told["base_adapters"])  # kept relative to the folder
        return ModelRef(told["base"], (*before, str(folder)))
    if (folder / "adapter_config.json").is_file():
        base = adapter_config(str(folder)).get("base_model_name_or_path")
        if not base:
            raise UserError(
                f"The reward model is {str(name)!r}.",
                "That is an adapter, and its adapter_config.json names no base model.",
                "Set base_model_name_or_path in it.",
            )
        return ModelRef(next((item.alias for item in CATALOG if item.hub_id == base), base), (str(folder),))
    return ModelRef(str(name))
