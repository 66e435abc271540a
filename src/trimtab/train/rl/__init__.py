"""On-policy RL: rollouts, RLOO, GRPO and PPO."""

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from .method import Opened, RewardSource, prepare_rlhf, split_watched, train_rlhf
    from .train import train_rl

__getattr__ = attach(
    __name__,
    {
        "method": ("Opened", "RewardSource", "prepare_rlhf", "split_watched", "train_rlhf"),
        "train": ("train_rl",),
    },
)

__all__ = [
    "Opened",
    "RewardSource",
    "prepare_rlhf",
    "split_watched",
    "train_rl",
    "train_rlhf",
]
