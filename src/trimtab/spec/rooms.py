"""Where a review room is, as a spec says it."""

from pathlib import PurePath
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_KNOWN = ("postgresql",)
"""Databases of a room that is no file, by their URL's scheme."""


def _can_be_opened(room: str) -> str:
    scheme = urlsplit(room).scheme.partition("+")[0] if "://" in room else ""
    if "://" in room and scheme not in _KNOWN:
        raise ValueError(
            f"no room can be kept in {scheme or 'that'}; give a file, or a URL such as postgresql://host/name"
        )
    if "://" in room and urlsplit(room).password is not None:
        raise ValueError("it holds a password, which would be copied into the run; use PGPASSWORD or ~/.pgpass")
    return room


RoomPlace = Annotated[str, Field(min_length=1), AfterValidator(_can_be_opened)]
"""A file relative to the spec's folder, or a database's URL without a password."""
OWN_ROOM = "review.db"
"""The room in a run's own folder."""


def called(room: str | None) -> str:
    """What rows and messages call a room: its file or database, without folder, host or user."""
    place = room or OWN_ROOM
    return urlsplit(place).path.strip("/") or "room" if "://" in place else PurePath(place).name
