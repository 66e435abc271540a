"""One stage's folder in a run: its manifest, its finished files, and the parts that a killed one left."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ..records import Record, to_jsonl
from .files import digest, git_revision, tree_digests, versions, write_atomic
from .layout import FileName
from .migrations import FORMAT
from .read import read_bytes, read_record, read_whole

_WORK = "work"
R = TypeVar("R", bound=Record)


class Wire(BaseModel):
    """What the store itself writes: closed to unknown keys."""

    model_config = ConfigDict(extra="forbid")


class Manifest(Wire):
    """A finished stage: what decided its result, what it made, and where and when that was.

    `format` is the version of the records in its files.
    """

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
        """The manifest, or None while the stage is unfinished. Raises UserError where it is a newer trimtab's."""
        path = self.folder / FileName.MANIFEST
        return read_whole(path, Manifest, self._fix) if path.is_file() else None

    def like(self, finished: "Stage") -> bool:
        """Whether a finished stage was made of the same, whatever it is called and wherever it lies."""
        made = finished.manifest
        return made is not None and (made.settings, made.inputs) == (self._settings, self._inputs)

    @property
    def _fix(self) -> str:
        return f"Restore it, or delete {self.folder} and run again."

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
        with (self.folder / FileName.ATTEMPTS).open("a") as file:
            file.write(json.dumps({"started": now(), "pid": os.getpid()}) + "\n")

    def finish(self, started: float) -> Manifest:
        """Hashes the outputs and writes the manifest: from here on the stage is done."""
        attempts = len((self.folder / FileName.ATTEMPTS).read_text().splitlines())
        outputs = {
            name: sha
            for name, sha in tree_digests(self.folder).items()
            if name != FileName.ATTEMPTS and not name.startswith(f"{_WORK}/")
        }
        manifest = Manifest(
            stage=self.name,
            key=self.key,
            settings=self._settings,
            inputs=self._inputs,
            outputs=outputs,
            started=datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
            finished=now(),
            wall_seconds=round(time.time() - started, 3),
            attempts=attempts,
            versions=dict(versions()),
            git_revision=git_revision(),
        )
        write_atomic(self.folder / FileName.MANIFEST, manifest.model_dump_json(indent=1) + "\n")
        shutil.rmtree(self.work, ignore_errors=True)  # only now: a kill before loses nothing that was made
        return manifest

    def write(self, name: str, content: str) -> None:
        """Writes one output file."""
        write_atomic(self.folder / name, content)

    def read(self, name: str, record: type[R]) -> R:
        """Reads an output that is one record, of this version or an older one. Raises UserError where it is none."""
        return self._records(name, record, [read_bytes(self.folder / name, self._fix)])[0]

    def read_lines(self, name: str, record: type[R]) -> list[R]:
        """Reads an output that is records as JSON Lines. Raises UserError, which names the line, as `read`."""
        return self._records(name, record, read_bytes(self.folder / name, self._fix).splitlines())

    def _records(self, name: str, record: type[R], texts: list[bytes]) -> list[R]:
        manifest, path = self.manifest, self.folder / name
        version = manifest.format if manifest else FORMAT
        return [
            read_record(text, record, version, f"{path} line {line}", self._fix) for line, text in enumerate(texts, 1)
        ]

    def part(self, name: str, record: type[R], make: Callable[[], list[R]]) -> list[R]:
        """A list of records that is made once and kept in `work`: what a killed stage does not do again.

        One that another version of trimtab left and this one cannot read is made anew.
        """
        path = self.work / f"{name}.jsonl"
        if path.is_file():
            try:
                return [record.from_json(line) for line in path.read_bytes().splitlines()]
            except ValidationError:
                path.unlink()
        made = make()
        write_atomic(path, to_jsonl(made))
        return made


def now() -> str:
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
