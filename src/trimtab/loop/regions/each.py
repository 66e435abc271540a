"""All regions' runs, one after another or several at once; one that stops leaves the others at work."""

import math
import os
from collections.abc import Sequence
from typing import Literal

from ...advise import this_machine
from ...errors import UserError, option
from ...models import Need
from ...records import Verdict
from ..progress import Progress
from .apart import run_apart
from .one import RegionWork
from .stopped import EXPECTED, RegionsStopped, Stopped, why_stopped

CORES_EACH = 4
"""Cores of one region at work: on fewer, regions at once are no sooner done than one after another with all cores
(`benchmarks/regions_at_once.py`)."""


def run_each(work: Sequence[RegionWork], at_once: int, progress: Progress) -> dict[str, Verdict]:
    """Each region's verdict.

    Raises RegionsStopped, once all others are done, where some stopped before their end; and what is a fault of the
    program as it is, likewise.
    """
    if at_once > 1:
        ended: dict[str, Verdict | Stopped | Exception] = run_apart(work, at_once, progress)
    else:
        ended = {each.name: _run(each, progress) for each in work}
    faults = [(name, each) for name, each in ended.items() if isinstance(each, Exception)]
    stopped = [each for each in ended.values() if isinstance(each, Stopped)]
    done = {name: each for name, each in ended.items() if isinstance(each, Verdict)}
    for each in stopped:
        progress.say(f"{each.where}: stopped. {each.told}")
    if faults:
        name, error = faults[0]
        error.add_note(f"This ended the region {name}. Finished: {', '.join(done) or 'none'}.")
        raise error
    if stopped:
        raise RegionsStopped(stopped, tuple(done))
    return done


def _run(work: RegionWork, progress: Progress) -> "Verdict | Stopped | Exception":
    try:
        return work.run(progress)
    except EXPECTED as error:
        return why_stopped(work.name, error)
    except Exception as error:
        return error


def how_many(wanted: int | Literal["auto"], regions: int, needs: Sequence[Need]) -> int:
    """How many regions are at work at once; `needs` are what one takes in memory.

    "auto" is one on an accelerator, which they would share, else as many as have CORES_EACH cores and the memory.
    Raises UserError where more are wanted than the memory holds.
    """
    machine = this_machine()
    most = max((need.gib for need in needs), default=None)
    fitting = math.inf if most is None or machine.memory is None else machine.memory // most
    if wanted != "auto":
        if min(wanted, regions) > max(1, fitting):
            raise UserError(
                f"{option('at_once', wanted)} is given.",
                f"A region takes {most:.3g} GiB of memory, and there are {machine.memory:.3g}.",
                f"Give {max(1, int(fitting))}, or leave it out.",
            )
        return min(wanted, regions)
    if machine.accelerator:
        return 1
    return int(max(1, min(regions, cores() // CORES_EACH, fitting)))


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
