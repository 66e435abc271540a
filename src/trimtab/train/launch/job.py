"""A training as a file: all that a process of its own needs to do it, whatever the method."""

from pathlib import Path
from typing import Any, Literal

from ...errors import UserError
from ...methods import launched_by
from ...records import KINDS, Prompt, Record, RewardSummary, ThoughtMarks, TrainingSummary, also_thought
from ...spec import TrainingSpec
from ...store import write_atomic
from ..common import Given, OnStep, Say
from ..memory import training_told

LIFELINE = "TRIMTAB_LIFELINE"
"""The environment's variable that names a file, locked by whoever waits for the training; no lock, no training."""
MARK = b"trimtab-says "
"""What a line of standard output begins with that is a message and no chatter of a library."""


Summary = TrainingSummary | RewardSummary
"""What a training says of itself."""


class Job(Record):
    """One training. Paths are absolute, and where several machines train they all see them.

    `method` is what `launched_by` knows. `settings` are those of the whole training: each of `processes` takes its
    share of the batch. `device` is where it is to run, `adapter` where the trained adapter or reward model is written,
    `work` what a stopped training goes on from. `thought` are the marks that were added to those that are known.
    """

    method: str
    base: str
    adapters: tuple[str, ...]
    precision: Literal["fp32", "bf16"]
    device: Literal["cpu", "cuda"]
    settings: TrainingSpec
    seed: int
    rows: str
    probe_prompts: str
    base_name: str | None
    work: str
    adapter: str
    processes: int
    nodes: int
    zero: int
    thought: tuple[ThoughtMarks, ...] = ()

    @property
    def summary(self) -> Path:
        """Where the summary is written when all is done."""
        return Path(self.work) / "trained.json"


def write_job(job: Job, path: Path) -> Path:
    """Writes a job; `read_job` reads it back."""
    write_atomic(path, job.to_json() + "\n")
    return path


def read_job(path: Path) -> Job:
    """Reads a job. Raises UserError where the file is none."""
    try:
        return Job.from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UserError(
            f"The job is {path}.",
            f"It cannot be read: {str(error).splitlines()[0]}.",
            "Let `trimtab train` write it.",
        ) from None


def read_summary(job: Job) -> Summary:
    """What a job that is done has written."""
    return launched_by(job.method).summary.from_json(job.summary.read_bytes())


def run_job(job: Job, settings: TrainingSpec, *, on_step: OnStep, say: Say) -> Summary:
    """Loads the model and trains, in this process, with `settings` (this process's share of the job's)."""
    from ...models import ModelRef, load

    method = launched_by(job.method)
    start = load(ModelRef(job.base, job.adapters), job.precision, say)
    given: Given = {
        "seed": job.seed,
        "work": Path(job.work),
        "adapter": Path(job.adapter),
        "probe_prompts": _lines(job.probe_prompts, Prompt),
        "base_name": job.base_name,
        "on_step": on_step,
        "say": say,
    }
    with also_thought(job.thought), training_told(method, start.model, settings, job.precision):
        summary: Summary = method.trainer()(start, _lines(job.rows, KINDS[method.rows]), settings, **given)
        return summary


def _lines(path: str, record: type[Record]) -> list[Any]:
    return [record.from_json(line) for line in Path(path).read_bytes().splitlines()]
