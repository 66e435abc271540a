"""An engine behind HTTP: what it sends, what it makes of answers, and how every kind of broken server ends."""

import builtins
import json
import socket
import subprocess
import sys
import time

import pytest

import trimtab.models.retrying as module
from stub_server import Asked, How, Says, chat, completion, serving
from trimtab.errors import UserError
from trimtab.models.endpoint import Endpoint, Usage
from trimtab.records import Message, Prompt

pytest.importorskip("openai")


HELLO = [Message(role="user", content="hello")]
DRAWN = How(temperature=0.7, top_p=0.9)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def endpoint(url: str, **changes: object) -> Endpoint:
    return Endpoint(url, "tiny", **{"timeout": 5.0, "attempts": 3, **changes})  # type: ignore[arg-type]


def prompts(n: int) -> list[Prompt]:
    return [Prompt(id=f"p{i}", messages=(Message(role="user", content=f"say {i}"),)) for i in range(n)]


def refused(stub_says: Says, **changes: object) -> tuple[UserError, int]:
    """The error of one chat, and how often the server was asked."""
    with serving(stub_says) as stub, pytest.raises(UserError) as caught:
        endpoint(stub.url, **changes).chat(HELLO, decoding=How(), seed=None)
    assert stub.url in caught.value.given
    assert "tiny" in caught.value.given
    return caught.value, len(stub.asked)


def test_a_chat_is_asked_and_read() -> None:
    with serving(chat("hi there", finish="length")) as stub:
        asked = endpoint(stub.url, key="secret")
        reply = asked.chat(HELLO, decoding=DRAWN, seed=5, json=True)
    assert (reply.text, reply.ended, reply.tokens_in, reply.tokens_out) == ("hi there", False, 700, 3)
    request = stub.asked[0]
    assert (request.path, request.key) == ("/chat/completions", "Bearer secret")
    assert request.body == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "hello"}],
        "response_format": {"type": "json_object"},
        "max_tokens": 16,
        "temperature": 0.7,
        "top_p": 0.9,
        "seed": 5,
    }
    assert "secret" not in repr(asked)


def test_a_text_is_continued_raw() -> None:
    with serving(completion(" and on")) as stub:
        reply = endpoint(stub.url).complete("On", decoding=How(), seed=None)
    assert (reply.text, reply.ended) == (" and on", False)
    assert (stub.asked[0].path, stub.asked[0].body["prompt"]) == ("/completions", "On")
    assert "seed" not in stub.asked[0].body


def test_a_message_without_content_is_an_empty_text() -> None:
    with serving(chat(None, finish="length")) as stub:
        assert endpoint(stub.url).chat(HELLO, decoding=How(), seed=None).text == ""


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-environment\n")
    with serving(chat("hi")) as stub:
        endpoint(stub.url).chat(HELLO, decoding=How(), seed=None)
    assert stub.asked[0].key == "Bearer of-the-environment"


@pytest.mark.parametrize("is_chat", [True, False])
def test_answers_keep_the_order_and_have_seeds_of_their_own(is_chat: bool) -> None:
    def echo(asked: Asked) -> Says:
        said = asked.body["messages"][-1]["content"] if is_chat else asked.body["prompt"]
        time.sleep(0.002 * (9 - int(said[-1])))  # the first prompts take longest
        text = f"{said}/{asked.body['seed']}"
        return chat(text) if is_chat else completion(text, finish="stop")

    given = prompts(9)
    with serving(echo) as stub:
        asked = endpoint(stub.url)
        answers = asked.answers(given, samples=2, decoding=DRAWN, seed=3, chat=is_chat)
        again = endpoint(stub.url, workers=1).answers(given[4:5], samples=2, decoding=DRAWN, seed=3, chat=is_chat)
        other = asked.answers(given[4:5], samples=1, decoding=DRAWN, seed=4, chat=is_chat)
    assert [(answer.prompt_id, answer.index) for answer in answers] == [(p.id, i) for p in given for i in (0, 1)]
    assert [answer.text.split("/")[0] for answer in answers] == [p.text for p in given for _ in (0, 1)]
    assert all(answer.ended and answer.tokens == 3 for answer in answers)
    assert len({answer.text for answer in answers}) == 18
    assert again == answers[8:10]
    assert other[0].text != again[0].text
    assert asked.usage == Usage(calls=19, tokens_in=19 * (700 if is_chat else 7), tokens_out=19 * 3)


def test_parts_cover_the_prompts_in_order() -> None:
    parts = endpoint("http://x").parts(prompts(50), 4, How(), chat=True)
    assert [i for part in parts for i in part] == list(range(50))
    assert max(map(len, parts)) == 16


def test_tokens_that_no_server_counted_are_told() -> None:
    with serving(chat("hi", usage=None)) as stub:
        asked = endpoint(stub.url)
        asked.chat(HELLO, decoding=How(), seed=None)
    assert asked.usage == Usage(calls=1, uncounted=1)


def test_a_rate_limit_is_waited_out() -> None:
    slow = Says({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "0.3"})
    with serving(slow, slow, chat("hi")) as stub:
        began = time.monotonic()
        asked = endpoint(stub.url)
        assert asked.chat(HELLO, decoding=How(), seed=None).text == "hi"
    assert time.monotonic() - began >= 0.6
    assert len(stub.asked) == 3
    assert asked.usage.calls == 1


def test_a_rate_limit_without_end_is_an_error() -> None:
    error, asked = refused(Says({"error": {"message": "slow down"}}, status=429))
    assert asked == 3
    assert "429: slow down" in error.why
    assert "fewer workers" in error.fix


@pytest.mark.parametrize(
    "hanging", [Says(hangs=True), Says({"a": 1}, body_hangs=True), Says("x", status=500, body_hangs=True)]
)
def test_a_hanging_server_ends_after_attempts_times_timeout(hanging: Says) -> None:
    began = time.monotonic()
    error, asked = refused(hanging, timeout=0.2)
    assert 0.6 <= time.monotonic() - began < 3
    assert asked == 3
    assert "no answer within 0.2 s, 3 times" in error.why


def test_a_server_that_hangs_once_is_asked_again() -> None:
    with serving(Says(hangs=True), chat("hi")) as stub:
        assert endpoint(stub.url, timeout=0.2).chat(HELLO, decoding=How(), seed=None).text == "hi"


@pytest.mark.parametrize(
    ("says", "why", "fix"),
    [
        (Says({"error": {"message": "out of memory"}}, status=500), "500: out of memory", "log"),
        (Says("<html>bad\n gateway</html>", status=502), "502: <html>bad gateway", "log"),
        (Says({"error": {"message": "wrong key"}}, status=401), "401: wrong key", "OPENAI_API_KEY"),
        (Says({"detail": "Not Found"}, status=404), "404: Not Found", "/v1"),
        (Says({"error": "no response_format here"}, status=400), "no response_format here", "JSON mode"),
        (Says("", status=503), "503: ", "log"),
        (Says("<html>Welcome to nginx</html>"), "Welcome to nginx", "/v1"),
        (Says(""), "nothing", "/v1"),
        (Says({"hello": 1}), "hello", "/v1"),
        (Says('data: {"choices": [{"delta": {"content": "hi"}}]}\n\ndata: [DONE]\n\n'), "data: ", "streams"),
        (Says({"choices": []}), "choices", "/v1"),
        (Says({"choices": [{"index": 0}]}), "choices", "/v1"),
        (Says("[" * 5000), "[[[", "/v1"),
        (Says(json.dumps(chat("cut").body)[:-20], headers={"Content-Type": "application/json"}), "choices", "/v1"),
    ],
)
def test_what_else_goes_wrong_is_told_at_once(says: Says, why: str, fix: str) -> None:
    error, asked = refused(says)
    assert asked == 1
    assert why in error.why
    assert len(error.why) < 300
    assert fix in error.fix


def test_a_key_that_the_server_repeats_is_not_shown() -> None:
    error, _ = refused(Says({"error": {"message": "no such key: sk-123"}}, status=401), key="sk-123")
    assert "no such key: ***" in error.why


@pytest.mark.parametrize("key", ["k\u00e9y", "a\nb"])
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(UserError, match="key holds characters") as caught:
        endpoint("http://127.0.0.1:9", key=key).chat(HELLO, decoding=How(), seed=None)
    assert key not in str(caught.value)


def test_half_a_surrogate_pair_goes_through_both_ways() -> None:
    half = "half \ud83d"
    with serving(chat(half), completion(half)) as stub:
        asked = endpoint(stub.url)
        replies = [
            asked.chat([Message(role="user", content=half)], decoding=How(), seed=None),
            asked.complete(half, decoding=How(), seed=None),
        ]
    assert [reply.text for reply in replies] == ["half ?"] * 2
    assert stub.asked[0].body["messages"][0]["content"] == stub.asked[1].body["prompt"] == "half ?"


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(UserError, match=r"cannot be reached: .*refused") as caught:
        endpoint(url).chat(HELLO, decoding=How(), seed=None)
    assert url in caught.value.given


def test_no_web_address() -> None:
    with pytest.raises(UserError, match="no web address"):
        Endpoint("localhost:8000", "tiny")


def test_a_server_of_chats_alone_says_so() -> None:
    with serving(Says({"detail": "Not Found"}, status=404)) as stub, pytest.raises(UserError) as caught:
        endpoint(stub.url).complete("On", decoding=How(), seed=None)
    assert "no /completions route" in caught.value.why
    assert "ask by chat" in caught.value.fix


def test_one_error_ends_all_that_waits() -> None:
    def fails(asked: Asked) -> Says:
        return Says(status=500) if asked.body["messages"][0]["content"] == "say 3" else chat("hi")

    with serving(fails) as stub, pytest.raises(UserError, match="500"):
        endpoint(stub.url, workers=2).answers(prompts(60), samples=1, decoding=How(), seed=0)
    assert len(stub.asked) < 20


def waits(monkeypatch: pytest.MonkeyPatch, attempts: int, **headers: str) -> list[float]:
    """The seconds that an endpoint would wait between so many tries at a server that says "too many"."""
    waited: list[float] = []
    monkeypatch.setattr(module, "FIRST_WAIT", 0.5)
    monkeypatch.setattr("time.sleep", waited.append)
    with serving(Says({}, status=429, headers=headers)) as stub, pytest.raises(UserError, match="429"):
        endpoint(stub.url, attempts=attempts).chat(HELLO, decoding=How(), seed=None)
    return waited


def test_waits_double_and_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = waits(monkeypatch, 12)
    assert all(0.25 * 2**place <= each <= 0.5 * 2**place for place, each in enumerate(found[:6]))
    assert found[-1] == 60
    assert len(found) == 11


@pytest.mark.parametrize(("asked", "seconds"), [("20", 20), ("86400", 60)])
def test_a_server_is_waited_for_as_long_as_it_asks(monkeypatch: pytest.MonkeyPatch, asked: str, seconds: int) -> None:
    assert waits(monkeypatch, 2, **{"Retry-After": asked}) == [seconds]


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.split(".")[0] == "openai":
            raise ModuleNotFoundError(name, name=name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=r"trimtab\[openai\]"):
        endpoint("http://127.0.0.1:9").chat(HELLO, decoding=How(), seed=None)


def test_nothing_heavy_is_imported_before_use() -> None:
    code = (
        "import sys; from trimtab.models.endpoint import Endpoint; import trimtab.judges; Endpoint('http://x', 'y');"
        "sys.exit(bool({'torch', 'openai', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
