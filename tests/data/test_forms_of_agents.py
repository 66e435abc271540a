"""Rows of agents, of Potato and of the arena's log: calls of tools, and who preferred what."""

import json
from typing import Any

import pytest

from forms_of_others import ASK, COMPARISONS, GOOD, HUMAN, POOR, TOOL, said, shared
from reading import the, why_not
from trimtab.data import form_named, form_of
from trimtab.records import Comparison, Demonstration, Thumb, text_of

CALL = '{"name": "look_up", "arguments": {"what": "birds"}}'
AGENTS: dict[str, dict[str, Any]] = {
    "ShareGPT": {
        "conversations": [
            shared("human", ASK), shared("function_call", CALL), shared("observation", "falcon"), shared("gpt", GOOD),
        ],
        "tools": json.dumps([TOOL]),
    },
    "ms-swift": {
        "messages": [
            *HUMAN, {"role": "tool_call", "content": CALL}, {"role": "tool_response", "content": "falcon"}, *said(GOOD),
        ],
        "tools": json.dumps([{"type": "function", "function": TOOL}]),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "row"), AGENTS.items())
def test_tools_are_read(name: str, row: dict[str, Any]) -> None:
    kept = the(row)
    assert form_of(row) is form_named(name)
    assert isinstance(kept, Demonstration)
    user, call, found = kept.prompt
    assert [message.role for message in kept.prompt] == ["user", "assistant", "tool"]
    assert user.model_dump()["tools"] == [{"type": "function", "function": TOOL}]
    made = [{"type": "function", "function": {"name": "look_up", "arguments": {"what": "birds"}}}]
    assert call.model_dump()["tool_calls"] == made
    assert (found.content, text_of(kept.completion)) == ("falcon", GOOD)


def test_tools_beside_what_is_preferred() -> None:
    turns, tools = AGENTS["ShareGPT"]["conversations"], AGENTS["ShareGPT"]["tools"]
    pair = the({"conversations": turns[:3], "chosen": turns[3], "rejected": shared("gpt", POOR), "tools": tools})
    first = the(
        {"conversations": turns[:1], "chosen": turns[1], "rejected": shared("gpt", POOR), "tools": f"[{tools[1:-1]}]"}
    )
    whole, messages = AGENTS["ms-swift"], AGENTS["ms-swift"]["messages"]
    sides = the(whole | {"rejected_messages": [*messages[:3], *said(POOR)]})
    thumb = the(whole | {"label": False})
    calls = the({"conversations": [turns[0], turns[1], turns[1], turns[2], turns[3]], "tools": tools})
    assert isinstance(pair, Comparison)
    assert (pair.chosen_text, pair.rejected_text, len(pair.prompt)) == (GOOD, POOR, 3)
    assert isinstance(first, Comparison)
    assert (first.chosen[0].tool_calls is None, first.prompt[0].tools is None) == (False, False)
    assert isinstance(sides, Comparison)
    assert (sides.chosen_text, sides.rejected_text, len(sides.prompt)) == (GOOD, POOR, 3)
    assert isinstance(thumb, Thumb)
    assert (thumb.label, thumb.prompt[0].tools is None) == (False, False)
    assert isinstance(calls, Demonstration)
    assert len(calls.prompt[1].model_dump()["tool_calls"]) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"conversations": [shared("human", ASK), shared("function_call", "{}")]}, "a call of a tool is '{}'"),
        (AGENTS["ms-swift"] | {"rejected_response": POOR}, "give `rejected_messages`"),
        (AGENTS["ms-swift"] | {"tools": "weather"}, "`tools` is no list of tools"),
    ],
)
def test_what_an_agents_row_does_not_tell_is_refused(row: dict[str, Any], reason: str) -> None:
    assert reason in why_not(row)


def potato(**change: Any) -> dict[str, Any]:
    return COMPARISONS["Potato"] | change


@pytest.mark.parametrize(
    ("labels", "better"),
    [
        ({"p": {"selection": "A"}}, POOR),
        ({"p": {"scale_value": "-2"}}, POOR),
        ({"p": {"scale_value": 1}}, GOOD),
        ({"p": {"help": "B", "truth": "tie", "justification": '{"rationale": "A is wrong"}'}}, GOOD),
        ('{"p": {"selection": "B"}}', GOOD),
    ],
)
def test_potatos_ways_to_compare(labels: Any, better: str) -> None:
    kept = the(potato(labels=labels))
    assert isinstance(kept, Comparison)
    assert (kept.chosen_text, kept.provenance.annotator) == (better, "ann")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"labels": {"p": {"selection": "tie"}}}, "a tie"),
        ({"labels": {"p": {"scale_value": "0"}}}, "a tie"),
        ({"labels": {"p": {"help": "A", "truth": "B"}}}, "not told (help: A, truth: B)"),
        ({"labels": {"p": {"selection": "A"}, "q": {"selection": "B"}}}, "compared by p, q"),
        ({"labels": {"p": {"selection": "B"}, "quality": {"5": True}}}, "labels.quality"),
        ({"labels": {"mood": {"labels": {"good": True}}}}, "no comparison among its labels (mood)"),
        ({"source": "unresolved"}, "nobody has decided"),
        ({"item_data": {"prompt": ASK, "text": POOR}}, "which two items"),
        ({"item_data": {"prompt": ASK, "responses": [POOR, GOOD, ASK]}}, "which two items"),
        ({"item_data": {"prompt": ASK, "responses": [POOR, GOOD], "stars": 3}}, "`stars`"),
    ],
)
def test_what_potato_does_not_tell_is_refused(change: dict[str, Any], why: str) -> None:
    assert why in why_not(potato(**change))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"type": "tievote"}, "a tie"),
        ({"type": "bothbad_vote"}, "a tie"),
        ({"type": "chat"}, "no vote between two answers"),
        ({"states": [{"messages": [["U", ASK], ["A", None]]}] * 2}, "a turn without text"),
        ({"states": [{"messages": [["U", [ASK, ["an image"]]], ["A", GOOD]]}] * 2}, "a turn without text"),
        ({"states": [{"messages": [["U", ASK], ["A", GOOD]]}]}, "a vote is between two"),
    ],
)
def test_a_line_of_the_arenas_log_that_is_no_vote_is_told(change: dict[str, Any], why: str) -> None:
    assert why in why_not(COMPARISONS["LMArena votes"] | change)


def test_a_vote_keeps_who_answered_and_leaves_out_what_the_template_says_first() -> None:
    row = COMPARISONS["LMArena votes"]
    states = [one | {"offset": 2, "messages": [["U", "Hi"], ["A", "Hello"], *one["messages"]]} for one in row["states"]]
    kept = the(row | {"states": states, "type": "leftvote"})
    assert isinstance(kept, Comparison)
    assert (kept.chosen_text, kept.chosen_model, kept.rejected_model) == (POOR, "one", "two")
    assert len(kept.prompt) == 1
