"""On-policy RL: rollouts, rewards and their monitor, RLOO, GRPO and PPO."""

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from .method import Opened, RewardSource, prepare_rlhf, split_watched, train_rlhf
    from .rewards import RewardFunction, Rollout, Term, reward_function, rubric_reward, scorer_reward
    from .train import train_rl

__getattr__ = attach(
    __name__,
    {
        "method": ("Opened", "RewardSource", "prepare_rlhf", "split_watched", "train_rlhf"),
        "rewards": ("RewardFunction", "Rollout", "Term", "reward_function", "rubric_reward", "scorer_reward"),
        "train": ("train_rl",),
    },
)

__all__ = [
    "Opened",
    "RewardFunction",
    "RewardSource",
    "Rollout",
    "Term",
    "prepare_rlhf",
    "reward_function",
    "rubric_reward",
    "scorer_reward",
    "split_watched",
    "train_rl",
    "train_rlhf",
]
