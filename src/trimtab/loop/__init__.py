"""The loop: a spec's stages in order, resumable; and what is published from them."""

from ..judges import BudgetSpent
from .blocked import AuditBlocked
from .evaluation.items import BenchmarkItems, read_items
from .evaluation.read import EvaluationWithTexts, read_evaluation
from .evaluation.run import evaluate_model
from .evaluation.target import Target, target_of
from .hints import hinted_by_runs
from .inputs import notes_on, read_inputs
from .judge_of_spec import judge_of_spec
from .judged import answers_judged
from .launch import LaunchPending
from .power import power_lines
from .preflight import run_preflight
from .progress import Progress, Quiet, Tracker
from .publish import publish, read_report, read_verdict
from .regions import (
    RegionsStopped,
    leak_notes,
    power_over_regions,
    publish_regions,
    read_region_inputs,
    read_regions,
    run_regions,
)
from .regions import Settings as RegionSettings
from .repair.apply import apply as apply_intervention
from .repair.apply import choose, write_diagnosis
from .repair.read_run import Diagnosed, diagnose_run
from .roomed import people_in_room
from .run import run_loop, run_training
from .sources.asking import told as asking_told
from .supervision import check_feedback
from .waiting import WaitingForPeople

__all__ = [
    "AuditBlocked",
    "BenchmarkItems",
    "BudgetSpent",
    "Diagnosed",
    "EvaluationWithTexts",
    "LaunchPending",
    "Progress",
    "Quiet",
    "RegionSettings",
    "RegionsStopped",
    "Target",
    "Tracker",
    "WaitingForPeople",
    "answers_judged",
    "apply_intervention",
    "asking_told",
    "check_feedback",
    "choose",
    "diagnose_run",
    "evaluate_model",
    "hinted_by_runs",
    "judge_of_spec",
    "leak_notes",
    "notes_on",
    "people_in_room",
    "power_lines",
    "power_over_regions",
    "publish",
    "publish_regions",
    "read_evaluation",
    "read_inputs",
    "read_items",
    "read_region_inputs",
    "read_regions",
    "read_report",
    "read_verdict",
    "run_loop",
    "run_preflight",
    "run_regions",
    "run_training",
    "target_of",
    "write_diagnosis",
]
