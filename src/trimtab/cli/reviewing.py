"""What the verbs of `trimtab review` share: the room that is served, what went into it, what has to be installed."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from ..store import FileName
from .output import complain, emit

if TYPE_CHECKING:
    from socket import socket as Socket  # noqa: N812 - a class

    from ..review import Gathered, Opened, Place, Plan, Room, Task

SERVED = "`trimtab review` serves pages from a database."
ROOM = typer.Argument(..., metavar="ROOM", help="The room's file or URL.")


def fill_and_serve(
    place_of_room: str, found: "Gathered", task: "Task", plan: "Plan", host: str, port: int, names: list[str],
    https: bool, admin: str | None, browser: bool, fill_only: bool, as_json: bool,
) -> None:  # fmt: skip
    """Puts what was gathered into a room, and serves it unless it is filled only. Raises UserError."""
    from ..review import LOOPBACK, open_room, open_task

    local = host in LOOPBACK
    if admin is not None:
        set_admin(place_of_room, admin)
    room = open_room(place_of_room, local=me() if local else None)
    opened = open_task(room, task, plan, found, me())
    _tell(opened, place_of_room)
    if fill_only:
        _emit(opened, place_of_room, None, as_json)
        return
    place, socket = listen_at(room, host, port, names, https)
    path = f"/tasks/{opened.added.task_id}"
    _emit(opened, place_of_room, place.url + path, as_json)
    serve_at(room, place, socket, path if browser else None)


def listen_at(room: "Room", host: str, port: int, names: list[str], https: bool) -> "tuple[Place, Socket]":
    """Where the room is reached, and the socket, which is open."""
    from ..review import Place, check_place, listen

    place = Place(host, port, tuple(names), https)
    check_place(room, place)
    socket = listen(place)
    return Place(host, socket.getsockname()[1], place.names, https), socket


def serve_at(room: "Room", place: "Place", socket: "Socket", path: str | None) -> None:
    """Serves until it is ended; `path` is opened in this machine's browser where it is reached by loopback alone."""
    from ..api import review_page
    from ..review import serve

    serve(room, place, socket, browser=path if place.local else None, report=review_page)


def _tell(opened: "Opened", room: str) -> None:
    added = opened.added
    complain(f"{room}: {added.new} new items, {added.there} there before")
    if added.held:
        complain(f"{added.held} of them held back, because an answer says who wrote it; leads see them under Team")
    for reason, count in opened.left_out.items():
        if count:
            complain(f"not shown: {count} {reason}")


def _emit(opened: "Opened", room: str, url: str | None, as_json: bool) -> None:
    added = opened.added
    if as_json:
        told: dict[str, Any] = {
            "room": room, "task": added.task_id, "url": url, "new": added.new, "there": added.there,
            "held": added.held, "left_out": {why: count for why, count in opened.left_out.items() if count},
        }  # fmt: skip
        emit(told)
    elif url is not None:
        print(f"{url}  (Ctrl-C ends)", flush=True)


def set_admin(room: str, name: str) -> None:
    """Sets an admin's password, asked for or from the environment. Raises UserError."""
    from ..review import open_room

    password = os.environ.get("TRIMTAB_REVIEW_PASSWORD")
    if not password and not sys.stdin.isatty():
        raise UserError(
            f"--admin {name}.", "Nobody can be asked for a password here.", "Set TRIMTAB_REVIEW_PASSWORD to it."
        )
    password = password or typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True)
    opened = open_room(room)
    try:
        opened.accounts.set_admin(name, password)
    except ValueError as error:
        raise UserError(f"--admin {name}.", str(error), "Give another.") from None
    finally:
        opened.database.close()


def me() -> str:
    """Who is at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def beside(source: str) -> str:
    """Where a room is kept if nothing is said: in the run's folder, or beside the file."""
    folder = Path(source if Path(source).exists() else source.rpartition(":")[0] or source)
    if (folder / FileName.RUN).is_file():
        return str(folder / "review.db")
    if folder.is_dir():  # of media, which is left as it is
        return str(folder.resolve().with_name(folder.resolve().name + ".review.db"))
    return str((folder if "://" not in source and folder.exists() else Path(folder.name)).with_suffix(".review.db"))
