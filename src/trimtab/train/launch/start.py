"""Starting a training in processes of its own, telling how it goes, and ending with it.

Plain DDP goes through torch's own launcher and ZeRO through accelerate's with DeepSpeed, because `accelerate launch` of
plain DDP on a CPU starts one process and says nothing. Whatever launches, each worker holds what runs against what was
asked.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from ...errors import UserError
from ...store import write_atomic
from ..common import OnStep, Say
from .job import LIFELINE, MARK, Job, Summary, read_summary, write_job

WORKER = "trimtab.train.launch.worker"
PORT = 29500
"""Where the processes of several machines meet, on the first of them."""
ENDING = 20.0
"""Seconds that a stopped launch has to end by itself."""
LAST_LINES = 3


def write_launch(job: Job) -> list[Path]:
    """Writes the job and, with ZeRO, accelerate's and DeepSpeed's settings into its `work`; returns the files."""
    work = Path(job.work)
    files = [write_job(job, work / "job.json")]
    if job.zero:
        write_atomic(work / "deepspeed.json", json.dumps(_deepspeed(job.zero), indent=1) + "\n")
        write_atomic(work / "accelerate.yaml", yaml.safe_dump(_accelerate(job), sort_keys=False))
        files += [work / "accelerate.yaml", work / "deepspeed.json"]
    return files


def command(job: Job, *, python: str = sys.executable, worker: str = WORKER) -> list[str]:
    """What starts the job on one machine. Of several machines, each is to set NODE_RANK and MAIN_ADDRESS."""
    work = Path(job.work)
    several = job.nodes > 1
    if job.zero:
        place = ["--machine_rank", "$NODE_RANK", "--main_process_ip", "$MAIN_ADDRESS", "--main_process_port", str(PORT)]
        alone = ["--main_process_port", "0"]
        launcher = ["-m", "accelerate.commands.launch", "--config_file", str(work / "accelerate.yaml")]
    else:
        place = ["--nnodes", str(job.nodes), "--node_rank", "$NODE_RANK"]
        place += ["--master_addr", "$MAIN_ADDRESS", "--master_port", str(PORT)]
        alone = ["--standalone"]
        launcher = ["-m", "torch.distributed.run", "--nproc_per_node", str(job.processes // job.nodes)]
    return [python, *launcher, *(place if several else alone), "-m", worker, str(work / "job.json")]


def shell(words: Sequence[str]) -> str:
    """A command as a shell reads it; its variables stay variables."""
    return " ".join(f'"{word}"' if word.startswith("$") else shlex.quote(word) for word in words)


def launch_job(job: Job, *, on_step: OnStep, say: Say, worker: str = WORKER) -> Summary:
    """Trains in processes of its own on this machine and waits for them; what they print goes to `work`/processes.log.

    A worker that fails ends the others and this with its message; one that a library beneath aborts is begun again
    once, with the others, from the last checkpoint. When this process ends, however it does, they end.
    """
    work = Path(job.work)
    write_launch(job)
    (work / "processes.log").unlink(missing_ok=True)
    for again in (False, True):
        for old in [*work.glob("error-*.json"), job.summary]:
            old.unlink(missing_ok=True)
        begun = _size(work / "processes.log")
        code = _launch(job, worker, on_step, say)
        log = (work / "processes.log").read_bytes()[begun:].decode(errors="replace")
        if again or job.summary.is_file() or "SIGABRT" not in _signals(log):
            break
        say(f"A process was ended by SIGABRT{_last_words(log)}: all of them begin again from the last checkpoint")
    return _outcome(job, code, log, say)


def _launch(job: Job, worker: str, on_step: OnStep, say: Say) -> int:
    """Starts the processes, tells of their steps, and returns the launcher's exit code."""
    work = Path(job.work)
    with (work / "processes.log").open("ab") as log, _lifeline(work / "launch.lock") as held:
        child = subprocess.Popen(
            command(job, worker=worker),
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(job) | {LIFELINE: str(held)},
            start_new_session=True,  # an interrupt from the keyboard is ours to pass on
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                if line.startswith(MARK):
                    _tell(json.loads(line.removeprefix(MARK)), on_step, say)
                else:
                    log.write(line)
            return child.wait()
        finally:
            _end(child)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _lifeline(path: Path) -> Iterator[Path]:
    """A file whose lock the system frees when this process ends, even by a kill; workers wait for it and end too."""
    with FileLock(path):
        yield path


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(ENDING)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _tell(message: dict[str, Any], on_step: OnStep, say: Say) -> None:
    if "say" in message:
        say(message["say"])
    else:
        on_step(message["step"], message["of"], message["loss"])


def _signals(log: str) -> list[str]:
    """The signals that ended processes, as the launcher names them; what it sends itself to the others is left out."""
    return [name for name in re.findall(r"Signal \d+ \((SIG\w+)\) received", log) if name != "SIGTERM"]


def _outcome(job: Job, code: int, log: str, say: Say) -> Summary:
    work = Path(job.work)
    errors = [json.loads(path.read_text()) for path in sorted(work.glob("error-*.json"))]
    for error in errors:
        if "given" in error:
            raise UserError(error["given"], error["why"], error["fix"])
    signals = _signals(log)
    if errors and not signals:  # where one was killed, the others fail for want of it
        raise RuntimeError(f"process {errors[0]['rank']} failed:\n{errors[0]['traceback']}")
    if not job.summary.is_file():
        raise UserError(
            f"Training was launched as {job.processes} processes.",
            f"One of them was ended by {signals[0]}{_last_words(log)}."
            if signals
            else f"They ended with code {code} and without a result; the last they said: {_last_lines(log)}",
            f"See whether memory ran out, and read {work / 'processes.log'}.",
        )
    if code:  # the first process sums up after the last step, which takes them all
        ended = f"by {signals[0]}" if signals else f"with code {code}"
        say(f"The training is whole, though a process ended {ended} after it; see {work / 'processes.log'}")
    return read_summary(job)


def _last_lines(log: str) -> str:
    return " | ".join([line for line in log.split("\n") if line.strip()][-LAST_LINES:])


def _last_words(log: str) -> str:
    """What a process said that ended itself: C++ tells the exception, Python the fatal error."""
    said = re.findall(r"^.*(?:terminate called|what\(\):|Fatal Python error|FATAL:).*$", log, re.MULTILINE)
    return f", which said: {' | '.join(line.strip() for line in said[:LAST_LINES])}" if said else ""


def _environment(job: Job) -> dict[str, str]:
    import torch

    environment = dict(os.environ)
    environment.setdefault("TOKENIZERS_PARALLELISM", "false")
    if job.device == "cpu":
        environment["DS_ACCELERATOR"] = "cpu"
        environment.setdefault("OMP_NUM_THREADS", str(max(1, torch.get_num_threads() // job.processes)))
    return environment


def _accelerate(job: Job) -> dict[str, Any]:
    return {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "DEEPSPEED",
        "deepspeed_config": {
            "deepspeed_config_file": str(Path(job.work) / "deepspeed.json"),
            "deepspeed_multinode_launcher": "standard",
            "zero3_init_flag": False,  # the preflight looks at the whole model first
        },
        "machine_rank": 0,
        "main_training_function": "main",
        "num_machines": job.nodes,
        "num_processes": job.processes,
        "same_network": True,
        "use_cpu": False,  # true would start one process; on a machine without a GPU it is the CPU anyway
    }


def _deepspeed(stage: int) -> dict[str, Any]:
    """DeepSpeed's settings; what is `auto` the trainer fills in from the spec's."""
    sizes = {"stage3_prefetch_bucket_size": "auto", "stage3_param_persistence_threshold": "auto"} if stage == 3 else {}
    return {
        "zero_optimization": {"stage": stage, "reduce_bucket_size": "auto", **sizes},
        "bf16": {"enabled": "auto"},
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "gradient_accumulation_steps": "auto",
        "gradient_clipping": "auto",
        "steps_per_print": 1_000_000,
    }
