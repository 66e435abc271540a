"""What the machine has: its memory, and whether there is an accelerator. Asks the system alone, loads no torch."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass

from ..models import GIB
from ..records import Case

_PATIENCE = 10.0
"""Seconds that nvidia-smi may take: it hangs where a driver is broken."""


@dataclass(frozen=True)
class Machine:
    """Memory in GiB, the accelerator's where there is one; None where the system does not tell."""

    memory: float | None
    accelerator: bool


def this_machine() -> Machine:
    """This machine. Apple silicon shares its memory with its accelerator."""
    largest = _nvidia()
    if largest is not None:
        return Machine(largest, True)
    return Machine(_main_memory(), platform.system() == "Darwin" and platform.machine() == "arm64")


def here(case: Case, memory: float | None = None, accelerator: bool | None = None) -> Case:
    """The case on this machine, or on one with the memory (GiB) and the accelerator that are given.

    Of a machine that has another accelerator than this one, memory that is not given is not known.
    """
    machine = this_machine()
    alike = accelerator is None or accelerator == machine.accelerator
    facts = {
        "memory": memory if memory is not None else machine.memory if alike else None,
        "accelerator": machine.accelerator if accelerator is None else accelerator,
    }
    return case.model_copy(update=facts)


def _main_memory() -> float | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    except (AttributeError, OSError, ValueError):  # not there on Windows, not known elsewhere
        return None


def _nvidia() -> float | None:
    """The largest memory of an NVIDIA GPU, in GiB; None where there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_PATIENCE).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    sizes = [int(line) for line in told.split() if line.isdigit()]
    return max(sizes) / 1024 if sizes else None
