"""What people said as records: their wire form, and which of them stand."""

import pytest
from pydantic import ValidationError

from trimtab.records import Judgement, standing


def judgement(id_: str, said: dict[str, object], **more: object) -> Judgement:
    given = {"id": id_, "item": "i", "reviewer": "bo", "when": "2026-11-28T10:00:00Z", "said": said}
    return Judgement.model_validate({**given, **more})


RULE = {"policy": "d", "rule": "r", "rule_version": "v"}
FIRST = {"kind": "pair", "choice": "first"}


@pytest.mark.parametrize(
    "said",
    [
        {**FIRST, "strength": 3, "why": "clearer"},
        {"kind": "rubric", "marks": {"honest": 2, "helpful": None}, "reasons": {"honest": "made up"}},
        {"kind": "flag", "flags": [{"start": 0, "end": 2, "quote": "é😀", **RULE}]},
        {"kind": "flag", "flags": [{"x": 0.3333, "y": 0, "width": 0.6667, "height": 1, **RULE}]},
        {"kind": "flag", "flags": [{"from_seconds": 0, "to_seconds": 1.5, "note": "loud", **RULE}]},
        {"kind": "claims", "claims": [{"start": 1, "end": 2, "quote": "a", "verdict": "unsupported"}]},
        {"kind": "edit", "text": "better"},
        {"kind": "thumb", "liked": None},
        {"kind": "skip"},
    ],
    ids=lambda said: said["kind"],
)  # fmt: skip
def test_each_kind_is_read_back_as_it_was_written(said: dict[str, object]) -> None:
    made = judgement("j", said, order=[1, 0], shown_ms=5)
    assert Judgement.from_json(made.to_json()) == made
    assert made.said.kind == said["kind"]


def test_what_was_superseded_withdrawn_or_skipped_does_not_stand() -> None:
    said = [
        judgement("1", FIRST),
        judgement("2", {"kind": "pair", "choice": "tie"}, supersedes="1"),
        judgement("3", {"kind": "skip"}),
        judgement("4", FIRST),
        judgement("5", {"kind": "withdrawn"}, supersedes="4"),
    ]
    assert [each.id for each in standing(said)] == ["2"]


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "pair", "choice": "tie", "strength": 1},
        {"kind": "withdrawn"},
        {"kind": "claims", "claims": [{"start": 1, "end": 5, "quote": "a", "verdict": "true"}]},
        {"kind": "flag", "flags": [{"x": 0.5, "y": 0, "width": 0.6, "height": 1, **RULE}]},
        {"kind": "flag", "flags": [{"x": 0, "y": 0, "width": 0, "height": 1, **RULE}]},
        {"kind": "flag", "flags": [{"from_seconds": 2, "to_seconds": 2, **RULE}]},
        {"kind": "flag", "flags": [{"from_seconds": 0, "to_seconds": float("inf"), **RULE}]},
        {"kind": "rubric", "marks": {}},
        {"kind": "stars", "rating": 1},
    ],
)
def test_what_makes_no_sense_is_no_judgement(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        judgement("1", said)
    with pytest.raises(ValidationError, match="cannot replace itself"):
        judgement("1", FIRST, supersedes="1")
