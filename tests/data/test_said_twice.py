"""A row that says a prompt or an answer twice: where the two differ nothing is guessed, in whatever form they stand."""

import json
from typing import Any

import pytest

from trimtab.data import read_feedback, read_frame

ASKED, GOOD, BAD = "How do I boil an egg?", "Boil it for eight minutes.", "No idea."


def said(text: str, role: str = "assistant") -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("prompt", {"prompt": ASKED, "instruction": "Talk like a pirate.", "chosen": GOOD, "rejected": BAD}),
        ("completion", {"instruction": ASKED, "output": GOOD, "completion": BAD}),
        (
            "prompt",
            {"prompt": "Why?", "messages": [*said(ASKED, "user"), *said(GOOD)], "rejected_response": BAD},
        ),
    ],
)
def test_a_column_that_contradicts_a_forms_own_is_named(name: str, row: dict[str, Any]) -> None:
    feedback = read_feedback([row])
    assert feedback.rejected[0].reason.startswith(f"`{name}` says something else")
    assert read_frame([row]).table.height == 0


def test_a_column_that_repeats_a_forms_own_is_no_other() -> None:
    row = {"prompt": ASKED, "instruction": ASKED, "chosen": GOOD, "rejected": BAD}
    assert read_feedback([row]).rejected == ()


WRITTEN = {"JSON": json.dumps, "Python": str, "JSON, twice": lambda value: json.dumps(json.dumps(value))}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.case("F42", "messages that were written down as text, once or twice, by JSON or Python, are read")
def test_messages_written_as_text_are_read(how: str, whole: bool) -> None:
    begin = said(ASKED, "user") if whole else []
    row = {"prompt": ASKED, "chosen": WRITTEN[how](begin + said(GOOD)), "rejected": WRITTEN[how](begin + said(BAD))}
    table = read_frame([row]).table
    assert table.select("prompt", "chosen", "rejected").rows() == [(ASKED, GOOD, BAD)]


@pytest.mark.parametrize("how", WRITTEN)
def test_turns_of_another_form_as_text_are_no_answer(how: str) -> None:
    turns = {
        side: WRITTEN[how]([{"from": "gpt", "value": text}]) for side, text in (("chosen", GOOD), ("rejected", BAD))
    }
    assert read_frame([{"prompt": ASKED, **turns}]).table.height == 0


@pytest.mark.parametrize(
    "answer", ['[{"from": "Bonn", "to": "Köln"}]', '{"name": "egg"}', '"Boil it," she said.', '"[]"']
)
def test_an_answer_that_is_json_or_a_quotation_stays_one(answer: str) -> None:
    assert read_frame([{"prompt": ASKED, "chosen": answer, "rejected": BAD}]).table["chosen"].to_list() == [answer]
