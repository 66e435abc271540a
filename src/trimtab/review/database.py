"""Opening a room's database, SQLite or PostgreSQL, and bringing it up to date."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from ..errors import UserError, option

_PATIENCE = 30
"""Seconds that a writer of another process is waited for."""
_CONNECTIONS: dict[str, Any] = {"pool_size": 20, "max_overflow": 20}
"""Connections that are kept, and how many more are opened where they are needed: one for each thread of the server."""
_OPENING = threading.Lock()


R = TypeVar("R")


@dataclass
class _Waiting(Generic[R]):
    """Something to be written, and what became of it once it is on the disk."""

    work: Callable[[Session], R]
    result: R | None = None
    error: BaseException | None = None
    done: bool = False


class Database:
    """Sessions of a room. Writers of one process take turns where the database has room for one (SQLite)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._alone = engine.dialect.name == "sqlite"
        self._turn = threading.Lock() if self._alone else nullcontext()
        self._waiting: deque[_Waiting[Any]] = deque()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: all of it is on the disk when the block ends, or none where it raises."""
        engine = self._engine.execution_options(writes=True)
        with self._turn, Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def kept(self, work: Callable[[Session], R]) -> R:
        """What `work` gives, once all that it wrote is on the disk; where it raises, nothing of it is.

        Where writers take turns, whoever has the turn does the work of all who wait for it in one transaction, each
        within a savepoint: the disk is waited for once, and not once each.
        """
        if not self._alone:
            with self.writing() as session:
                return work(session)
        mine = _Waiting(work)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._keep_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.error is not None:
            raise mine.error
        return cast(R, mine.result)

    def _keep_all(self, waiting: Sequence["_Waiting[Any]"]) -> None:
        engine = self._engine.execution_options(writes=True)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                for each in waiting:
                    try:
                        with session.begin_nested():
                            each.result = each.work(session)
                    except Exception as error:
                        each.error = error
        except BaseException as error:  # the transaction is none: nobody's work is kept
            for each in waiting:
                each.error = each.error or error
        finally:
            for each in waiting:
                each.done = True

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def open_database(place: str) -> Database:
    """A room's database by a file's path or a URL, made or brought up to date.

    Raises UserError where it cannot be opened, is none of trimtab's, or of a newer version.
    """
    try:
        engine = _engine(place)
        with _OPENING:
            _upgrade(engine, place)
    except (DBAPIError, OSError, ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise UserError(
            f"The room is {_without_password(place)}.",
            f"It cannot be opened: {reason}.",
            f"Give {option('room')} a file on a local disk, or a URL such as postgresql://user@host/name.",
        ) from None
    return Database(engine)


def _engine(place: str) -> Engine:
    if "://" not in place:
        path = Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # it holds hashes of passwords
        return _as_sqlite(create_engine(f"sqlite:///{path}", connect_args={"timeout": _PATIENCE}, **_CONNECTIONS))
    url = make_url(place)
    if url.get_backend_name() != "postgresql":
        raise ArgumentError(f"{url.get_backend_name()} is no database that is known here")
    return create_engine(url.set(drivername="postgresql+psycopg"), **_CONNECTIONS)


def _as_sqlite(engine: Engine) -> Engine:
    """One writer at a time, told so at the beginning, beside readers; what is committed is on the disk."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _upgrade(engine: Engine, place: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError
    from sqlalchemy import inspect

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.execution_options(writes=True).begin() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
        if there is None and inspect(connection).get_table_names():
            raise _foreign(place)
        if there is not None and there not in known:
            raise UserError(
                f"The room is {_without_password(place)}.",
                f"It is of version {there}, which this trimtab does not know.",
                "Install a newer trimtab.",
            )
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise UserError(
                f"The room is {_without_password(place)}.", f"{error}.", "Restore it from a copy."
            ) from None


def _foreign(place: str) -> UserError:
    return UserError(
        f"The room is {_without_password(place)}.",
        "It holds tables of something else.",
        f"Give {option('room')} a database of its own.",
    )


def _without_password(place: str) -> str:
    return make_url(place).render_as_string() if "://" in place else place
