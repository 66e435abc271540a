"""People's labels: each way to write one, several people an item, and rows that say nothing."""

from pathlib import Path
from typing import Any

import pytest

from trimtab.data import read_labels
from trimtab.errors import UserError

PAIR = {"id": "p", "prompt": "q?", "first": "Tea.", "second": "Rain."}


def answer(label: object, **more: object) -> dict[str, Any]:
    return {"prompt": "q?", "answer": "Tea.", "label": label, **more}


@pytest.mark.parametrize(("said", "label"), [(True, 1), ("no", 0), (1, 1), ("FALSE", 0), (0.0, 0), ("Yes", 1)], ids=str)
def test_a_label_is_yes_or_no(said: object, label: float) -> None:
    assert read_labels([answer(said)]).items[0].label == label


@pytest.mark.parametrize("said", [None, "cannot tell", 0.4, "maybe", "first"], ids=str)
def test_what_is_neither_is_rejected(said: object) -> None:
    found = read_labels([answer(said), answer(True, id="good")])
    assert (len(found.items), len(found.rejected), found.read) == (1, 1, 2)


def test_the_order_of_a_pair_is_its_texts_own() -> None:
    turned = {**PAIR, "first": "Rain.", "second": "Tea."}
    one, other = (read_labels([{**row, "preference": "first"}]).items[0] for row in (PAIR, turned))
    assert one.answers == other.answers
    assert {one.label, other.label} == {0.0, 1.0}
    ties = read_labels([{**PAIR, "preference": "tie"}, {**turned, "preference": "both bad"}]).items
    assert [(item.label, len(item.said)) for item in ties] == [(0.5, 2)]


def test_sources_follow_their_answers() -> None:
    (item,) = read_labels([{**PAIR, "preference": "first", "first_source": "a", "second_source": "b"}]).items
    assert dict(zip(item.answers, item.sources, strict=True)) == {"Tea.": "a", "Rain.": "b"}


def test_each_person_speaks_once_of_an_item_and_a_rule_parts_items() -> None:
    found = read_labels(
        [
            answer(True, person="eva", rule="a"),
            answer(False, person="tom", rule="a"),
            answer(False, person="eva", rule="a"),
            answer(True, person="eva", rule="b"),
        ]
    )
    assert [(item.rule, item.label) for item in found.items] == [("a", 0.5), ("b", 1.0)]
    assert [each.reason for each in found.rejected] == ["eva has labelled the same item before"]
    assert (found.people, found.read) == (2, 4)


def test_feedback_that_judges_is_labels() -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": "q?", "completion": "Tea.", "label": True},
        {"prompt": "q?", "completion": "Sun.", "rating": 1, "low": 1, "high": 5},
        {"prompt": "q?", "completion": "Dog.", "rating": 3, "low": 1, "high": 5},
        {"prompt": "q?", "completion": "Cat."},
    ]
    found = read_labels(rows)
    assert [item.label for item in found.items] == [1.0, 0.0]
    assert [each.reason.split(",")[0] for each in found.rejected] == [
        "rated in the middle of the scale",
        "demonstrations are no labels that a judge can be held against",
    ]
    (pair,) = read_labels([{"prompt": "q?", "chosen": "Tea.", "rejected": "Rain."}]).items
    assert pair.answers[0 if pair.label == 1 else 1] == "Tea."


def test_columns_that_are_not_read_and_equal_answers_are_told() -> None:
    rows = [answer(True, labl=False), {**PAIR, "second": "Tea. ", "preference": "first"}, answer(True)]
    assert [each.reason for each in read_labels(rows).rejected] == [
        "a column that labels do not have: labl",
        "both answers are equal",
    ]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([answer(True), {**PAIR, "preference": "tie"}], "single answers and the others are pairs"),
        ([answer("?")], "None of its 1 rows is a label; the first: label is '?'"),
        ([{"id": "j", "item": "x", "reviewer": "r", "said": {"kind": "skip"}}], "holds no text"),
    ],
)
def test_what_holds_no_labels_says_so(rows: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(UserError, match=why.replace("?", r"\?")):
        read_labels(rows)


def test_a_file_of_labels(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("prompt,answer,label,person\nq?,Tea.,yes,0\nq?,Tea.,no,1\n")
    assert read_labels(path).items[0].said == {"0": 1.0, "1": 0.0}
