"""`trimtab review` as a process of its own, and the browser that looks at it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from trimtab.records import Judgement
from trimtab.review import judgements, open_database

CHROMIUM = which("chromium") or which("chromium-browser")
NO_BROWSER = "there is no chromium on this machine"
SEVERE = ("serious", "critical")


class Server:
    """`trimtab review` as a process that can be killed and started again at the same place."""

    def __init__(self, *arguments: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.arguments = arguments
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "trimtab", "review", *self.arguments, "--no-browser", "--json"]
        self.process = subprocess.Popen([*command, "--port", str(self.port)], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()  # type: ignore[union-attr]


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    server = Server(*arguments)
    try:
        yield server
    finally:
        server.kill()


def said_in(room: Path) -> list[Judgement]:
    """Everything that was said in a room."""
    database = open_database(str(room))
    with database.reading() as session:
        found = list(judgements(session))
    database.close()
    return found
