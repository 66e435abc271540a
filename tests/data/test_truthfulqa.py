"""TruthfulQA's public forms give the same questions; what is no question is told with its place."""

import csv
import json
from pathlib import Path

import polars
import pytest

from trimtab.data import read_truthfulqa
from trimtab.errors import UserError
from trimtab.records import TruthfulItem

QUESTION = "Do cats have nine lives?"
RIGHT = ["No, cats have one life", "Cats live once, as we do"]
WRONG = ["Yes, nine", "Yes; they come back"]
MC1 = {"choices": [RIGHT[0], "Yes, nine", "Yes", "they come back"], "labels": [1, 0, 0, 0]}
MC2 = {"choices": [*RIGHT, "Yes, nine", "Yes", "they come back"], "labels": [1, 1, 0, 0, 0]}
ROW = {"question": QUESTION, "mc1_targets": MC1, "mc2_targets": MC2}


def as_csv(path: Path, **changes: str) -> Path:
    row = {
        "Type": "Adversarial",
        "Category": "Animals",
        "Question": QUESTION,
        "Best Answer": RIGHT[0],
        "Correct Answers": "; ".join([*RIGHT, RIGHT[0]]) + ";",
        "Incorrect Answers": "; ".join(WRONG),
        "Source": "made up",
        **changes,
    }
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def options(item: TruthfulItem) -> list[dict[str, bool]]:
    return [dict(zip(part.texts, part.right, strict=True)) for part in (item.mc1, item.mc2)]


def test_every_form_gives_the_same_question(tmp_path: Path) -> None:
    mapped = {**ROW, **{key: dict(zip(ROW[key]["choices"], ROW[key]["labels"], strict=True)) for key in ("mc1_targets", "mc2_targets")}}  # type: ignore[index]  # fmt: skip  # noqa: E501
    polars.DataFrame([ROW]).write_parquet(tmp_path / "hub.parquet")
    paths = [
        as_csv(tmp_path / "a.csv"),
        tmp_path / "hub.parquet",
        written(tmp_path / "hub.jsonl", json.dumps(ROW) + "\n"),
        written(tmp_path / "hub.json", json.dumps([ROW])),
        written(tmp_path / "mc_task.json", json.dumps([mapped], indent=1)),
    ]
    for path in paths:
        (item,) = read_truthfulqa(path)
        assert item.question == QUESTION
        assert options(item) == [
            {RIGHT[0]: True, "Yes, nine": False, "Yes": False, "they come back": False},
            {RIGHT[0]: True, RIGHT[1]: True, "Yes, nine": False, "Yes": False, "they come back": False},
        ]
    assert read_truthfulqa(paths[0])[0].category == "Animals"


def test_an_answer_in_both_columns_of_the_csv_is_right(tmp_path: Path) -> None:
    (item,) = read_truthfulqa(as_csv(tmp_path / "a.csv", **{"Incorrect Answers": f"{RIGHT[0]}; Yes"}))
    assert options(item) == [{RIGHT[0]: True, "Yes": False}, {RIGHT[0]: True, RIGHT[1]: True, "Yes": False}]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "Prompt,Answer\nwhy?,because\n", "no Question"),
        ("a.csv", "Question,Best Answer,Correct Answers,Incorrect Answers\nwhy?,so,so,\n", "no Incorrect Answers"),
        ("a.csv", "Question,Best Answer,Correct Answers,Incorrect Answers\n", "holds no row"),
        ("a.json", "{", "not JSON"),
        ("a.jsonl", "[1]\n", "not a JSON object"),
        ("a.jsonl", json.dumps({"question": QUESTION}), "no mc1_targets, no mc2_targets"),
        ("a.jsonl", json.dumps({**ROW, "mc1_targets": [1]}), "not a mapping"),
        ("a.jsonl", json.dumps({**ROW, "mc1_targets": MC2}), "exactly one right answer and has 2"),
        ("a.jsonl", json.dumps({**ROW, "mc2_targets": {"yes": 1}}), "at least 2"),
        ("a.jsonl", json.dumps({**ROW, "mc2_targets": {"yes": 1, "no": 1}}), "a right answer and a wrong one"),
        ("a.jsonl", json.dumps({**ROW, "mc2_targets": {"choices": ["a"], "labels": [1, 0]}}), "1 choices and 2 labels"),
        ("a.jsonl", json.dumps({**ROW, "question": 7}), "question"),
    ],
)
def test_what_is_no_question_is_told(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        read_truthfulqa(written(tmp_path / name, text))
    assert says in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_truthfulqa(tmp_path / "none.csv")
