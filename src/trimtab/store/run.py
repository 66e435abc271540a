"""The run directory: one folder a run, one folder a stage, and the only way to read or write either.

    RUN/run.json                       name, spec, and which stage folders are the current ones
    RUN/stages/STAGE/KEY/manifest.json written last, so a stage without one is unfinished
    RUN/stages/STAGE/KEY/...           what the stage made; `work/` holds unfinished parts

KEY is a hash of all that decides the stage's result (its settings and the hashes of its inputs). A stage whose
manifest is there is not run again; a changed spec leads to another folder, so nothing finished is overwritten.
"""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from pydantic import Field

from ..errors import UserError, command, option
from .files import digest, write_atomic
from .layout import REGIONS, FileName
from .migrations import FORMAT
from .read import read_whole
from .stage import Stage, Wire, now

_KEY_LENGTH = 12
_LOCK, _HOLDER = ".lock", ".holder"
"""The lock of who writes the run, and their process number: where it is held, Windows lets nobody read the lock."""
_FIX = "Restore it, or start in another folder."


class RunInfo(Wire):
    """What `run.json` holds. `stages` names the current folder of each stage; `resolved` what "auto" came to, which
    stays so where the run is resumed on another machine. `spec_folder` is where the spec's relative paths begin."""

    format: int = FORMAT
    name: str
    goal: str
    created: str
    spec: dict[str, Any]
    stages: dict[str, str] = Field(default_factory=dict)
    resolved: dict[str, str] = Field(default_factory=dict)
    spec_folder: str | None = None


class Run:
    """A run directory, held by one process at a time while it is written (`with Run.open(...) as run`)."""

    def __init__(self, folder: Path, info: RunInfo, lock: FileLock | None, beside: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.info = info
        self._lock = lock
        self._beside = tuple(beside)

    @classmethod
    def open(
        cls, folder: Path, *, name: str, goal: str, spec: Mapping[str, Any], spec_folder: Path | None = None,
        beside: Sequence[Path] = (),
    ) -> Self:  # fmt: skip
        """Opens a run for writing, making it if need be. What runs `beside` it have made of the same is taken from
        them. Raises UserError where another process holds it."""
        path = folder / FileName.RUN
        if folder.is_file() or (folder.is_dir() and not path.is_file() and _has_content(folder)):
            raise UserError(
                f"The run folder is {folder}.",
                "It is there already and is no run of trimtab's.",
                f"Give another place with {option('out')}.",
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / _LOCK, thread_local=False)
            lock.acquire(blocking=False)
            write_atomic(folder / _HOLDER, str(os.getpid()))
        except Timeout:
            holder = (folder / _HOLDER).read_text() if (folder / _HOLDER).is_file() else "unknown"
            raise UserError(
                f"The run folder is {folder}.",
                f"Another trimtab (process {holder}) is working in it.",
                f"Wait for it to end, stop it, or give another folder with {option('out')}.",
            ) from None
        except OSError as error:
            raise UserError(
                f"The run folder is {folder}.",
                f"It cannot be written: {error.strerror}.",
                f"Give another with {option('out')}.",
            ) from None
        try:
            old = read_whole(path, RunInfo, _FIX) if path.is_file() else None
            if old is not None and old.name != name:
                raise UserError(
                    f"The run folder is {folder}.",
                    f"It holds a run of {old.name!r}, and the spec is {name!r}.",
                    f"Give another folder with {option('out')}.",
                )
        except UserError:
            lock.release()
            raise
        info = RunInfo(
            name=name,
            goal=goal,
            created=old.created if old else now(),
            spec=dict(spec),
            stages=old.stages if old else {},
            resolved=old.resolved if old else {},
            spec_folder=str(spec_folder) if spec_folder else None,
        )
        run = cls(folder, info, lock, beside)
        run._save()
        return run

    @classmethod
    def read(cls, folder: Path, *, whole: bool = False, scores: bool = False) -> Self:
        """Opens a finished or unfinished run for reading, or `scores` where these would do as well. Raises UserError at
        one of several regions, each of which is a run by itself, unless the `whole` is what is wanted."""
        path = folder / FileName.RUN
        if not path.is_file():
            writer = f"{command('run')} or {command('eval')}" if scores else command("run")
            raise UserError(
                f"{folder} was given as a run{' or scores' if scores else ''}.",
                "There is no run.json in it." if folder.is_dir() else "There is no such folder.",
                f"Give the folder that {writer} wrote, for example runs/concise-friendly.",
            )
        found = cls(folder, read_whole(path, RunInfo, _FIX), None)
        if found.regions and not whole:
            names = ", ".join(found.regions)
            raise UserError(
                f"{folder} was given as a run.",
                f"It has {len(found.regions)} regions, each of which is a run by itself: {names}.",
                f"Name one of them, as in {folder / REGIONS / found.regions[0]}.",
            )
        return found

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the run's spec has; none where it is one run."""
        return tuple(self.info.spec.get(REGIONS) or ())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.release()  # the system does where the process is killed

    def stage(self, name: str, *, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Stage:
        """The stage with exactly these settings and inputs, finished or not; it becomes the current one."""
        key = digest({"stage": name, "settings": settings, "inputs": inputs})[:_KEY_LENGTH]
        if self._lock is not None and self.info.stages.get(name) != key:
            self.info.stages[name] = key
            self._save()
        stage = Stage(name, key, self.folder / "stages" / name / key, settings, inputs)
        if self._lock is not None and not stage.folder.exists():
            self._take(stage)
        return stage

    def _take(self, stage: Stage) -> None:
        """Copies a stage that a run beside this one has finished under the same key."""
        for folder in self._beside:
            made = folder / "stages" / stage.name / stage.key
            if (made / FileName.MANIFEST).is_file():
                stage.folder.parent.mkdir(parents=True, exist_ok=True)
                with TemporaryDirectory(dir=stage.folder.parent, prefix=".taken.") as staging:
                    shutil.copytree(made, Path(staging) / stage.key)
                    (Path(staging) / stage.key).rename(stage.folder)
                return

    def current(self, name: str) -> Stage | None:
        """The current folder of a stage where it is finished, else None."""
        key = self.info.stages.get(name)
        if key is None:
            return None
        stage = Stage(name, key, self.folder / "stages" / name / key, {}, {})
        return stage if stage.manifest else None

    def resolve(self, name: str, make: Callable[[], str]) -> str:
        """What "auto" came to the first time it was asked in this run."""
        if name not in self.info.resolved:
            self.info.resolved[name] = make()
            self._save()
        return self.info.resolved[name]

    def renew(self, name: str) -> None:
        """Counts a thing in this run up by one; what hangs on its number is done again."""
        self.info.resolved[name] = str(int(self.info.resolved.get(name, "0")) + 1)
        self._save()

    def keep_stages(self, names: set[str]) -> None:
        """Forgets stages that are not among `names`: those of an earlier spec with other stages. Files stay."""
        self.info.stages = {name: key for name, key in self.info.stages.items() if name in names}
        self._save()

    def write(self, name: str, content: str) -> Path:
        """Writes a file into the run's own folder (the report and its like)."""
        write_atomic(self.folder / name, content)
        return self.folder / name

    def _save(self) -> None:
        write_atomic(self.folder / FileName.RUN, self.info.model_dump_json(indent=1) + "\n")


def _has_content(folder: Path) -> bool:
    """Whether there is more than what a run leaves that was killed before its first `run.json`."""
    return any(not path.name.startswith((_LOCK, _HOLDER, f".{_HOLDER}.", ".run.json.")) for path in folder.iterdir())
