"""CSV as spreadsheets write it, and JSON in any of its files."""

import gzip
import json
from pathlib import Path

import pytest

from trimtab.data import read_comparisons, read_contrasts, read_feedback, read_prompts, read_responses
from trimtab.errors import UserError, UserNote
from trimtab.records import Comparison, Demonstration, kind_of

ROWS = [
    ["Prompt", " CHOSEN ", "Rejected", "Chosen model"],
    ["Why?", "Because; so, it is.", "No", "m"],
    ["When?", "Now", "Never", ""],
]


def table(mark: str) -> str:
    return "".join(mark.join(f'"{cell}"' for cell in row) + "\r\n" for row in ROWS)


@pytest.mark.case("F39", "semicolons, tabs, bars, headings of any case, and cp1252 are read")
@pytest.mark.case("comparisons.csv", "a CSV is read as its rows are")
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"], ids=["commas", "semicolons", "tabs", "bars"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_stands_between_the_cells(tmp_path: Path, mark: str, code: str) -> None:
    for name, text in (("c.csv", table(mark)), ("d.CSV", f"sep={mark}\r\n{table(mark)}"), ("e.tsv", table(mark))):
        (tmp_path / name).write_bytes(text.encode(code))
        first, second = read_comparisons(tmp_path / name).kept
        assert (first.prompt[0].content, first.chosen_text, first.rejected_text) == (
            "Why?",
            "Because; so, it is.",
            "No",
        )
        assert (first.chosen_model, second.chosen_model) == ("m", None)


def test_what_is_not_utf_8_is_said(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("prompt;response\nWieso?;Für den Fluß\n".encode("cp1252"))
    with pytest.warns(UserNote, match=r"read as cp1252.*“Für”"):
        (row,) = read_feedback(path).kept
    assert isinstance(row, Demonstration)
    assert row.completion[0].content == "Für den Fluß"
    path.write_bytes("prompt;response\nПочему так?;Потому что\n".encode("cp1251"))
    with pytest.raises(UserError, match="neither UTF-8 text nor"):
        read_feedback(path)


@pytest.mark.case("F19", "a quote that is never closed, and a heading that comes twice, are told")
def test_what_is_broken_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    for text, why in (
        ('prompt,response\nWhy?,so\nHow?,"never closed\nPick?,ok\n', "opens in the row of line 3 is never closed"),
        ('prompt,response\nHow?,"like "this" one"\n', "line 2 does not stand at the end of its cell"),
        ("prompt,response,Response\nHow?,a,b\n", "Columns 2 and 3 both have it"),
        ("prompt,a;response\nHow?,b;c\n", "can be cut at"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=why):
            read_responses(path)


def test_a_column_without_a_heading_numbers_the_rows_or_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(",prompt,response\n0,How?,So.\n1,Why?,Because.\n")
    assert [row.id for row in read_feedback(path).kept] == ["c.csv:row 1", "c.csv:row 2"]
    path.write_text("prompt,response,\nHow?,So.,bad\n,,\n")
    (reject,) = read_feedback(path).rejected
    assert "Its column 3 has a text (line 2) and no heading" in reject.reason


def test_a_row_with_too_many_cells_is_told_truly(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("prompt,response,\nHow?,So, like this,\nWhy?,Because,\n,,\n")
    found = read_feedback(path)
    assert (len(found.kept), found.read) == (1, 2)
    assert "4 cells and the heading 2 (line 2): a text with a comma in it" in found.rejected[0].reason
    path.write_text("prompt,response\nHow?,So, like this\n")
    with pytest.raises(UserError, match="the first: It has 3 cells"):
        read_responses(path)


@pytest.mark.parametrize("cell", ["NaN", "NULL", "#N/A", "None", "#REF!", " nan "])
def test_cells_that_hold_nothing_are_no_answers(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"prompt,response\nHow?,So\nWhy?,{cell}\n")
    with pytest.warns(UserNote, match=f"read as empty: 1 × {cell.strip()}"):
        found = read_responses(path)
    assert [row.text for row in found.kept] == ["So"]
    assert [reject.reason for reject in found.rejected] == ["its `response` is empty: there is no answer to score"]


@pytest.mark.parametrize(
    ("text", "options", "column"),
    [
        ("prompt,response\nHow?,So\nWhy?,\n", {}, "response"),
        ("prompt,response,model,tokens\nHow?,So,m,3\nWhy?,,m,3\n", {}, "response"),
        ("prompt;Answer\nHow?;So\nWhy?;\n", {}, "answer"),
        ("prompt,completion,rating,low,high\nHow?,So,3,1,5\nWhy?,,,1,5\n", {}, "completion"),
        ("question,reply\nHow?,So\nWhy?,\n", {"prompt": "question", "response": "reply"}, "reply"),
    ],
)
def test_an_answer_that_is_empty_is_called_so(tmp_path: Path, text: str, options: dict[str, str], column: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text)
    found = read_responses(path, **options)
    assert [row.text for row in found.kept] == ["So"]
    assert [reject.reason for reject in found.rejected] == [f"its `{column}` is empty: there is no answer to score"]


def test_what_is_judged_may_be_empty_and_answers_under_another_name_are_not() -> None:
    asked = {"prompt": "Why?", "response": None}
    found = read_responses([{"response": "So"}, asked | {"up": True}, asked | {"responses": ["So.", 5]}])
    assert [row.text for row in found.kept] == ["So"]
    thumb, ranking = (reject.reason for reject in found.rejected)
    assert thumb == "its `response` is empty: there is no answer to score"
    assert "empty" not in ranking


PAIR = {"prompt": "Why?", "chosen": "So.", "rejected": "No."}


@pytest.mark.case("comparisons-array.json", "a JSON array is read by every reader")
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.json.gz", "a"])
@pytest.mark.parametrize("indent", [None, 1], ids=["one line", "many"])
def test_json_is_what_its_text_says(tmp_path: Path, name: str, indent: int | None) -> None:
    path = tmp_path / name
    for text in (json.dumps([PAIR, PAIR], indent=indent), f"\ufeff{json.dumps(PAIR)}\n\n{json.dumps(PAIR)}\n"):
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        found = read_comparisons(path)
        assert [type(row) for row in found.kept] == [Comparison, Comparison]
    prompts = [{"id": str(place), "kind": "k", "prompt": "Why?"} for place in range(2)]
    text = json.dumps(prompts, indent=indent)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    assert [prompt.id for prompt in read_prompts(path)] == ["0", "1"]


def test_json_that_is_cut_is_one_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([PAIR, PAIR], indent=1)[:-20])
    found = read_feedback(path)
    assert (found.read, len(found.rejected)) == (1, 1)
    assert "not JSON" in found.rejected[0].reason


@pytest.mark.case("F18", "a contrast prompt without a label, or with another, is an error that names the row")
@pytest.mark.parametrize("label", [None, 0, "", "maybe", False])
def test_a_label_that_is_none_is_told(tmp_path: Path, label: object) -> None:
    rows = [
        {"id": "1", "prompt": "a?", "type": "homonyms", "label": "Safe"},
        {"id": "2", "prompt": "b?", "type": "homonyms", "label": label},
    ]
    with pytest.raises(UserError, match=r"row 2 does not fit XSTest\.\s+why: `label` is"):
        read_contrasts(rows)


@pytest.mark.case("F40", "OR-Bench's rows need a label, which is said; with one they are read")
def test_rows_of_or_bench(tmp_path: Path) -> None:
    path = tmp_path / "or.csv"
    path.write_text("Prompt;Category\nHow do I kill time?;violence\n")
    with pytest.raises(UserError, match="nothing else tells whether the prompt is safe; of OR-Bench"):
        read_contrasts(path)
    path.write_text("Prompt;Category;Label\nHow do I kill time?;violence;safe\n")
    (found,) = read_contrasts(path)
    assert (found.kind, found.safe) == ("violence", True)


@pytest.mark.case("F26", "labels as text are thumbs, for every verb")
def test_labels_as_spreadsheets_write_them(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("prompt\tresponse\tlabel\nWhy?\tSo\tTRUE\nWhy?\tNo\tfalse\nWhy?\tHm\t1.0\n")
    assert [kind_of(row) for row in read_feedback(path).kept] == ["thumb"] * 3
