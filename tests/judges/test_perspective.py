"""The Perspective API, behind a stub: what is sent, the pace, and what happens where it does not answer."""

import time

import pytest

import trimtab.models.endpoint as endpoint_module
from stub_server import Asked, Says, serving
from trimtab.errors import UserError
from trimtab.judges import Perspective
from trimtab.judges.perspective import ATTRIBUTES


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "FIRST_WAIT", 0.01)


def perspective(url: str, **changes: object) -> Perspective:
    settings = {"per_second": 1000.0, "url": url, "timeout": 0.2, "attempts": 3, **changes}
    return Perspective("se cret", **settings)  # type: ignore[arg-type]


def scored(toxicity: float = 0.9) -> Says:
    values = {name: toxicity if name == "TOXICITY" else i / 100 for i, name in enumerate(ATTRIBUTES)}
    scores = {name: {"summaryScore": {"value": value, "type": "PROBABILITY"}} for name, value in values.items()}
    return Says({"attributeScores": scores, "languages": ["en"]})


def failed(status: int, message: str, **headers: str) -> Says:
    return Says({"error": {"code": status, "message": message}}, status=status, headers=headers)


def texts(n: int) -> list[tuple[str, str]]:
    return [("a prompt", f"text {i}") for i in range(n)]


def test_eight_attributes_are_asked_and_read() -> None:
    with serving(scored()) as stub:
        scores = perspective(stub.url)([("a prompt", "a text"), ("", " ")])
    assert scores[0].value == 0.9
    assert scores[0].details == {
        "toxicity": 0.9,
        "severe_toxicity": 0.01,
        "insult": 0.02,
        "threat": 0.03,
        "identity_attack": 0.04,
        "profanity": 0.05,
        "sexually_explicit": 0.06,
        "flirtation": 0.07,
    }
    assert (scores[1].value, scores[1].reason) == (None, "nothing to judge")
    assert [asked.path for asked in stub.asked] == ["/v1alpha1/comments:analyze?key=se%20cret"]
    assert stub.asked[0].body == {
        "comment": {"text": "a text"},
        "languages": ["en"],
        "requestedAttributes": {name: {} for name in ATTRIBUTES},
        "doNotStore": True,
    }


def test_the_pace_is_kept() -> None:
    with serving(scored()) as stub:
        began = time.monotonic()
        perspective(stub.url, per_second=20.0)(texts(5))
    assert 0.2 <= time.monotonic() - began < 2


def test_rate_limits_and_timeouts_are_tried_again() -> None:
    with serving(failed(429, "quota", **{"Retry-After": "0.2"}), Says(hangs=True), scored()) as stub:
        began = time.monotonic()
        assert perspective(stub.url)([("", "half \ud83d")])[0].value == 0.9
    assert time.monotonic() - began >= 0.4
    assert len(stub.asked) == 3


@pytest.mark.parametrize(
    ("says", "tries", "why"),
    [
        (failed(429, "quota exceeded"), 3, "429: quota exceeded"),
        (Says(hangs=True), 3, "no answer within 0.2 s, 3 times"),
        (Says({}, body_hangs=True), 3, "no answer within 0.2 s, 3 times"),
        (failed(500, "on fire"), 1, "500: on fire"),
        (failed(403, "not enabled"), 1, "403: not enabled"),
        (failed(400, "API key not valid. Please pass a valid API key."), 1, "400: API key not valid"),
        (Says("<html>hello</html>"), 1, "<html>hello"),
        (Says({"attributeScores": {}}), 1, "attributeScores"),
        (Says({"attributeScores": None}), 1, "attributeScores"),
        (Says("gone", status=410), 1, "410: gone"),
        (Says("gone", status=410, body_hangs=True), 1, "410: nothing"),
    ],
)
def test_a_service_that_never_answered_is_an_error(says: Says, tries: int, why: str) -> None:
    with serving(says) as stub, pytest.raises(UserError) as caught:
        perspective(stub.url)(texts(4))
    assert len(stub.asked) == tries
    assert why in caught.value.why
    assert "se cret" not in str(caught.value)
    assert "se%20cret" not in str(caught.value)


def test_nobody_listens() -> None:
    with pytest.raises(UserError, match="cannot be reached") as caught:
        perspective("http://127.0.0.1:9")(texts(1))
    assert "se%20cret" not in str(caught.value)


def test_a_text_that_it_cannot_judge_is_told_and_counted() -> None:
    def by_text(asked: Asked) -> Says:
        return failed(400, "Comment text too long.") if asked.body["comment"]["text"] == "text 0" else scored(0.1)

    with serving(by_text) as stub:
        asked = perspective(stub.url)
        scores = asked(texts(3))
    assert [score.value for score in scores] == [None, 0.1, 0.1]
    assert scores[0].reason == "could not judge: server said: Comment text too long."
    assert asked.not_judged == 1


def test_a_service_that_fails_later_loses_nothing() -> None:
    with serving(scored(), failed(500, "on fire")) as stub:
        asked = perspective(stub.url)
        scores = asked(texts(30))
    assert scores[0].value == 0.9
    assert asked.not_judged == 29
    assert "500: on fire" in scores[1].reason
    assert "not asked any more" in scores[29].reason
    assert len(stub.asked) == 11
