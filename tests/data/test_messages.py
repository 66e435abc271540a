"""Messages of every usual form: what they hold is kept, or refused by its name."""

import json
from pathlib import Path
from typing import Any

import pytest

from trimtab.data import RowError, read_comparisons, read_feedback, read_frame, read_prompts, read_responses
from trimtab.data.parts import conversation_of, messages
from trimtab.errors import UserError
from trimtab.records import Demonstration, Message, asked_of, text_of

USER, ASSISTANT, TOOL = "user", "assistant", "tool"
CALL = {"id": "k1", "type": "function", "function": {"name": "weather", "arguments": {"town": "Ulm"}}}
AS_TEXT = {**CALL, "function": {"name": "weather", "arguments": '{"town": "Ulm"}'}}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]


def asked(**more: Any) -> dict[str, Any]:
    return {"role": USER, "content": "Is it cold in Ulm?", **more}


SAME = {
    "null keys": [asked(name=None, tool_calls=None, function_call=None)],
    "empty keys": [asked(tool_calls=[], reasoning_content="", name="")],
    "a part": [asked(content=[{"type": "text", "text": "Is it cold in Ulm?"}])],
    "parts with a table's nulls": [
        asked(content=[{"type": "text", "text": "Is it ", "image_url": None}, {"type": "text", "text": "cold in Ulm?"}])
    ],
    "parts of the responses API": [asked(content=[{"type": "input_text", "text": "Is it cold in Ulm?"}])],
    "texts": [asked(content=["Is it cold", " in Ulm?"])],
    "one message": asked(),
    "JSON text": json.dumps([asked()]),
    "JSON text, indented": json.dumps([asked(name=None)], indent=2),
    "JSON text of one": json.dumps(asked()),
    "Python's text": str([asked(name=None)]),
}


@pytest.mark.case("F42", "a list of messages that was kept as JSON text is read")
@pytest.mark.case("null-keys.jsonl", "a message's keys without a value are as absent")
@pytest.mark.case("F28", "content in parts, tools and thoughts are read")
@pytest.mark.parametrize("given", SAME.values(), ids=SAME)
def test_the_same_message_in_many_forms(given: Any) -> None:
    assert messages(given, "prompt", USER) == (Message(role=USER, content="Is it cold in Ulm?"),)
    row = {"prompt": given, "chosen": "yes", "rejected": "no"}
    assert read_comparisons([row]).kept == read_comparisons([row | {"prompt": "Is it cold in Ulm?"}]).kept
    assert (
        read_frame([row])
        .table.drop("prompt_key")
        .equals(read_frame([row | {"prompt": "Is it cold in Ulm?"}]).table.drop("prompt_key"))
    )


def test_text_that_only_looks_a_little_like_messages_stays_text() -> None:
    for text in ("[1, 2]", "{}", '{"town": "Ulm"}', '["role"]', "[role: user]", "{% if role %}"):
        assert messages(text, "chosen")[0].content == text
    with pytest.raises(RowError, match="kept as text, and cannot be read"):
        messages("[{'role': 'user', 'content': 'a'}\n {'role': 'assistant'", "chosen")  # as numpy writes one


CALLS = {
    "arguments as an object": {"role": ASSISTANT, "content": None, "tool_calls": [CALL]},
    "arguments as text": {"role": ASSISTANT, "content": "", "tool_calls": [AS_TEXT]},
    "calls as text": {"role": ASSISTANT, "content": None, "tool_calls": json.dumps([AS_TEXT])},
    "Anthropic's": {
        "role": ASSISTANT,
        "content": [{"type": "tool_use", "id": "k1", "name": "weather", "input": {"town": "Ulm"}}],
    },
}
RESULTS = {
    "a tool's message": {"role": TOOL, "tool_call_id": "k1", "content": "-3"},
    "parts": {"role": TOOL, "tool_call_id": "k1", "content": [{"type": "text", "text": "-3"}]},
    "Anthropic's": {"role": USER, "content": [{"type": "tool_result", "tool_use_id": "k1", "content": "-3"}]},
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_calls_and_results_of_tools(call: Any, result: Any) -> None:
    said = [asked(), call, result, {"role": ASSISTANT, "content": "Yes, -3 degrees."}]
    (row,) = read_feedback([{"messages": said, "tools": TOOLS}]).kept
    assert isinstance(row, Demonstration)
    assert [message.role for message in row.prompt] == [USER, ASSISTANT, TOOL]
    assert row.prompt[1].model_dump() == {"role": ASSISTANT, "content": "", "tool_calls": [CALL]}
    assert row.prompt[2].model_dump() == {"role": TOOL, "content": "-3", "tool_call_id": "k1"}
    assert row.prompt[0].model_dump()["tools"] == TOOLS
    assert (asked_of(row.prompt), text_of(row.completion)) == ("Is it cold in Ulm?", "Yes, -3 degrees.")
    assert Demonstration.from_json(row.to_json()) == row
    assert hash(row.prompt)


def test_the_older_form_of_calls() -> None:
    call = {"role": ASSISTANT, "content": None, "function_call": {"name": "weather", "arguments": "{}"}}
    made = messages([asked(), call, {"role": "function", "name": "weather", "content": "-3"}], "prompt")
    assert made[1].model_dump()["tool_calls"] == [
        {"type": "function", "function": {"name": "weather", "arguments": {}}}
    ]
    assert (made[2].role, made[2].name) == (TOOL, "weather")


THOUGHTS = {
    "beside it": {"role": ASSISTANT, "content": "Yes.", "reasoning_content": "Ulm, winter."},
    "as services call it": {"role": ASSISTANT, "content": "Yes.", "reasoning": "Ulm, winter."},
    "as a template calls it": {"role": ASSISTANT, "content": "Yes.", "thinking": "Ulm, winter."},
    "in two columns": {"role": ASSISTANT, "content": "Yes.", "thinking": "Ulm, winter.", "reasoning": "Ulm, winter."},
    "a part": {
        "role": ASSISTANT,
        "content": [{"type": "thinking", "thinking": "Ulm, winter."}, {"type": "text", "text": "Yes."}],
    },
}


@pytest.mark.parametrize("said", THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts(said: Any) -> None:
    (made,) = messages([said], "chosen")
    assert (made.content, made.reasoning_content) == ("Yes.", "Ulm, winter.")
    assert text_of((made,)) == "Yes."


REFUSED = {
    "an image": (asked(content=[{"type": "image_url", "image_url": {"url": "x"}}]), "of the kind image_url"),
    "an image of two parts": (asked(content=[{"type": "text", "text": "a"}, {"type": "image"}]), "of the kind image"),
    "sound": (asked(content=[{"type": "input_audio", "input_audio": {}}]), "of the kind input_audio"),
    "a hidden thought": (asked(content=[{"type": "redacted_thinking", "data": "x"}]), "of the kind redacted_thinking"),
    "a number": (asked(content=5), "content: is neither text"),
    "another key": (asked(weight=0), "weight: is no key"),
    "another role": ({"role": "narrator", "content": "a"}, "role: is not system, user, assistant or tool"),
    "a user's thought": (asked(reasoning_content="hm"), "reasoning_content: is a key of messages of the assistant"),
    "a user's call": (asked(tool_calls=[CALL]), "tool_calls: is a key of messages of the assistant"),
    "a call of nothing": ({"role": ASSISTANT, "content": None, "tool_calls": [{"id": "k"}]}, "names no function"),
    "calls that are none": ({"role": ASSISTANT, "content": None, "tool_calls": "yes"}, "is no list of calls"),
}


@pytest.mark.parametrize(("given", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_refused_by_name(given: Any, why: str) -> None:
    with pytest.raises(RowError, match=why):
        messages([given], "prompt")
    found = read_comparisons([{"prompt": [given], "chosen": "a", "rejected": "b"}])
    assert why in found.rejected[0].reason
    assert why in read_frame([{"prompt": [given], "chosen": "a", "rejected": "b"}]).rejected[0].reason


@pytest.mark.case("F12", "a system column is the conversation's system message")
@pytest.mark.case("system-column.jsonl", "a system column is the conversation's system message")
@pytest.mark.parametrize("name", ["system", "system_prompt", "system_message"])
def test_a_system_column_is_the_system_message(name: str, tmp_path: Path) -> None:
    both = {"prompt": "q", "chosen": "a", "rejected": "b"}
    system = Message(role="system", content="Rhyme.")
    kinds: list[dict[str, Any]] = [
        both,
        {"prompt": "q", "completion": "a"},
        {"prompt": "q", "completion": "a", "label": True},
        {"messages": [asked(), {"role": ASSISTANT, "content": "a"}]},
        {side: [asked(), {"role": ASSISTANT, "content": side}] for side in ("chosen", "rejected")},
    ]  # fmt: skip
    for row in kinds:
        (kept,) = read_feedback([{name: "Rhyme.", **row}]).kept
        assert kept.prompt[0] == system
        (plain,) = read_feedback([{name: None, **row}]).kept
        assert kept.prompt[1:] == plain.prompt
    assert read_frame([{name: "Rhyme.", **both}]).table["before"].to_list() == ["Rhyme."]
    assert read_frame([{name: "", **both}]).table["before"].to_list() == [""]
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"id": "a", name: "Rhyme.", "prompt": "q"}))
    assert read_prompts(path)[0].messages[0] == system


def test_two_system_messages_that_differ_are_no_row() -> None:
    row = {"prompt": [{"role": "system", "content": "Rhyme."}, asked()], "chosen": "a", "rejected": "b"}
    assert len(read_comparisons([{**row, "system": "Rhyme.\n"}]).kept[0].prompt) == 2
    assert "system is not what the prompt's own" in read_comparisons([{**row, "system": "Sing."}]).rejected[0].reason
    assert "system is no text" in read_comparisons([{**row, "system": ["Sing."]}]).rejected[0].reason


def test_tools_in_every_place() -> None:
    wanted = conversation_of({"prompt": [asked(tools=TOOLS)]})
    for given in (TOOLS, json.dumps(TOOLS)):
        assert conversation_of({"prompt": [asked()], "tools": given}) == wanted
    assert conversation_of({"prompt": [asked()], "functions": [TOOLS[0]["function"]]}) == wanted
    assert conversation_of({"prompt": [asked()], "tools": "[]"})[0].tools is None
    with pytest.raises(RowError, match="tools is no list of tools"):
        conversation_of({"prompt": "q", "tools": "weather"})
    with pytest.raises(RowError, match="not the tools"):
        conversation_of({"prompt": [asked(tools=TOOLS)], "tools": [{"name": "other"}]})


def test_a_prompt_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"id": "a", "prompt": [asked(content=[{"type": "image"}])]}))
    with pytest.raises(UserError, match=r"p\.jsonl line 1 is no prompt") as told:
        read_prompts(path)
    assert "of the kind image" in told.value.why


@pytest.mark.case("F17", "the assistant's last message is scored, wherever the conversation ends")
@pytest.mark.case("score-user-last.jsonl", "the assistant's last message is scored, not the user's after it")
def test_what_the_assistant_says_last_is_the_response() -> None:
    said = [
        {"role": "system", "content": "Be kind."},
        asked(),
        {"role": ASSISTANT, "content": "I can't tell."},
        {"role": USER, "content": "Thanks!"},
    ]
    for given in (
        said,
        json.dumps(said),
        "\n\nHuman: Is it cold in Ulm?\n\nAssistant: I can't tell.\n\nHuman: Thanks!",
    ):
        (found,) = read_responses([{"talk": given}], response="talk").kept
        assert (found.prompt, found.text) == ("Is it cold in Ulm?", "I can't tell.")
    (found,) = read_responses([{"prompt": "Sure?", "response": said[2:]}]).kept
    assert (found.prompt, found.text) == ("Sure?", "I can't tell.")
    turns = [{"role": ASSISTANT, "content": "No."}, asked(), {"role": ASSISTANT, "content": "Yes."}]
    (first, _) = read_responses([{"prompt": "q", "chosen": turns, "rejected": "b"}]).kept
    assert first.text == "Yes."
    bad = [
        {"response": said[:2]},
        {"response": [{**said[2], "content": None, "tool_calls": [CALL]}]},
        {"response": "x"},
    ]
    reasons = [each.reason for each in read_responses(bad).rejected]
    assert reasons == ["response has no assistant's message", "response ends with a tool call, which is no text"]


def test_a_users_turn_within_an_answer_is_no_word_of_the_answer() -> None:
    turns = [{"role": ASSISTANT, "content": "No."}, asked(), {"role": ASSISTANT, "content": "Yes."}]
    row = {"prompt": "q", "chosen": turns, "rejected": "b"}
    assert read_frame([row]).table["chosen"].to_list() == ["No.\nYes."]
    assert read_comparisons([row]).kept[0].chosen_text == "No.\nYes."
