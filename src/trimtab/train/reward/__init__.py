"""A reward model from comparisons and rankings: Bradley-Terry, an ensemble of heads, and what held-out prompts say."""

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from .data import read_rankings, split_prompts
    from .shared import RankingRewardTrainer, SharedPrefixRewardTrainer
    from .train import train_reward, train_reward_model

__getattr__ = attach(
    __name__,
    {
        "data": ("read_rankings", "split_prompts"),
        "shared": ("RankingRewardTrainer", "SharedPrefixRewardTrainer"),
        "train": ("train_reward", "train_reward_model"),
    },
)

__all__ = [
    "RankingRewardTrainer",
    "SharedPrefixRewardTrainer",
    "read_rankings",
    "split_prompts",
    "train_reward",
    "train_reward_model",
]
