"""What servers write in different ways: parts, thought, refusals, filters, nulls, why they stop, who has answered."""

import json
from typing import Any

import pytest

import trimtab.models.retrying as module
from stub_server import Asked, How, Says, chat, serving
from trimtab.errors import UserError
from trimtab.models.endpoint import FIRST, Endpoint
from trimtab.models.filters import is_filtered
from trimtab.models.wire import Reply, read_reply
from trimtab.records import Answer, Message, Prompt

pytest.importorskip("openai")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def prompts(n: int) -> list[Prompt]:
    return [Prompt(id=f"p{i}", messages=(Message(role="user", content=f"say {i}"),)) for i in range(n)]


def message(content: Any, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "finish_reason": finish, "message": {"content": content, **more}}]}


def read(body: dict[str, Any], **more: Any) -> Reply:
    return read_reply(json.dumps({**body, **more}), cap=16)


PARTS = [{"type": "text", "text": "Boil "}, {"type": "text", "text": "water."}]


@pytest.mark.case("F30", "content in parts is joined; nulls in usage, choices and reasons are not counted")
@pytest.mark.parametrize(
    "content",
    [
        PARTS,
        ["Boil ", "water."],
        [{"type": "output_text", "text": "Boil water."}],
        {"type": "text", "text": "Boil water."},
        [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, *PARTS],
        [None, *PARTS],
    ],
)
def test_an_answer_in_parts_is_joined(content: Any) -> None:
    assert read(message(content)).text == "Boil water."


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (message(5), "a number"),
        (message(0.0), "a number"),
        (message(True), "a truth value"),
        (message([]), ""),
        (message([1, 2]), "a number"),
        (message([["Boil water."]]), "a list in a list"),
        (message([{"type": "image_url", "image_url": {"url": "data:"}}] * 2), "image_url"),
        (message({"type": "audio", "data": "x"}), "audio"),
        (message({"answer": "Boil water."}), "answer"),
        (message([{"type": "text", "text": ""}, {"type": "image"}]), "image"),
        (message([{"type": "text", "text": 5}]), ""),
        (message(None, "tool_calls", tool_calls=[{"id": "1"}]), "tool_calls"),
        (message(None, audio={"id": "a", "data": ""}), "audio"),
        (message("", images=[{"url": "x"}]), "images"),
        (message(None), ""),
        ({"choices": [{"text": 5}]}, "a number"),
    ],
)
def test_an_answer_that_is_no_text_is_not_judged_and_says_what_came(body: dict[str, Any], what: str) -> None:
    reply = read(body)
    assert (reply.text, reply.why, reply.outcome) == ("", what, "no text" if what else None)
    answer = Answer(prompt_id="p", index=0, text=reply.text, tokens=0, ended=True, outcome=reply.outcome, why=reply.why)
    assert answer.withheld == (f"no text in the answer: {what}" if what else "")


@pytest.mark.parametrize("content", [PARTS, [{"type": "image_url"}, *PARTS], [5, *PARTS]])
def test_text_beside_something_else_is_the_answer(content: Any) -> None:
    reply = read(message(content, tool_calls=[{"id": "1"}]))
    assert (reply.text, reply.outcome) == ("Boil water.", None)


@pytest.mark.case("F30", "content in parts is joined; nulls in usage, choices and reasons are not counted")
def test_nulls_are_not_counted() -> None:
    nulls = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"))
    one = read(message("hi"), usage=nulls, system_fingerprint=None, model=None, error=None)
    assert (one.text, one.tokens_in, one.tokens_out, one.counted, one.served) == ("hi", 0, 0, False, None)
    assert read({"choices": [None, *message("hi")["choices"]]}).text == "hi"
    assert read({"choices": [{"message": None, "text": "hi", "finish_reason": None}]}).text == "hi"
    for nothing in ({"choices": None}, {"choices": [None]}, {"choices": [{"message": None, "text": None}]}):
        with pytest.raises(ValueError, match="choice"):
            read(nothing)


@pytest.mark.parametrize(
    "more",
    [
        {"usage": {"prompt_tokens": 1.5, "completion_tokens": -2}},
        {"usage": []},
        {"usage": "none", "model": 7, "system_fingerprint": 3},
    ],
)
def test_odd_figures_beside_an_answer_lose_no_answer(more: dict[str, Any]) -> None:
    one = read(message("hi", 5), **more)
    assert (one.text, one.counted, one.outcome) == ("hi", False, None)


def test_an_empty_text_beside_a_filters_results_was_filtered() -> None:
    results = {"content_filter_results": {"hate": {"filtered": True, "severity": "high"}}}
    (choice,) = message("")["choices"]
    assert read({"choices": [choice | results]}).outcome == "filtered"
    passed = {"content_filter_results": {"hate": {"filtered": False}}}
    assert read({"choices": [choice | passed]}).outcome is None


def test_an_error_in_the_place_of_an_answer_is_no_answer() -> None:
    reply = read({"choices": [{"message": None, "error": {"code": 502, "message": "gone"}}]})
    assert (reply.text, reply.outcome) == ("", "not answered")
    assert "gone" in reply.why


@pytest.mark.case("F09", "an answer whose text is null, with its thought in a field, is thought without an answer")
@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "I would"},
        {"reasoning": "I would"},
        {"thinking": "I would"},
        {"reasoning": {"content": "I would"}},
        {"reasoning_details": [{"type": "reasoning.text", "text": "I "}, {"type": "x", "summary": "would"}]},
    ],
)
def test_thought_in_a_field_of_its_own_is_no_answer(fields: dict[str, Any]) -> None:
    alone, before = read(message(None, "length", **fields)), read(message("Yes.", **fields))
    assert (alone.text, before.text) == ("", "Yes.")
    assert (alone.thought or "").split() == (before.thought or "").split() == ["I", "would"]


@pytest.mark.case("F10", "a refusal in the API's own field is a refusal with its text; a filter's stop is another")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (message(None, refusal="Je ne peux pas."), "Je ne peux pas."),
        (message([{"type": "refusal", "refusal": "No can do."}]), "No can do."),
        (message("I won't.", "refusal"), "I won't."),
        (message("", "refusal"), ""),
    ],
)
def test_a_refusal_of_the_apis_own(body: dict[str, Any], text: str) -> None:
    reply = read(body)
    assert (reply.text, reply.outcome, reply.ended) == (text, "refused", True)
    assert read(message("hi", refusal=None)).outcome is None
    assert read(message("hi", refusal="")).outcome is None


@pytest.mark.case("F10", "a refusal in the API's own field is a refusal with its text; a filter's stop is another")
@pytest.mark.parametrize(
    "finish",
    [
        "content_filter",
        "content-filter",
        "SAFETY",
        "FinishReason.SAFETY",
        "content_filter: RECITATION",
        "sensitive",
        "content_policy_violation",
        "guardrails",
        "moderation",
        "output_blocked",
    ],
)
def test_a_filters_stop(finish: str) -> None:
    reply = read(message("Half an ans", finish))
    assert (reply.outcome, reply.why, reply.ended) == ("filtered", finish, False)
    flagged = {"prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": True}}}]}
    assert read({"choices": []}, **flagged).outcome == "filtered"
    seen = {"prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": False}}}]}
    assert read(message("hi"), **seen).outcome is None


@pytest.mark.parametrize(
    ("finish", "tokens", "ended", "cut"),
    [
        ("stop", 3, True, False),
        ("eos_token", 3, True, False),
        ("end_turn", 3, True, False),
        ("STOP", 3, True, False),
        ({"type": "stop"}, 3, True, False),
        ("length", 16, False, True),
        ("MAX_TOKENS", 16, False, True),
        (None, 3, True, False),
        (None, 16, False, False),
        (None, None, False, False),
        ("who knows", 3, True, False),
        ("who knows", None, False, False),
    ],
)
def test_why_an_answer_stopped(finish: Any, tokens: int | None, ended: bool, cut: bool) -> None:
    reply = read(message("hi", finish), usage={"prompt_tokens": 2, "completion_tokens": tokens})
    assert (reply.ended, reply.cut) == (ended, cut)
    assert reply.end_told == (tokens is not None or finish not in (None, "who knows"))
    alone = read(message("hi", finish), usage={"prompt_tokens": None, "completion_tokens": tokens})
    assert (alone.ended, alone.cut, alone.end_told) == (ended, cut, reply.end_told)


FILTERED = [
    {"error": {"code": "content_filter", "message": "The response was filtered", "param": "prompt", "status": 400}},
    {"error": {"code": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}, "message": "no"}},
    {"error": {"innererror": {"content_filter_result": {"violence": {"filtered": True, "severity": "high"}}}}},
    {"error": {"code": "invalid_prompt", "message": "Your prompt was flagged as potentially violating our policy."}},
    {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."},
    {"error": {"message": "Content Exists Risk", "type": "invalid_request_error", "code": "invalid_request_error"}},
    {"error": {"type": "content_filter", "message": "The request was rejected because it was considered high risk"}},
    {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}},
    {"detail": "Blocked by the safety filter"},
    {"error": {"message": "Guardrail intervened: request blocked by Bedrock guardrail"}},
]
NOT_FILTERED = [
    {"error": {"message": "max_tokens is too large: 9000", "type": "invalid_request_error", "param": "max_tokens"}},
    {"error": {"message": "Unknown parameter: 'content_filter'", "code": "unknown_parameter"}},
    {"error": {"message": "This model's maximum context length is 4096 tokens"}},
    {"error": {"message": "no", "innererror": {"content_filter_result": {"hate": {"filtered": False}}}}},
    {"detail": "temperature must be at least 0"},
    "bad request",
    None,
]


@pytest.mark.case("F11", "a prompt that a provider's filter stops is counted as filtered, and the rest goes on")
@pytest.mark.parametrize("body", FILTERED)
def test_a_filter_is_known_by_its_words(body: Any) -> None:
    assert is_filtered(body)


@pytest.mark.parametrize("body", NOT_FILTERED)
def test_what_is_no_filter(body: Any) -> None:
    assert not is_filtered(body)


@pytest.mark.case("F11", "a prompt that a provider's filter stops is counted as filtered, and the rest goes on")
@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, FILTERED[0], "filtered"),
        (403, {"error": {"message": "The input was flagged as harmful and requires moderation"}}, "filtered"),
        (400, {"error": {"message": "prompt is too long: 5000 tokens"}}, "not answered"),
        (422, {"detail": "this one I do not take"}, "not answered"),
    ],
)
def test_one_prompt_that_is_not_taken_does_not_end_the_run(status: int, body: Any, outcome: str) -> None:
    def say(asked: Asked) -> Says:
        bad = asked.body["messages"][-1]["content"] in ("say 0", "say 7")
        return Says(body, status=status) if bad else chat("hi")

    with serving(say) as stub:
        answers = Endpoint(stub.url, "tiny").answers(prompts(9), samples=1, decoding=How(), seed=0)
    assert [each.outcome for each in answers] == [outcome if i in (0, 7) else None for i in range(9)]
    assert [each.withheld for each in answers if each.outcome] == [outcome] * 2
    assert all(each.why for each in answers if each.outcome)
    assert len(stub.asked) == 9


@pytest.mark.case("F11", "a prompt that a provider's filter stops is counted as filtered, and the rest goes on")
def test_a_request_that_no_prompt_is_taken_with_ends_the_run_at_once() -> None:
    wrong = Says({"error": {"message": "max_tokens is too large"}}, status=400)
    with serving(wrong) as stub, pytest.raises(UserError, match="400: max_tokens is too large"):
        Endpoint(stub.url, "tiny").answers(prompts(60), samples=1, decoding=How(), seed=0)
    assert len(stub.asked) == FIRST
    with serving(chat("hi"), wrong) as stub:
        asked = Endpoint(stub.url, "tiny")
        asked.answers(prompts(1), samples=1, decoding=How(), seed=0)
        with pytest.raises(UserError, match="too large"):
            asked.answers(prompts(FIRST), samples=1, decoding=How(), seed=0)


def test_the_last_few_prompts_may_all_be_too_long() -> None:
    too_long = Says({"error": {"message": "maximum context length is 64"}}, status=400)
    with serving(chat("hi"), too_long) as stub:
        asked = Endpoint(stub.url, "tiny")
        asked.answers(prompts(1), samples=1, decoding=How(), seed=0)
        last = asked.answers(prompts(FIRST - 1), samples=1, decoding=How(), seed=0)
    assert [each.outcome for each in last] == ["not answered"] * (FIRST - 1)


@pytest.mark.case("F32", "who a server says has answered is kept, and another model under the same name is told")
def test_who_has_answered_is_kept() -> None:
    first = read(message("hi"), model="small-2026", system_fingerprint="fp_1")
    assert first.served == "small-2026 (fp_1)"
    assert read(message("hi"), model="small-2026").served == "small-2026"
    says = [Says({**message("hi"), "model": "small", "system_fingerprint": mark}) for mark in ("a", "b", "b")]
    with serving(*says) as stub:
        asked = Endpoint(stub.url, "tiny", workers=1)
        answers = asked.answers(prompts(3), samples=1, decoding=How(), seed=0)
    assert [each.served for each in answers] == ["small (a)", "small (b)", "small (b)"]
    assert asked.served == ("small (a)", "small (b)")
