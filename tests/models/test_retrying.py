"""When a server is asked again, and how long it is left alone: in the ways that servers say so."""

import time
from email.utils import formatdate
from typing import Any

import pytest

import trimtab.models.retrying as retrying
from stub_server import How, Says, chat, serving
from trimtab.errors import UserError
from trimtab.models import Endpoint
from trimtab.records import Message

pytest.importorskip("openai")
HELLO = [Message(role="user", content="hi")]


def waited(monkeypatch: pytest.MonkeyPatch, said: Says) -> tuple[list[float], int]:
    """The waits of an endpoint that meets such a response once, and how often it asked."""
    waits: list[float] = []
    monkeypatch.setattr(retrying, "FIRST_WAIT", 0.01)
    monkeypatch.setattr("time.sleep", waits.append)
    with serving(said, chat("hi")) as stub:
        assert Endpoint(stub.url, "tiny", attempts=2).chat(HELLO, decoding=How(), seed=None).text == "hi"  # type: ignore[arg-type]
    return waits, len(stub.asked)


@pytest.mark.parametrize("how", [{"breaks_off": True}, {"shuts": True}])
def test_a_connection_that_breaks_off_is_asked_again(monkeypatch: pytest.MonkeyPatch, how: dict[str, bool]) -> None:
    assert waited(monkeypatch, Says({"choices": []}, **how))[1] == 2
    with serving(Says({"choices": []}, **how)) as stub, pytest.raises(UserError) as caught:
        Endpoint(stub.url, "tiny", attempts=2).chat(HELLO, decoding=How(), seed=None)  # type: ignore[arg-type]
    assert len(stub.asked) == 2
    assert "broke off before its answer was whole, 2 times" in caught.value.why


@pytest.mark.parametrize("status", [429, 502, 503, 504, 529])
def test_a_busy_server_that_names_a_time_is_asked_again_then(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    assert waited(monkeypatch, Says({}, status=status, headers={"Retry-After": "7"})) == ([7.0], 2)


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry-after-ms": "250"}, 0.25, 0.25),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25, 0.25),
        ({"Retry-After": 30}, 20, 30),  # seconds from now, as a date
        ({"Retry-After": -30}, 0, 0.02),
        ({"Retry-After": "soon"}, 0, 0.02),
        ({"Retry-After": "-5"}, 0, 0.02),
        ({}, 0, 0.02),
    ],
)
def test_the_time_is_read_in_every_form(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, Any], low: float, high: float
) -> None:
    dated = {
        name: formatdate(time.time() + told, usegmt=True) if isinstance(told, int) else told
        for name, told in headers.items()
    }
    waits, _ = waited(monkeypatch, Says({}, status=429, headers=dated))
    assert low <= waits[0] <= high


@pytest.mark.parametrize(
    "fails", [Says({}, status=503), Says({}, status=500, headers={"Retry-After": "1"}), Says({}, status=401)]
)
def test_what_waiting_does_not_help_is_an_error_at_once(fails: Says) -> None:
    with serving(fails) as stub, pytest.raises(UserError):
        Endpoint(stub.url, "tiny", attempts=4).chat(HELLO, decoding=How(), seed=None)  # type: ignore[arg-type]
    assert len(stub.asked) == 1
