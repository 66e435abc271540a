"""Training: plan and preflight, then one thin file per method over TRL and PEFT, in one process or in several.

What needs torch is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from ..lazy import attach
from .launch import Processes

if TYPE_CHECKING:
    from .adapters import combine_adapters
    from .callbacks import curve, warnings_in
    from .common import Given, Prepared, Preparing
    from .dpo import prepare_dpo, train_dpo
    from .goodhart.monitor import Watch
    from .kto import pair_off, prepare_kto, train_kto
    from .launch import Job, command, launch_job, read_summary, run_job, shell, write_launch
    from .memory import reward_need, training_needs, training_told
    from .reward import RankingRewardTrainer, SharedPrefixRewardTrainer, train_reward
    from .rewards import RewardFunction, Rollout, Term, reward_function, rubric_reward, scorer_reward
    from .rl import Opened, split_watched, train_rl, train_rlhf
    from .sft import prepare_sft, train_sft
    from .shared_dpo import SharedPrefixDPOTrainer
    from .trainable import Plan, plan, reasons_of, rows_in_order

_WITH_TORCH = {
    "adapters": ("combine_adapters",),
    "callbacks": ("curve", "warnings_in"),
    "common": ("Given", "Prepared", "Preparing"),
    "dpo": ("prepare_dpo", "train_dpo"),
    "kto": ("pair_off", "prepare_kto", "train_kto"),
    "launch": ("Job", "command", "launch_job", "read_summary", "run_job", "shell", "write_launch"),
    "reward": ("RankingRewardTrainer", "SharedPrefixRewardTrainer", "train_reward"),
    "memory": ("reward_need", "training_needs", "training_told"),
    "goodhart.monitor": ("Watch",),
    "rewards": ("RewardFunction", "Rollout", "Term", "reward_function", "rubric_reward", "scorer_reward"),
    "rl": ("Opened", "split_watched", "train_rl", "train_rlhf"),
    "sft": ("prepare_sft", "train_sft"),
    "shared_dpo": ("SharedPrefixDPOTrainer",),
    "trainable": ("Plan", "plan", "reasons_of", "rows_in_order"),
}
__getattr__ = attach(__name__, _WITH_TORCH)

__all__ = [
    "Given",
    "Job",
    "Opened",
    "Plan",
    "Prepared",
    "Preparing",
    "Processes",
    "RankingRewardTrainer",
    "RewardFunction",
    "Rollout",
    "SharedPrefixDPOTrainer",
    "SharedPrefixRewardTrainer",
    "Term",
    "Watch",
    "combine_adapters",
    "command",
    "curve",
    "launch_job",
    "pair_off",
    "plan",
    "prepare_dpo",
    "prepare_kto",
    "prepare_sft",
    "read_summary",
    "reasons_of",
    "reward_function",
    "reward_need",
    "rows_in_order",
    "rubric_reward",
    "run_job",
    "scorer_reward",
    "shell",
    "split_watched",
    "train_dpo",
    "train_kto",
    "train_reward",
    "train_rl",
    "train_rlhf",
    "train_sft",
    "training_needs",
    "training_told",
    "warnings_in",
    "write_launch",
]
