"""Regions' runs in processes of their own, several at once; a process that ends without a word is told."""

import os
import signal
import threading
import traceback
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ...errors import UserNote, command_line, worded
from ...records import Verdict
from ...spec import LoadedSpec
from ..progress import Progress, Quiet
from .one import RegionWork
from .stopped import EXPECTED, Stopped, why_stopped


class RegionFault(Exception):
    """A fault of the program in a region's process; its traceback as text."""


def run_apart(
    work: Sequence[RegionWork], at_once: int, progress: Progress
) -> dict[str, "Verdict | Stopped | Exception"]:
    """How each region ended: its verdict, why it stopped, or what went wrong. `at_once` are at work at a time, and
    share this process's threads."""
    import torch

    context = get_context("spawn")
    threads = max(1, torch.get_num_threads() // at_once)
    waiting = list(work)
    at_work: dict[Connection, tuple[RegionWork, BaseProcess]] = {}
    ended: dict[str, Verdict | Stopped | Exception] = {}
    try:
        while waiting or at_work:
            while waiting and len(at_work) < at_once:
                each = waiting.pop(0)
                ours, theirs = context.Pipe()
                process = context.Process(target=_main, args=(_bare(each), theirs, threads, worded("yes", "")))
                process.start()
                theirs.close()
                at_work[ours] = (each, process)
            for ready in wait(list(at_work)):
                assert isinstance(ready, Connection)
                each, running = at_work[ready]
                try:
                    kind, told = ready.recv()
                except EOFError:
                    kind, told = "gone", None
                if kind == "say":
                    progress.say(told)
                    continue
                if kind == "gone":
                    running.join()
                    told = Stopped(each.name, "mistake", _gone(running.exitcode))
                ended[each.name] = told
                del at_work[ready]
                running.join()
    finally:
        for _, running in at_work.values():
            running.terminate()
    return {each.name: ended[each.name] for each in work}


def _gone(code: int | None) -> str:
    why = f"it was killed by signal {-code}" if code is not None and code < 0 else f"it ended with code {code}"
    return f"its process is gone: {why}; the system kills what takes more memory than there is."


def _bare(work: RegionWork) -> dict[str, Any]:
    """What crosses to the process: a spec without what was opened for it here."""
    told = {name: getattr(work, name) for name in RegionWork.__dataclass_fields__}
    return told | {"loaded": LoadedSpec(work.loaded.spec, work.loaded.folder)}


class _Told(Quiet):
    """A progress that the process of the whole run shows; bars of several at once are not shown."""

    def __init__(self, to: Connection) -> None:
        self._to, self._lock = to, threading.Lock()

    def say(self, text: str) -> None:
        """One line."""
        with self._lock:
            self._to.send(("say", text))


def _main(work: dict[str, Any], to: Connection, threads: int, by_command: str) -> None:
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process of the whole run hears it, and ends this one
    threading.Thread(target=_end_with_parent, args=(to,), daemon=True).start()
    torch.set_num_threads(threads)
    told = _Told(to)

    def note(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if issubclass(category, UserNote):
            told.say(f"note: {message}")

    warnings.showwarning = note
    with command_line() if by_command else nullcontext():
        try:
            ended: Any = RegionWork(**work).run(told)
        except EXPECTED as error:
            ended = why_stopped(work["name"], error)
        except Exception:
            ended = RegionFault(traceback.format_exc())
    to.send(("end", ended))


def _end_with_parent(to: Connection) -> None:
    """Ends this process where that of the whole run is gone: nothing else would, and it holds the region's lock."""
    try:
        to.recv()
    except (EOFError, OSError):
        os._exit(1)
