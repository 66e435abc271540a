"""Training: plan and preflight, then one thin file per method over TRL and PEFT, in one process or in several."""

from .chain import combine_adapters
from .common import Prepared
from .dpo import prepare_dpo, train_dpo
from .job import Job, read_summary
from .kto import pair_off, prepare_kto, train_kto
from .launch import command, launch, shell, write_launch
from .plan import Plan, plan
from .processes import Processes
from .reward import train_reward
from .rewards import Judge, Said, Term, judge_of
from .rl import prepare_rl, train_rl
from .rollouts import Rollouts
from .sft import prepare_sft, train_sft
from .watch import curve, warnings_in

__all__ = [
    "Job",
    "Judge",
    "Plan",
    "Prepared",
    "Processes",
    "Rollouts",
    "Said",
    "Term",
    "combine_adapters",
    "command",
    "curve",
    "judge_of",
    "launch",
    "pair_off",
    "plan",
    "prepare_dpo",
    "prepare_kto",
    "prepare_rl",
    "prepare_sft",
    "read_summary",
    "shell",
    "train_dpo",
    "train_kto",
    "train_reward",
    "train_rl",
    "train_sft",
    "warnings_in",
    "write_launch",
]
