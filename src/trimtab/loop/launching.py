"""Training in processes of its own: the job that a stage hands over, and its result taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..records import Comparison, Prompt, TrainingSummary, to_jsonl
from ..store import Stage, write_atomic

if TYPE_CHECKING:
    from ..train import Job, Processes
    from .stages import Stages


class Prepared(Exception):
    """A training on several machines is written down, and is to be started on each of them.

    `command` is what to start, for a shell that has NODE_RANK and MAIN_ADDRESS set; `files` are what it reads.
    """

    def __init__(self, command: str, files: Sequence[str]) -> None:
        super().__init__(command)
        self.command = command
        self.files = tuple(files)


@dataclass(frozen=True)
class Told:
    """Whom a training tells how it goes: each step (number, of how many, loss), and lines of text."""

    on_step: Callable[[int, int, float], None]
    say: Callable[[str], None]


def write_training(
    stages: "Stages",
    stage: Stage,
    comparisons: Sequence[Comparison],
    probe_prompts: Sequence[Prompt],
    base_name: str | None,
) -> "Job":
    """Writes the rows of a training into the stage's `work` and returns the job that reads them."""
    from ..models import device
    from ..train import Job

    work, processes = stage.work.resolve(), stages.processes
    write_atomic(work / "rows.jsonl", to_jsonl(comparisons))
    write_atomic(work / "probe_prompts.jsonl", to_jsonl(probe_prompts))
    repeated = processes.repeated(len(comparisons), stages.spec.training)
    if repeated:
        stages.progress.say(
            f"note: {repeated} of {len(comparisons)} comparisons are taken twice in an epoch, to fill up its "
            "last batch: every process needs as many"
        )
    return Job(
        method=stages.spec.training.method,
        base=stages.start.base,
        adapters=stages.start.adapters,
        precision=stages.precision,
        device="cuda" if device().type == "cuda" else "cpu",
        settings=stages.spec.training,
        seed=stages.spec.seed,
        rows=str(work / "rows.jsonl"),
        probe_prompts=str(work / "probe_prompts.jsonl"),
        base_name=base_name,
        work=str(work),
        adapter=str(stage.folder.resolve() / "adapter"),
        processes=processes.total,
        nodes=processes.nodes,
        zero=processes.zero,
    )


def launched_training(job: "Job", processes: "Processes", told: Told) -> TrainingSummary:
    """Launches the job on this machine and waits; of several machines, takes the result or raises `Prepared`."""
    import gc

    import torch

    from ..train import command, launch, shell, write_launch

    processes.demand(job.settings)
    gc.collect()  # the model that the rows were looked at with: the workers need its memory
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if processes.nodes == 1:
        told.say(f"training in {processes}")
        return launch(job, on_step=told.on_step, say=told.say)
    if job.summary.is_file():
        return TrainingSummary.from_json(job.summary.read_bytes())
    files = write_launch(job)
    raise Prepared(shell(command(job, python="python")), [str(path) for path in files])
