"""The room's server: where it listens, who may reach it, and how it is started."""

import socket
import threading
import webbrowser
from dataclasses import dataclass

from ..errors import UserError, option
from .app import create_app
from .handing import Report
from .room import Room

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8737
_BACKLOG = 128


@dataclass(frozen=True)
class Place:
    """Where a room listens. `names` are those that others call it by; `https` is whether a proxy speaks it."""

    host: str = LOOPBACK[0]
    port: int = PORT
    names: tuple[str, ...] = ()
    https: bool = False

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """Its address in a browser."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def check_place(room: Room, place: Place) -> None:
    """Raises UserError where others could come in and no admin has a password."""
    if not place.local and not room.accounts.has_admin():
        raise UserError(
            f"{option('host', place.host)} lets other machines in.",
            "No admin has a password yet, so anybody who finds it could judge and read.",
            f"Give {option('admin', 'NAME')}: it asks for a password, or takes it from TRIMTAB_REVIEW_PASSWORD.",
        )


def listen(place: Place) -> socket.socket:
    """A socket at that place. Raises UserError where it is taken, or no address of this machine."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((place.host, place.port))
        found.listen(_BACKLOG)
    except OSError as error:
        found.close()
        raise UserError(
            f"{option('host', place.host)}, {option('port', place.port)}.",
            f"Nothing can be served there: {error.strerror or error}.",
            f"Give another {option('port')} (0 takes any that is free), or an address of this machine.",
        ) from None
    return found


def serve(
    room: Room, place: Place, found: socket.socket, *, browser: str | None = None, report: Report | None = None
) -> None:
    """Serves until interrupted; opens `browser`, a path, in this machine's browser. `report` makes the leads' page."""
    import uvicorn

    hosts = None if not place.local and not place.names else {*LOOPBACK, "[::1]", place.host, *place.names}
    app = create_app(room, hosts=hosts, secure=place.https, report=report)
    config = uvicorn.Config(app, log_level="warning", server_header=False, proxy_headers=False, lifespan="off")
    if browser is not None:
        threading.Timer(0.5, webbrowser.open, [f"{place.url}{browser}"]).start()
    try:
        uvicorn.Server(config).run(sockets=[found])
    finally:
        room.database.close()
