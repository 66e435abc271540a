"""An append-only journal of records, such as people's judgements: what was said stays, and what is said later is added.

Several processes may append at once, and a kill loses nothing whose id was given. Kept in one file on a local disk.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from ..errors import UserError
from ..records import Record
from .migrations import FORMAT
from .read import newer, read_record
from .stage import now

R = TypeVar("R", bound=Record)

_PATIENCE = 30.0
"""Seconds that an append waits for those of other processes."""
_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, format INTEGER NOT NULL, appended TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_kind ON entries (kind, id);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


@dataclass(frozen=True)
class Entry(Generic[R]):
    """A record in the journal: ids grow in the order of appending; `appended` is the time, in UTC."""

    id: int
    appended: str
    record: R


class Journal:
    """A journal in a file, made if need be; may be used by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises UserError where the file is none, or cannot be written."""
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.executescript(_TABLE)
        except (sqlite3.Error, OSError) as error:
            raise self._error(error) from None

    def append(self, kind: str, record: Record) -> int:
        """Adds a record and returns its id, which is given once it is safe on the disk."""
        with self._lock:
            try:
                done = self._file.execute(
                    "INSERT INTO entries (kind, format, appended, record) VALUES (?, ?, ?, ?)",
                    (kind, FORMAT, now(), record.to_json()),
                )
            except sqlite3.Error as error:
                raise self._error(error) from None
        assert done.lastrowid is not None
        return done.lastrowid

    def read(self, kind: str, record: type[R], since: int = 0) -> list[Entry[R]]:
        """Entries of a kind with an id above `since`, in order. Raises UserError at one of a newer version."""
        with self._lock:
            try:
                rows = self._file.execute(
                    "SELECT id, format, appended, record FROM entries WHERE kind = ? AND id > ? ORDER BY id",
                    (kind, since),
                ).fetchall()
            except sqlite3.Error as error:
                raise self._error(error) from None
        return [Entry(id_, appended, self._record(text, record, version, id_)) for id_, version, appended, text in rows]

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _record(self, text: str, record: type[R], version: int, place: int) -> R:
        if version > FORMAT:
            raise newer(self.path, version)
        return read_record(text.encode(), record, version, f"{self.path} entry {place}", "Restore it from a copy.")

    def _error(self, error: Exception) -> UserError:
        return UserError(
            f"The journal is {self.path}.",
            f"It cannot be read or written: {error}.",
            "Give a file on a local disk that is a journal of trimtab's, or none yet.",
        )
