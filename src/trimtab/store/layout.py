"""What a run's stages, files and folders are called: rooms that meet on disk name them here and nowhere else."""

from enum import StrEnum
from typing import Literal

ADAPTER, REWARD_FOLDER, DIAGNOSIS, REGIONS = "adapter", "reward", "diagnosis", "regions"
"""Folders: of a training's adapter and of a trained reward model in their stages; of a diagnosis, and of the runs of
regions, in the run."""
BenchmarkStage = Literal["answer", "choose", "judge"]
"""What a stage of a benchmark holds: the model's answers, its choices among given ones, or what a judge says."""


class StageName(StrEnum):
    """The stages of a run; EVALUATION is that of `trimtab eval`."""

    SAMPLE = "feedback.sample"
    JUDGE = "feedback.judge"
    DRAWN = "feedback.drawn"
    CONSTITUTION = "feedback.constitution"
    ANSWERED = "feedback.answered"
    CRITIQUE = "feedback.critique"
    SHOWN = "feedback.shown"
    REVIEW = "feedback.review"
    FEEDBACK = "feedback"
    AUDIT = "audit"
    SHARED = "train.shared"
    SFT = "train.sft"
    REWARD = "train.reward"
    TRAIN = "train"
    BEFORE = "evaluate.before"
    BASELINE = "evaluate.baseline"
    AFTER = "evaluate.after"
    PEOPLE = "people"
    GATE = "gate"
    EVALUATION = "evaluation"
    MATRIX = "matrix"
    OVER_REGIONS = "gate.regions"
    RATES = "rates"


class FileName(StrEnum):
    """The files of a run and of its stages."""

    RUN = "run.json"
    REPORT = "report.html"
    REPORT_MARKDOWN = "report.md"
    MANIFEST = "manifest.json"
    MATRIX = "matrix.json"
    ATTEMPTS = "attempts.jsonl"
    ANSWERS = "answers.jsonl"
    DIFFERENCES = "differences.jsonl"
    DIFFERENCES_BASELINE = "differences_baseline.jsonl"
    EVALUATION = "evaluation.json"
    COMPARISONS = "comparisons.jsonl"
    CRITIQUES = "critiques.jsonl"
    JUDGEMENTS = "judgements.jsonl"
    FINDINGS = "findings.jsonl"
    PEOPLE = "people.jsonl"
    JUDGED = "judged.jsonl"
    PROMPTS = "prompts.jsonl"
    RANKINGS = "rankings.jsonl"
    REASONS = "reasons.jsonl"
    REJECTED = "rejected.jsonl"
    REVISIONS = "revisions.jsonl"
    SCORES = "scores.jsonl"
    SOURCES = "sources.jsonl"
    SUMMARY = "summary.json"
    SUPERVISION = "supervision.jsonl"
    TIES = "ties.jsonl"
    TRUST = "trust.jsonl"
    VERDICT = "verdict.json"


def round_name(stage: str, number: int) -> str:
    """What a stage of feedback or training is called in a round; the first has no number."""
    return str(stage) if number == 1 else f"{stage}.{number}"


def evaluation_name(which: str) -> StageName:
    """The stage of a run that measures the model "before" or "after" training, or its "baseline", the start under a
    system message. Raises ValueError at anything else."""
    return StageName(f"evaluate.{which}")


def rates_name(evaluation: str) -> str:
    """The stage of what labels make of the rates that a judge gave in an evaluation, by the name of its stage."""
    _, dot, which = evaluation.partition(".")
    return f"{StageName.RATES}{dot}{which}"


def benchmark_name(what: BenchmarkStage, benchmark: str) -> str:
    """The stage of a benchmark, before the `.before`, `.baseline` or `.after` of a run that has several evaluations."""
    return f"{what}.{benchmark}"
