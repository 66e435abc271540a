"""Training in processes of its own: how many, the job they read, their start, and the worker that each is."""

from typing import TYPE_CHECKING

from ...lazy import attach
from .processes import Processes

if TYPE_CHECKING:
    from .job import Job, read_summary, run_job
    from .start import command, launch_job, shell, write_launch

__getattr__ = attach(
    __name__,
    {
        "job": ("Job", "read_summary", "run_job"),
        "start": ("command", "launch_job", "shell", "write_launch"),
    },
)

__all__ = ["Job", "Processes", "command", "launch_job", "read_summary", "run_job", "shell", "write_launch"]
