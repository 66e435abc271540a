"""The run directory: one folder a run, one folder a stage, and the only way to read or write either.

    RUN/run.json                       name, spec, and which stage folders are the current ones
    RUN/stages/STAGE/KEY/manifest.json written last, so a stage without one is unfinished
    RUN/stages/STAGE/KEY/...           what the stage made; `work/` holds unfinished parts

KEY is a hash of all that decides the stage's result (its settings and the hashes of its inputs). A stage whose
manifest is there is not run again; a changed spec leads to another folder, so nothing finished is overwritten.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import UserError, command, option
from ..records import Record
from .files import digest, git_revision, tree_digests, versions, write_atomic

FORMAT = 1
"""Version of the layout; a run of a newer one is refused."""

_KEY_LENGTH = 12
_WORK = "work"
_LOCK, _HOLDER = ".lock", ".holder"
"""The lock of who writes the run, and their process number: where it is held, Windows lets nobody read the lock."""
R = TypeVar("R", bound=Record)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Manifest(_Wire):
    """A finished stage: what decided its result, what it made, and where and when that was."""

    format: int = FORMAT
    stage: str
    key: str
    settings: dict[str, Any]
    inputs: dict[str, str]
    outputs: dict[str, str]
    started: str
    finished: str
    wall_seconds: float
    attempts: int
    versions: dict[str, str]
    git_revision: str | None


class RunInfo(_Wire):
    """What `run.json` holds. `stages` names the current folder of each stage; `resolved` what "auto" came to, which
    stays so where the run is resumed on another machine. `spec_folder` is where the spec's relative paths begin."""

    format: int = FORMAT
    name: str
    goal: str
    created: str
    spec: dict[str, Any]
    stages: dict[str, str] = {}
    resolved: dict[str, str] = {}
    spec_folder: str | None = None


class Stage:
    """One stage's folder. Write into `folder` (finished files) and `work` (what a resumed stage picks up)."""

    def __init__(
        self, name: str, key: str, folder: Path, settings: Mapping[str, Any], inputs: Mapping[str, str]
    ) -> None:
        self.name = name
        self.key = key
        self.folder = folder
        self.work = folder / _WORK
        self._settings = dict(settings)
        self._inputs = dict(inputs)

    @property
    def manifest(self) -> Manifest | None:
        """The manifest, or None while the stage is unfinished."""
        path = self.folder / "manifest.json"
        return Manifest.model_validate_json(path.read_bytes()) if path.is_file() else None

    def output(self, name: str) -> str:
        """The hash of a file that the finished stage made."""
        return self._finished().outputs[name]

    def outputs_under(self, prefix: str) -> str:
        """One hash of all files that the finished stage made under a folder."""
        return digest({name: sha for name, sha in self._finished().outputs.items() if name.startswith(prefix)})

    def _finished(self) -> Manifest:
        manifest = self.manifest
        assert manifest is not None, f"{self.name} is not finished"
        return manifest

    def begin(self) -> None:
        """Makes the folders and notes the attempt."""
        self.work.mkdir(parents=True, exist_ok=True)
        with (self.folder / "attempts.jsonl").open("a") as file:
            file.write(json.dumps({"started": _now(), "pid": os.getpid()}) + "\n")

    def finish(self, started: float) -> Manifest:
        """Hashes the outputs and writes the manifest: from here on the stage is done."""
        attempts = len((self.folder / "attempts.jsonl").read_text().splitlines())
        outputs = {
            name: sha
            for name, sha in tree_digests(self.folder).items()
            if name != "attempts.jsonl" and not name.startswith(f"{_WORK}/")
        }
        manifest = Manifest(
            stage=self.name,
            key=self.key,
            settings=self._settings,
            inputs=self._inputs,
            outputs=outputs,
            started=datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
            finished=_now(),
            wall_seconds=round(time.time() - started, 3),
            attempts=attempts,
            versions=dict(versions()),
            git_revision=git_revision(),
        )
        write_atomic(self.folder / "manifest.json", manifest.model_dump_json(indent=1) + "\n")
        shutil.rmtree(self.work, ignore_errors=True)  # only now: a kill before loses nothing that was made
        return manifest

    def write(self, name: str, content: str) -> None:
        """Writes one output file."""
        write_atomic(self.folder / name, content)

    def read(self, name: str, record: type[R]) -> R:
        """Reads an output that is one record."""
        return record.from_json((self.folder / name).read_bytes())

    def read_lines(self, name: str, record: type[R]) -> list[R]:
        """Reads an output that is records as JSON Lines."""
        return [record.from_json(line) for line in (self.folder / name).read_bytes().splitlines()]

    def part(self, name: str, record: type[R], make: Callable[[], list[R]]) -> list[R]:
        """A list of records that is made once and kept in `work`: what a killed stage does not do again."""
        path = self.work / f"{name}.jsonl"
        if not path.is_file():
            write_atomic(path, "".join(item.to_json() + "\n" for item in make()))
        return [record.from_json(line) for line in path.read_bytes().splitlines()]


class Run:
    """A run directory, held by one process at a time while it is written (`with Run.open(...) as run`)."""

    def __init__(self, folder: Path, info: RunInfo, lock: FileLock | None) -> None:
        self.folder = folder
        self.info = info
        self._lock = lock

    @classmethod
    def open(
        cls, folder: Path, *, name: str, goal: str, spec: Mapping[str, Any], spec_folder: Path | None = None
    ) -> Self:
        """Opens a run for writing, making it if need be. Raises UserError where another process holds it."""
        path = folder / "run.json"
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
            old = _read_info(path) if path.is_file() else None
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
            created=old.created if old else _now(),
            spec=dict(spec),
            stages=old.stages if old else {},
            resolved=old.resolved if old else {},
            spec_folder=str(spec_folder) if spec_folder else None,
        )
        run = cls(folder, info, lock)
        run._save()
        return run

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Opens a finished or unfinished run for reading."""
        path = folder / "run.json"
        if not path.is_file():
            raise UserError(
                f"{folder} was given as a run.",
                "There is no run.json in it." if folder.is_dir() else "There is no such folder.",
                f"Give the folder that {command('run')} wrote, for example runs/concise-friendly.",
            )
        return cls(folder, _read_info(path), None)

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
        return Stage(name, key, self.folder / "stages" / name / key, settings, inputs)

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

    def keep_stages(self, names: set[str]) -> None:
        """Forgets stages that are not among `names`: those of an earlier spec with other stages. Files stay."""
        self.info.stages = {name: key for name, key in self.info.stages.items() if name in names}
        self._save()

    def write(self, name: str, content: str) -> Path:
        """Writes a file into the run's own folder (the report and its like)."""
        write_atomic(self.folder / name, content)
        return self.folder / name

    def _save(self) -> None:
        write_atomic(self.folder / "run.json", self.info.model_dump_json(indent=1) + "\n")


def _read_info(path: Path) -> RunInfo:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] > FORMAT:
            raise UserError(
                f"{path} is of format {raw['format']}.",
                f"This trimtab reads formats up to {FORMAT}.",
                "Install a newer trimtab.",
            )
        return RunInfo.model_validate(raw)
    except ValueError as error:  # ValidationError is one
        first = str(error).splitlines()[0]
        if isinstance(error, ValidationError):
            problem = error.errors(include_url=False)[0]
            first = ": ".join(part for part in (".".join(map(str, problem["loc"])), problem["msg"]) if part)
        raise UserError(
            f"{path} cannot be read.",
            f"It is not what trimtab wrote ({first}).",
            "Restore it, or start in another folder.",
        ) from None


def _has_content(folder: Path) -> bool:
    """Whether there is more than what a run leaves that was killed before its first `run.json`."""
    return any(not path.name.startswith((_LOCK, _HOLDER, f".{_HOLDER}.", ".run.json.")) for path in folder.iterdir())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
