"""Training: plan and preflight, then one thin file per method over TRL and PEFT."""

from .dpo import PreparedDPO, prepare_dpo, train_dpo
from .plan import Plan, plan
from .reward import train_reward
from .watch import curve, warnings_in

__all__ = ["Plan", "PreparedDPO", "curve", "plan", "prepare_dpo", "train_dpo", "train_reward", "warnings_in"]
