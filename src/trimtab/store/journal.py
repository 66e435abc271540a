"""Records appended one at a time, each on disk before the next: what was paid for once is not asked again after a kill.

A part of a stage (`Stage.part`) keeps many records at once, for work that is cheap to do again; a journal keeps each by
itself, for answers that cost money or minutes.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from ..records import Record

R = TypeVar("R", bound=Record)


class Journal(Generic[R]):
    """The records of a file by their `key`; several threads may add at once.

    Of equal keys the first stands. A last line that a kill cut short is taken off the file, and one that this version
    cannot read is passed over: what it held is asked again.
    """

    def __init__(self, path: Path, record: type[R], key: Callable[[R], str]) -> None:
        self._path, self._key, self._lock = path, key, threading.Lock()
        self._held: dict[str, R] = {}
        if path.is_file():
            _whole_lines(path)
            for line in path.read_bytes().splitlines():
                try:
                    found = record.from_json(line)
                except ValidationError:
                    continue
                self._held.setdefault(key(found), found)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: str) -> R | None:
        """The record of that key, if it is held."""
        return self._held.get(key)

    @property
    def held(self) -> list[R]:
        """All records, in the order of their keys, so that the order of threads shows nowhere."""
        return [self._held[key] for key in sorted(self._held)]

    def add(self, found: R) -> None:
        """Keeps a record, on disk when this returns."""
        with self._lock:
            if self._key(found) in self._held:
                return
            with self._path.open("ab") as file:
                file.write(found.to_json().encode() + b"\n")
            self._held[self._key(found)] = found


def _whole_lines(path: Path) -> None:
    text = path.read_bytes()
    whole = text.rfind(b"\n") + 1
    if whole < len(text):
        os.truncate(path, whole)
