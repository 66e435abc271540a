"""Training: plan and preflight, then one thin file per method over TRL and PEFT, in one process or in several."""

from .dpo import PreparedDPO, prepare_dpo, train_dpo
from .job import Job
from .launch import command, launch, shell, write_launch
from .plan import Plan, plan
from .processes import Processes
from .watch import curve, warnings_in

__all__ = [
    "Job",
    "Plan",
    "PreparedDPO",
    "Processes",
    "command",
    "curve",
    "launch",
    "plan",
    "prepare_dpo",
    "shell",
    "train_dpo",
    "warnings_in",
    "write_launch",
]
