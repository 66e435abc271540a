"""Training: plan and preflight, then one thin file per method over TRL and PEFT, in one process or in several.

What needs torch is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from ..lazy import attach
from .launch.processes import Processes

if TYPE_CHECKING:
    from .adapters import combine_adapters
    from .callbacks import curve, warnings_in
    from .common import Prepared
    from .dpo import prepare_dpo, train_dpo
    from .kto import pair_off, prepare_kto, train_kto
    from .launch.job import Job, read_summary
    from .launch.start import command, launch_job, shell, write_launch
    from .reward.train import train_reward
    from .rl.rewards import RewardFunction, Rollout, Term, reward_function
    from .rl.rollouts import Rollouts
    from .rl.train import prepare_rl, train_rl
    from .sft import prepare_sft, train_sft
    from .trainable import Plan, plan

_WITH_TORCH = {
    "adapters": ("combine_adapters",),
    "callbacks": (
        "curve",
        "warnings_in",
    ),
    "common": ("Prepared",),
    "dpo": (
        "prepare_dpo",
        "train_dpo",
    ),
    "kto": (
        "pair_off",
        "prepare_kto",
        "train_kto",
    ),
    "launch.job": (
        "Job",
        "read_summary",
    ),
    "launch.start": (
        "command",
        "launch_job",
        "shell",
        "write_launch",
    ),
    "trainable": ("Plan", "plan"),
    "reward.train": ("train_reward",),
    "rl.rewards": (
        "RewardFunction",
        "Rollout",
        "Term",
        "reward_function",
    ),
    "rl.rollouts": ("Rollouts",),
    "rl.train": (
        "prepare_rl",
        "train_rl",
    ),
    "sft": (
        "prepare_sft",
        "train_sft",
    ),
}
__getattr__ = attach(__name__, _WITH_TORCH)

__all__ = [
    "Job",
    "Plan",
    "Prepared",
    "Processes",
    "RewardFunction",
    "Rollout",
    "Rollouts",
    "Term",
    "combine_adapters",
    "command",
    "curve",
    "launch_job",
    "pair_off",
    "plan",
    "prepare_dpo",
    "prepare_kto",
    "prepare_rl",
    "prepare_sft",
    "read_summary",
    "reward_function",
    "shell",
    "train_dpo",
    "train_kto",
    "train_reward",
    "train_rl",
    "train_sft",
    "warnings_in",
    "write_launch",
]
