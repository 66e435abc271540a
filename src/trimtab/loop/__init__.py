"""The loop: a spec's stages in order, resumable; and what is published from them."""

from .applying import apply as apply_intervention
from .applying import choose, write_diagnosis
from .asked import Asked, read_items
from .blocked import Blocked
from .diagnosing import Diagnosed, diagnose_run
from .evaluated import Evaluated, read_evaluation
from .evaluating import evaluate_model
from .launching import Prepared
from .preflight import run_preflight
from .progress import Progress, Quiet, Tracker
from .publish import publish, read_report, read_verdict
from .run import run_loop, run_training
from .target import Target, target_of

__all__ = [
    "Asked",
    "Blocked",
    "Diagnosed",
    "Evaluated",
    "Prepared",
    "Progress",
    "Quiet",
    "Target",
    "Tracker",
    "apply_intervention",
    "choose",
    "diagnose_run",
    "evaluate_model",
    "publish",
    "read_evaluation",
    "read_items",
    "read_report",
    "read_verdict",
    "run_loop",
    "run_preflight",
    "run_training",
    "target_of",
    "write_diagnosis",
]
