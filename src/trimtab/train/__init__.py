"""Training: plan and preflight, then one thin file per method over TRL and PEFT."""

from .dpo import train_dpo
from .plan import Plan, plan
from .watch import curve, warnings_in

__all__ = ["Plan", "curve", "plan", "train_dpo", "warnings_in"]
