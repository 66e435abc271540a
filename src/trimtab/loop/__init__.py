"""The loop: a spec's stages in order, resumable; and what is published from them."""

from .preflight import run_preflight
from .progress import Progress, Quiet, Tracker
from .publish import Evaluated, publish, read_evaluation, read_report, read_verdict
from .run import run_loop

__all__ = [
    "Evaluated",
    "Progress",
    "Quiet",
    "Tracker",
    "publish",
    "read_evaluation",
    "read_report",
    "read_verdict",
    "run_loop",
    "run_preflight",
]
