"""Runs specs, each in a process that kills itself, really and without warning (SIGKILL), at the moment it is told.

    python killed.py

reads lines of JSON, [SPEC, OUT, MOMENT], and answers each with the exit code of the process that ran it. The processes
are forks of this one, which has imported what they need and computed nothing, so that none pays for the imports again.

MOMENT is `part:STAGE:N` (after the Nth part of a stage is on disk), `write:FILE` (just before that file is renamed into
place), `kept:FILE:N` (after the Nth line of a journal is on disk), `step:N` (after optimizer step N; `step:N@NAME` in a
region's training), `save:N` (while the checkpoint of step N is half written), or `apart` (none: it ends by itself).
"""

import gc
import json
import os
import pkgutil
import random
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch

import trimtab
from trimtab.loop import Quiet, run_loop, run_regions
from trimtab.spec import LoadedRegions, load_any

LATER = "altair peft polars py3langid scipy.optimize scipy.stats transformers.models.qwen3 trl vl_convert"
"""What a run imports where it first needs it."""


def import_all() -> None:
    """Imports what forks need."""
    for module in pkgutil.walk_packages(trimtab.__path__, f"{trimtab.__name__}."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:  # alembic runs those
            import_module(module.name)
    for name in LATER.split():
        import_module(name)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    kind, _, rest = moment.partition(":")
    if kind == "part":
        from trimtab.store import Stage

        stage, count = rest.split(":")
        seen: list[str] = []
        part = Stage.part

        def counted(self: Stage, name: str, *args: Any) -> Any:
            found = part(self, name, *args)
            seen.extend([name] * (self.name == stage))
            return die() if len(seen) == int(count) else found

        Stage.part = counted  # type: ignore[method-assign]
    elif kind == "write":
        replace = Path.replace

        def watched(self: Path, target: Any) -> Any:
            return die() if Path(target).name == rest else replace(self, target)

        Path.replace = watched  # type: ignore[method-assign]
    elif kind == "kept":
        from trimtab.store import Journal

        name, count = rest.split(":")
        add, lines = Journal.add, []

        def added(self: Any, entry: Any) -> None:
            add(self, entry)
            lines.extend([1] * (self._path.name == name))
            if len(lines) == int(count):
                die()

        Journal.add = added  # type: ignore[method-assign]
    elif kind in ("step", "save"):
        from trimtab.train.callbacks import CheckpointCallback

        name = "on_step_end" if kind == "step" else "on_save"
        old = getattr(CheckpointCallback, name)
        step, _, where = rest.partition("@")

        def at(self: CheckpointCallback, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == int(step) and where in (*Path(args.output_dir).parts, ""):
                if kind == "save":  # the trainer has written its files; one of them is now cut short
                    optimizer = Path(args.output_dir) / f"checkpoint-{step}" / "optimizer.pt"
                    optimizer.write_bytes(optimizer.read_bytes()[:100])
                die()
            old(self, args, state, control, **kwargs)

        setattr(CheckpointCallback, name, at)


def run(spec: str, out: str, moment: str) -> int:
    """The exit code of a process that runs a spec; minus the signal where one ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.dup2(2, 1)  # standard output is for exit codes
    random.seed()  # no fork may inherit what another drew from
    np.random.seed()
    torch.seed()
    try:
        arm(moment)
        loaded = load_any(Path(spec))
        if isinstance(loaded, LoadedRegions):
            run_regions(loaded, Path(out), Quiet())
        else:
            run_loop(loaded, Path(out), Quiet())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    import_all()
    gc.freeze()  # forks look at none of it again
    for line in sys.stdin:
        print(run(*json.loads(line)), flush=True)
