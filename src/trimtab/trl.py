"""What TRL's users come for: its trainers with each prompt computed once, and trimtab's scorers as reward functions.

    from trimtab.trl import SharedPrefixDPOTrainer  # in the place of trl.DPOTrainer, with its arguments

The trainers take `shares`: None (share prefixes where the model can, else warn and take TRL's own path), True, False,
or "always" (on a GPU also where it saves too little to be faster).
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .judges import RewardScorer, open_scorer, open_scorers
from .models import prompt_ids
from .records import Message, Policy, ScorerRef, opens_thought, split_thought
from .scorers import Criterion, Scorer, checked
from .sharing import REWARDS, Share, why_not
from .spec import load_policy
from .train import RankingRewardTrainer as _RankingRewardTrainer
from .train import Rollout, rubric_reward, scorer_reward
from .train import SharedPrefixDPOTrainer as _SharedPrefixDPOTrainer
from .train import SharedPrefixRewardTrainer as _SharedPrefixRewardTrainer

__all__ = ["RankingRewardTrainer", "SharedPrefixDPOTrainer", "SharedPrefixRewardTrainer", "reward_function"]


class SharedPrefixDPOTrainer(_SharedPrefixDPOTrainer):
    """TRL's DPOTrainer with each prompt computed once: the same loss, gradients and metrics (docs/sharing.md)."""

    def __init__(self, *args: Any, shares: Share | None = None, **kwargs: Any) -> None:
        self._decides = shares is None
        super().__init__(*args, shares=True if shares is None else shares, **kwargs)

    def _hook(self) -> None:
        if self._decides:
            self._decides = False
            self.shares = _can_share(self.model)
        super()._hook()


class _Deciding:
    """A reward trainer that finds out by itself whether its model can share prefixes."""

    def __init__(self, *args: Any, shares: Share | None = None, **kwargs: Any) -> None:
        super().__init__(*args, shares=True if shares is None else shares, **kwargs)  # type: ignore[call-arg] # of the trainer beside
        if shares is None:
            self.shares = _can_share(self.model, REWARDS)  # type: ignore[attr-defined] # of the trainer beside


class SharedPrefixRewardTrainer(_Deciding, _SharedPrefixRewardTrainer):
    """TRL's RewardTrainer with each prompt computed once for all its answers."""


class RankingRewardTrainer(_Deciding, _RankingRewardTrainer):
    """The same on rankings of K answers: the column `ranked_ids`, token ids of prompt and answer, best answer first."""


def _can_share(model: Any, *reading: Any) -> bool:
    obstacle = why_not(model, *reading)
    if obstacle is not None:
        warnings.warn(f"Prompts are not shared: {obstacle}. TRL's own path is taken.", stacklevel=4)
    return obstacle is None


def reward_function(
    judge: str | ScorerRef | Scorer | Sequence[Criterion | Mapping[str, Any]],
    *,
    policy: str | Path | Policy | None = None,
    tokenizer: Any = None,
) -> Callable[..., list[float]]:
    """A scorer or a rubric as a reward function that TRL's GRPOTrainer and RLOOTrainer call.

    `judge` is what a spec would name ("refusal", "policy.RULE", "classifier:MODEL", "reward:FOLDER"), a scorer itself,
    or a rubric: a list of criteria as a spec has them; `policy` is the one whose rules they may be. A scorer gives its
    value, 0 where it could not judge; TRL's `reward_weights` turn one round whose lower values are better. A rubric
    gives marks from 0 to 1. Prompts and completions may be text or messages; a reward model sees the whole
    conversation, other scorers the last message. What was thought before an answer earns nothing; where marks of
    thought are special tokens, which TRL leaves out of the text, give the `tokenizer`, so that tokens are read.

    Raises UserError where there is no such scorer, or what it needs is not there.
    """
    rules = load_policy(Path(policy)) if isinstance(policy, str | Path) else policy
    if isinstance(judge, str | ScorerRef):
        opened = open_scorer(judge, policy=rules)
        name, rewards = ScorerRef.model_validate(judge).name, scorer_reward(opened)
    elif isinstance(judge, Sequence):
        criteria = [Criterion.model_validate(each) for each in judge]
        name, rewards = "rubric", rubric_reward(criteria, open_scorers((c.scorer for c in criteria), policy=rules))
    else:
        name, rewards = judge.name, scorer_reward(judge if isinstance(judge, RewardScorer) else checked(judge))

    def reward(
        prompts: Sequence[Any], completions: Sequence[Any], completion_ids: Sequence[Any] | None = None, **_: Any
    ) -> list[float]:
        if tokenizer is not None and completion_ids is not None:
            ends = frozenset([tokenizer.eos_token_id])
            return rewards(
                [Rollout.of(tokenizer, _messages(p, "user"), _ids(tokenizer, p), list(ids), ends)
                 for p, ids in zip(prompts, completion_ids, strict=True)]
            )  # fmt: skip
        return rewards([_spoken(p, c) for p, c in zip(prompts, completions, strict=True)])

    reward.__name__ = name  # TRL's name for it in logs
    return reward


def _spoken(prompt: Any, completion: Any) -> Rollout:
    said = _messages(completion, "assistant")[-1].content
    opened = opens_thought(prompt) if isinstance(prompt, str) else ""
    return Rollout(_messages(prompt, "user"), split_thought(said, opened=opened).answer or "", ended=True)


def _ids(tokenizer: Any, prompt: Any) -> list[int]:
    return (
        list(tokenizer(prompt)["input_ids"])
        if isinstance(prompt, str)
        else prompt_ids(tokenizer, _messages(prompt, "user"))
    )


def _messages(given: str | Sequence[Mapping[str, Any]], role: str) -> tuple[Message, ...]:
    turns = [{"role": role, "content": given}] if isinstance(given, str) else given
    return tuple(Message.model_validate({name: turn[name] for name in ("role", "content")}) for turn in turns)
