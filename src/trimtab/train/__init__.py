"""Training: plan and preflight, then one thin file per method over TRL and PEFT."""

from .chain import combine_adapters
from .common import Prepared
from .dpo import prepare_dpo, train_dpo
from .kto import pair_off, prepare_kto, train_kto
from .plan import Plan, plan
from .reward import train_reward
from .rewards import Judge, Said, Term, judge_of
from .rl import prepare_rl, train_rl
from .rollouts import Rollouts
from .sft import prepare_sft, train_sft
from .watch import curve, warnings_in

__all__ = [
    "Judge",
    "Plan",
    "Prepared",
    "Rollouts",
    "Said",
    "Term",
    "combine_adapters",
    "curve",
    "judge_of",
    "pair_off",
    "plan",
    "prepare_dpo",
    "prepare_kto",
    "prepare_rl",
    "prepare_sft",
    "train_dpo",
    "train_kto",
    "train_reward",
    "train_rl",
    "train_sft",
    "warnings_in",
]
