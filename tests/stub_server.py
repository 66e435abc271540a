"""A server on this machine that says what a test tells it to: answers, errors, nonsense, or nothing at all."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_HANG = 10.0


@dataclass(frozen=True)
class How:
    """How a model is asked to decode, in few tokens."""

    max_new_tokens: int = 16
    temperature: float = 0.0
    top_p: float = 1.0


@dataclass(frozen=True)
class Says:
    """One response; `hangs` sends no byte of it, `body_hangs` the headers and no body; `shuts` closes the connection
    instead, and `breaks_off` closes it in the middle of the body."""

    body: object = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    body_hangs: bool = False
    shuts: bool = False
    breaks_off: bool = False


@dataclass(frozen=True)
class Asked:
    """One request, with its body read as JSON."""

    path: str
    body: dict[str, Any]
    key: str


def chat(text: str | None, *, finish: str = "stop", usage: tuple[int, int] | None = (700, 3)) -> Says:
    """A chat completion, by a server that counts as many tokens as the longest question of a test may have."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return _counted({"object": "chat.completion", "choices": [choice]}, usage)


def completion(text: str, *, finish: str = "length", usage: tuple[int, int] | None = (7, 3)) -> Says:
    """A completion of raw text."""
    return _counted({"object": "text_completion", "choices": [{"text": text, "finish_reason": finish}]}, usage)


def _counted(body: dict[str, Any], usage: tuple[int, int] | None) -> Says:
    if usage is not None:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return Says(body)


class Stub:
    """What the server says, one after the other (the last again and again) or by the request, and what it was asked."""

    def __init__(self, *says: Says | Callable[[Asked], Says]) -> None:
        self.summary = list(says)
        self.asked: list[Asked] = []
        self.url = ""
        self.over = threading.Event()
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Says:
        with self._lock:
            self.asked.append(asked)
            said = self.summary.pop(0) if len(self.summary) > 1 else self.summary[0]
        return said(asked) if callable(said) else said


@contextmanager
def serving(*says: Says | Callable[[Asked], Says]) -> Iterator[Stub]:
    """Runs a stub on a free port while the block lasts."""
    stub = Stub(*says)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = stub.answer(Asked(self.path, body, self.headers.get("Authorization", "")))
            if said.hangs:
                stub.over.wait(LONGEST_HANG)
                return
            if said.shuts:
                self.close_connection = True
                return
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.send_response(said.status)
            kind = "text/html" if isinstance(said.body, str) else "application/json"
            for name, value in {"Content-Type": kind, **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            if said.body_hangs:
                stub.over.wait(LONGEST_HANG)
                return
            self.wfile.write(text.encode()[: len(text) // 2 if said.breaks_off else None])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
