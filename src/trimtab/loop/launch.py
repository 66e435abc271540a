"""Training in processes of its own: the job that a stage hands over, and its result taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import to_comparisons
from ..records import (
    Comparison,
    Prompt,
    Ranking,
    Record,
    RewardSummary,
    TrainingSummary,
    added_marks,
    to_jsonl,
)
from ..spec import TrainingSpec
from ..store import Stage, write_atomic

if TYPE_CHECKING:
    from ..models import ModelRef, Precision
    from ..train import Job, Processes


class LaunchPending(Exception):
    """A training on several machines is written down, and is to be started on each of them.

    `command` is what to start, for a shell that has NODE_RANK and MAIN_ADDRESS set; `files` are what it reads.
    """

    def __init__(self, command: str, files: Sequence[str]) -> None:
        super().__init__(command)
        self.command = command
        self.files = tuple(files)


@dataclass(frozen=True)
class TrainingCallbacks:
    """Whom a training tells how it goes: each step (number, of how many, loss), and lines of text."""

    on_step: Callable[[int, int, float], None]
    say: Callable[[str], None]


def write_training(
    stage: Stage,
    method: str,
    rows: Sequence[Record],
    settings: TrainingSpec,
    processes: "Processes",
    *,
    start: "ModelRef",
    precision: "Precision",
    seed: int,
    adapter: Path,
    probe_prompts: Sequence[Prompt] = (),
    base_name: str | None = None,
) -> "Job":
    """Writes the rows of a training into the stage's `work` and returns the job that reads them."""
    from ..models import device
    from ..train import Job

    work = stage.work.resolve()
    write_atomic(work / "rows.jsonl", to_jsonl(rows))
    write_atomic(work / "probe_prompts.jsonl", to_jsonl(probe_prompts))
    return Job(
        method=method,
        base=_whole(start.base),
        adapters=tuple(_whole(folder) for folder in start.adapters),
        precision=precision,
        device="cuda" if device().type == "cuda" else "cpu",
        settings=settings,
        seed=seed,
        rows=str(work / "rows.jsonl"),
        probe_prompts=str(work / "probe_prompts.jsonl"),
        base_name=base_name,
        work=str(work),
        adapter=str(adapter.resolve()),
        processes=processes.total,
        nodes=processes.nodes,
        zero=processes.zero,
        thought=added_marks(),
    )


def launched_training(job: "Job", processes: "Processes", told: TrainingCallbacks) -> TrainingSummary | RewardSummary:
    """Launches the job on this machine and waits; of several machines, takes the result or raises `LaunchPending`."""
    import gc

    import torch

    from ..train import command, launch_job, read_summary, shell, write_launch

    gc.collect()  # the model that the rows were looked at with: the workers need its memory
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if processes.nodes == 1:
        told.say(f"training in {processes}")
        return launch_job(job, on_step=told.on_step, say=told.say)
    if job.summary.is_file():
        return read_summary(job)
    files = write_launch(job)
    raise LaunchPending(shell(command(job, python="python")), [str(path) for path in files])


def as_comparisons(rankings: Sequence[Ranking], say: Callable[[str], None]) -> list[Comparison]:
    """All pairs of rankings: in several processes a reward model trains on comparisons."""
    pairs = to_comparisons(rankings).made
    say(
        f"note: {len(rankings)} rankings are trained on as their {len(pairs)} pairs, each of which counts the same: "
        "processes share rows of one size"
    )
    return list(pairs)


def _whole(name: str) -> str:
    """The absolute path of a folder; a model's name as it is."""
    return str(Path(name).resolve()) if Path(name).is_dir() else name
