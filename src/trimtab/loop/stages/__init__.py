"""The stages of a run, each from records on disk to records on disk; `run_loop` walks them.

A stage is a function of the session. One that is finished is not run again.
"""

from .evaluation import evaluate, evaluate_baseline, gate
from .feedback import audit, feedback
from .people import people
from .session import Session, start_ref
from .training import train, train_reward, train_sft

__all__ = [
    "Session",
    "audit",
    "evaluate",
    "evaluate_baseline",
    "feedback",
    "gate",
    "people",
    "start_ref",
    "train",
    "train_reward",
    "train_sft",
]
