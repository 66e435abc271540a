"""A room that is there already, opened to be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from ..errors import UserError
from .database import open_database


@contextmanager
def reading_room(place: str) -> Iterator[Session]:
    """A session that reads the room at a file's path or a URL. Raises UserError where there is none."""
    if "://" not in place and not Path(place).is_file():
        raise UserError(
            f"The room is {place}.",
            "It is a folder." if Path(place).is_dir() else "There is no such file.",
            "Give the file that `trimtab review` named, or open a room there by that command.",
        )
    database = open_database(place)
    try:
        with database.reading() as session:
            yield session
    finally:
        database.close()


def room_name(place: str) -> str:
    """What rows call the room: its file's name, or its database's; no host, user or password."""
    return make_url(place).database or "room" if "://" in place else Path(place).name
