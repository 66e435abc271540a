"""Records: what is written is read back, bytes are equal for equal values, and nothing unknown or broken gets in."""

import json

import pytest
from pydantic import ValidationError

from trimtab.records import (
    Answer,
    Comparison,
    Evaluation,
    Fact,
    Measure,
    Message,
    OptimizationPoint,
    Prompt,
    Provenance,
    Score,
    to_jsonl,
)


def _message(role: str, content: str) -> Message:
    return Message.model_validate({"role": role, "content": content})


COMPARISON = Comparison(
    id="a",
    prompt=(_message("system", "Be kind."), _message("user", "Hi — “you” 😊\u2028?")),
    chosen=(_message("assistant", "Hello!"),),
    rejected=(_message("assistant", "Greetings."), _message("assistant", "Sir.")),
    provenance=Provenance(source="s", judge="j", why="w", scores={"words": (1.0, None)}, ended=(True, None)),
)
POINT = OptimizationPoint(
    step=20, proxy=0.5, gold=0.25, kl=1.5, words=40.0, repetition=0.01, ended=1.0,
    rewards={"style": 0.5}, proxy_values=(0.0, 1.0), gold_values=(0.5, 0.0),
)  # fmt: skip
RECORDS = [
    POINT,
    COMPARISON,
    Prompt(id="p", messages=(_message("user", "q"),)),
    Fact(id="f", question="q", right="a", wrong=("b", "c", "d")),
    Answer(prompt_id="p", index=0, text="", tokens=0, ended=False),
    Score(scorer="words", value=None, reason="nothing to judge"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: type(r).__name__)
def test_what_is_written_is_read_back(record) -> None:
    line = record.to_json()
    assert "\n" not in line
    again = type(record).from_json(line)
    assert again == record
    assert again.to_json() == line


def test_one_line_a_record() -> None:
    text = to_jsonl([COMPARISON, COMPARISON])
    assert text.endswith("\n")
    assert [Comparison.from_json(line) for line in text.removesuffix("\n").split("\n")] == [COMPARISON] * 2
    assert to_jsonl([]) == ""


def test_comparison_is_trls_conversational_format() -> None:
    raw = json.loads(COMPARISON.to_json())
    models = ["chosen_model", "rejected_model"]
    assert list(raw) == ["id", "prompt", "chosen", "rejected", "kind", *models, "provenance"]
    assert raw["chosen"] == [{"role": "assistant", "content": "Hello!"}]
    assert COMPARISON.rejected_text == "Greetings.\nSir."


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: type(r).__name__)
def test_closed_to_unknown_keys_and_frozen(record) -> None:
    with pytest.raises(ValidationError):
        type(record).from_json(json.dumps({**json.loads(record.to_json()), "extra": 1}))
    field = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError):
        setattr(record, field, getattr(record, field))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Prompt, {"id": "p", "messages": []}),
        (Prompt, {"id": "", "messages": [{"role": "user", "content": "q"}]}),
        (Prompt, {"id": "p", "messages": [{"role": "user", "content": " \n"}]}),
        (Prompt, {"id": "p", "messages": [{"role": "assistant", "content": "q"}]}),
        (Message, {"role": "robot", "content": "q"}),
        (Fact, {"id": "f", "question": "q", "right": "a", "wrong": ["A ", "c", "d"]}),
        (Fact, {"id": "f", "question": "q", "right": "a", "wrong": ["", "c", "d"]}),
        (Fact, {"id": "f", "question": "q", "right": "a", "wrong": ["c", "d"]}),
        (Answer, {"prompt_id": "p", "index": -1, "text": "", "tokens": 0, "ended": True}),
    ],
)
def test_refused(kind, raw) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(raw)


def test_could_not_judge_is_no_zero() -> None:
    assert not Score(scorer="s", value=None).scored
    assert Score(scorer="s", value=0.0).scored


def test_measure_by_name() -> None:
    measure = Measure(
        metric="style.words", over="heldout", better="lower", unit="words", title="Words",
        values=(1.0, None), mean=1.0, low=1.0, high=1.0, n=1, unjudged={"empty": (1,)},
    )  # fmt: skip
    evaluation = Evaluation(model="m", fingerprint={}, items={"heldout": ("a", "b")}, measures=(measure,))
    assert evaluation.measure("style.words") == measure
    assert evaluation.measure("style.nothing") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"proxy": 0.6},
        {"gold": float("nan")},
        {"gold_values": (0.25,)},
        {"gold_values": ()},
        {"gold_values": (float("nan"), 0.5)},
        {"kl": float("inf")},
        {"step": -1},
    ],
)
def test_a_point_whose_means_are_not_those_of_its_values_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        OptimizationPoint.model_validate({**POINT.model_dump(), **wrong})
