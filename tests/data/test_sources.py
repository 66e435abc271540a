"""The same rows as a file, a list, records, a dataset and frames give the same comparisons and rejects."""

import json
from pathlib import Path
from typing import Any

import datasets
import pandas
import polars
import pytest

import trimtab as tt
from trimtab.data import read_comparisons, read_feedback, read_frame, read_responses, title_of
from trimtab.errors import UserError

ROWS: list[dict[str, Any]] = [
    {"id": "a", "prompt": "Why rain?", "chosen": "Clouds.", "rejected": "No idea.", "judge": "ann"},
    {"id": "b", "prompt": "Why sun?", "chosen": "Fusion.", "rejected": "Fusion.", "judge": None},
    {"id": "c", "prompt": "Why tea?", "chosen": "Leaves.", "rejected": "Because.", "judge": None},
]


def forms() -> dict[str, Any]:
    return {
        "list": ROWS,
        "tuple": tuple(ROWS),
        "dataset": datasets.Dataset.from_list(ROWS),
        "polars": polars.DataFrame(ROWS),
        "lazy": polars.LazyFrame(ROWS),
        "pandas": pandas.DataFrame(ROWS),
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.parametrize("form", forms())
def test_each_form_reads_as_the_file_does(path: Path, form: str) -> None:
    source = forms()[form]
    framed, expected = read_frame(source), read_frame(path)
    assert framed.table.equals(expected.table)
    assert [each.reason for each in framed.rejected] == [each.reason for each in expected.rejected]
    assert framed.rejected[0].row == "row 2"
    assert read_comparisons(source).kept == read_comparisons(path).kept
    assert read_feedback(source).kept == read_feedback(path).kept
    texts = read_responses(source, response="chosen")
    assert [row.text for row in texts.kept] == [row["chosen"] for row in ROWS]
    assert title_of(source) == "data"


def test_records_are_rows(path: Path) -> None:
    kept = read_comparisons(path).kept
    assert read_comparisons(kept).kept == kept


def test_what_is_no_table_is_refused() -> None:
    for source, why in (
        (3, "int"),
        ((row for row in ROWS), "generator"),  # read twice, it would be empty
        (ROWS[0], "mapping"),
        (datasets.DatasetDict({"train": datasets.Dataset.from_list(ROWS)}), "splits"),
    ):
        with pytest.raises(UserError, match=why):
            read_frame(source)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({0: "why?", 1: "red", None: "blue"}, "names of columns are no text (0, 1, None)"),
        ({"prompt": "why?", "chosen": "red", "rejected": "blue", 3: 7}, "a column's name is no text (3)"),
        ({("prompt", ""): "why?", b"response": "red"}, "no text (('prompt', ''), b'response')"),
    ],
    ids=["none", "one", "others"],
)
def test_a_column_whose_name_is_no_text_is_told_once(row: dict[Any, Any], told: str) -> None:
    (reject,) = read_feedback([row]).rejected
    assert told in reject.reason
    (framed,) = read_frame([row]).rejected
    assert framed.reason == reject.reason
    for verb in (tt.audit, tt.advise, tt.describe, lambda rows: tt.score(rows, "words")):
        with pytest.raises(tt.UserError) as stopped:
            verb([row])
        assert told in stopped.value.why


def test_a_column_without_a_name_can_be_ignored() -> None:
    rows = [{"prompt": "why?", "chosen": "red", "rejected": "blue", 3: 7}]
    assert len(read_feedback(rows, ignore=[3]).kept) == 1  # type: ignore[list-item]
