"""The proof of `gpu.py` about several processes; as a script, one of them.

    RANK=0 WORLD_SIZE=2 ... python benchmarks/gpu_ranks.py FILE [--tiny]

Where there is one card both processes are on it and speak by gloo; where there are several each has its own and NCCL.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import common  # noqa: F401 - before torch

import torch
from torch import Tensor
from trl import DPOConfig, DPOTrainer

import gpu_made as made
from gpu_made import Scale
from gpu_tables import Proof, relative
from gpu_training import first_step
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

WORLD = 2
"""Processes."""


def backend() -> str:
    """What they speak by."""
    return "nccl" if torch.cuda.device_count() >= WORLD else "gloo"


def step(kind: type, scale: Scale, processes: int) -> tuple[Tensor, Tensor]:
    """Loss and gradient of a DPO step on the same pairs, in so many processes, of which this is one."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    rows = made.pairs(4 * WORLD, *scale.pick((150, 60), (20, 8)), vocabulary, seed=11)
    model = made.model("small llama", scale)
    spoken: dict[str, Any] = {"ddp_backend": backend()} if processes > 1 else {}
    found: tuple[Tensor, Tensor] = first_step(
        kind, DPOConfig, model, rows, "fp32", "CAUSAL_LM", batch_size=len(rows) // processes, configured=spoken
    )
    return found


def processes(scale: Scale) -> Iterator[Proof]:
    """A DPO step over forests that several processes share out, against TRL's in one."""
    alone = step(DPOTrainer, scale, 1)
    with tempfile.TemporaryDirectory() as folder:
        _launch(scale, Path(folder))
        for rank in range(WORLD):
            loss, gradient = torch.load(Path(folder) / f"{rank}.pt")
            if rank == 0:  # it tells the mean of all
                yield relative(f"{WORLD} processes by {backend()}, loss", "fp32", loss, alone[0])
            name = f"{WORLD} processes by {backend()}, gradients in process {rank}"
            yield relative(name, "fp32", gradient, alone[1].cpu())


def _launch(scale: Scale, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = []
    for rank in range(WORLD):
        own = {"RANK": rank, "WORLD_SIZE": WORLD, "LOCAL_RANK": rank if backend() == "nccl" else 0}
        told = {**own, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "LOCAL_WORLD_SIZE": WORLD}
        command = [sys.executable, __file__, str(folder / f"{rank}.pt"), *(["--tiny"] if scale.tiny else [])]
        environment = {**os.environ, **{name: str(value) for name, value in told.items()}}
        started.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )
    said = [one.communicate()[0] for one in started]
    for one, text in zip(started, said, strict=True):
        if one.returncode:
            raise RuntimeError(f"a process ended with {one.returncode}: {text[-400:]}")


if __name__ == "__main__":
    loss, gradient = step(SharedPrefixDPOTrainer, Scale("--tiny" in sys.argv), WORLD)
    torch.save((loss.cpu(), gradient.cpu()), sys.argv[1])
