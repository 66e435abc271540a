"""One process of a launched training: `python -m trimtab.train.launch.worker JOB`, started by a launcher in each.

It first holds what runs against what was asked, because launchers can start fewer processes, or another kind of
sharding, and say nothing. It ends with its launch: with an error, it leaves the error in a file.
"""

import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

from filelock import FileLock

from ...errors import UserError
from ...store import write_atomic
from .job import LIFELINE, MARK, Job, read_job, run_job
from .processes import Processes
from .ranks import LaunchRequest, begin, end, is_first

_LOOK_EVERY = 0.5
"""Seconds between two looks at whether the launcher is still there."""


def main(path: Path) -> int:
    """Does a job's part of this process; returns the exit code."""
    _watch_lifeline()
    job = read_job(path)
    try:
        _work(job)
    except BaseException as error:
        rank = int(os.environ.get("RANK", "0"))
        found: dict[str, Any] = {"rank": rank}
        if isinstance(error, UserError):
            found |= {"given": error.given, "why": error.why, "fix": error.fix}
        else:
            found |= {"traceback": traceback.format_exc()}
        write_atomic(Path(job.work) / f"error-{rank}.json", json.dumps(found))
        if isinstance(error, UserError):
            print(f"trimtab: {error}", file=sys.stderr)
            return 2
        raise
    return 0


def _work(job: Job) -> None:
    _leave_shared_memory(job)
    begin(LaunchRequest(job.processes, job.device, job.zero))

    def tell(**message: Any) -> None:
        if is_first():
            os.write(1, b"\n" + MARK + json.dumps(message).encode() + b"\n")  # at once: others print here too

    summary = run_job(
        job,
        Processes(job.processes // job.nodes, job.zero, job.nodes).share(job.settings),
        on_step=lambda step, of, loss: tell(step=step, of=of, loss=loss),
        say=lambda text: tell(say=text),
    )
    if is_first():
        write_atomic(job.summary, summary.to_json() + "\n")
    end()


def _leave_shared_memory(job: Job) -> None:
    """On a CPU, DeepSpeed compiles a reduction over shared memory with g++ when it first starts; without it, it takes
    gloo, as DDP does, and needs no compiler.
    """
    if job.zero and job.device == "cpu":
        import deepspeed

        deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False


def _watch_lifeline() -> None:
    """Ends this process as soon as whoever launched it and waits for it is gone."""
    path = os.environ.get(LIFELINE)
    if path is None:
        return

    def watch() -> None:
        with FileLock(path).acquire(poll_interval=_LOOK_EVERY):  # waits as long as the launcher holds it
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def leave(code: int) -> NoReturn:
    """Ends this process at once, with its work done and its files written.

    An ordinary end takes Python down while threads of gloo, of autograd and of libraries still run; now and then one of
    them aborts the process then, and a training that was finished would count as failed.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main(Path(sys.argv[1])))
