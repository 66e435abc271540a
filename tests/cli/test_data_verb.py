"""`trimtab data`: what was recognised is said, what was rejected is kept, and no file is written over."""

import json
from pathlib import Path

import pytest

import trimtab as tt
from cli_runner import trimtab

ASK = "How long is a fortnight?"
STEERED = {"correctness": 1, "coherence": 4, "complexity": 2, "verbosity": 0}
ROWS = [
    {"prompt": ASK, "response": "Fourteen days.", "helpfulness": 4, **STEERED},
    {"prompt": ASK, "response": "Quite long.", "helpfulness": 0, **STEERED},
    {"prompt": ASK, "response": "Hm.", "helpfulness": "?", **STEERED},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.json").write_text(json.dumps(ROWS))
    return tmp_path


def test_convert_says_what_it_read_and_what_it_left_out(folder: Path) -> None:
    done = trimtab("data", "convert", "rows.json", "out.jsonl", "--rejected", "left.jsonl", cwd=folder)
    assert done.returncode == 0
    assert done.stdout == "out.jsonl: 1 comparison of 3 read, 1 rejected\n"
    assert "read as HelpSteer2: ratings 0–4, helpfulness (3 rows)" in done.stderr
    assert "1 × `helpfulness` is no number (first: row 3)" in done.stderr
    assert json.loads((folder / "out.jsonl").read_text())["chosen"][0]["content"] == "Fourteen days."
    assert json.loads((folder / "left.jsonl").read_text())["row"] == "row 3"


def test_a_file_is_never_written_over(folder: Path) -> None:
    (folder / "out.jsonl").write_text("mine")
    done = trimtab("data", "convert", "rows.json", "out.jsonl", cwd=folder)
    assert (done.returncode, (folder / "out.jsonl").read_text()) == (2, "mine")
    assert "never written over" in done.stderr


def test_stats_counts_by_type(folder: Path) -> None:
    done = trimtab("data", "stats", "rows.json", "--json", cwd=folder)
    found = json.loads(done.stdout)
    assert (found["read"], found["comparisons"], found["longer_chosen"]) == (3, 1, 1.0)
    assert found["kinds"] == [
        {"kind": "rating", "rows": 2, "prompts": 1, "annotators": 0, "answers": 2, "prompt_words": 5.0,
         "answer_words": 2.0, "longest": 2}
    ]  # fmt: skip
    plain = trimtab("data", "stats", "rows.json", cwd=folder)
    assert plain.stdout.startswith("rows.json: 2 ratings of 3 read, 1 rejected; 1 comparisons")
    assert repr(tt.describe(folder / "rows.json")).startswith("rows.json: 2 ratings")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--form", "HelpSteer9"), "No form has that name"),
        (("--scale", "5,1"), "The lowest figure is first"),
        (("--scale", "five"), "not two figures"),
        (("--column", "left"), "names no column"),
        (("--column", "top=a"), "asks for no such column"),
        (("--form", "Nectar"), "None of its 3 rows is feedback"),
    ],
)
def test_a_mistake_is_one_message(folder: Path, more: tuple[str, ...], says: str) -> None:
    done = trimtab("data", "stats", "rows.json", *more, cwd=folder)
    assert done.returncode == 2
    assert says in done.stderr


def test_what_rows_do_not_tell_is_told(folder: Path) -> None:
    said = {"from_name": "p", "to_name": "x,y", "type": "pairwise", "value": {"selected": "right"}}
    ranked = {"data": {"ask": ASK, "b": "Two weeks.", "a": "Ages."}, "annotations": [{"result": [said]}]}
    (folder / "tasks.json").write_text(json.dumps([ranked]))
    columns = [part for one in ("prompt=ask", "left=a", "right=b") for part in ("--column", one)]
    done = trimtab("data", "convert", "tasks.json", "out.json", "--to", "openai", *columns, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "out.json").read_text())["preferred_output"][0]["content"] == "Two weeks."


def test_the_library_converts_as_the_command_line_does(tmp_path: Path) -> None:
    done = tt.convert(ROWS[:2], tmp_path / "out.csv", to="csv")
    assert done.summary == f"{tmp_path / 'out.csv'}: 2 ratings of 2 read, 0 rejected"
    assert done.forms == ("HelpSteer2: ratings 0–4, helpfulness (2 rows)",)
    with pytest.raises(tt.UserError, match="No such form is written"):
        tt.convert(ROWS, tmp_path / "other", to="xml")  # type: ignore[arg-type]


def test_a_refusal_names_options_that_the_verb_has(tmp_path: Path) -> None:
    row = {"prompt": ASK, "response": "Fourteen days.", "shine": 4}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    refused = trimtab("data", "stats", "rows.jsonl", cwd=tmp_path)
    assert refused.returncode == 2
    assert "`shine`" in refused.stderr
    assert "--ignore" in refused.stderr
    assert trimtab("data", "stats", "rows.jsonl", "--ignore", "shine", cwd=tmp_path).returncode == 0
    convert = trimtab("data", "convert", "rows.jsonl", "out.jsonl", "--ignore", "shine", cwd=tmp_path)
    assert "1 demonstration of 1 read" in convert.stdout


def test_rows_that_make_nothing_are_not_sent_to_another_form(tmp_path: Path) -> None:
    row = {"prompt": ASK, "completions": ["A.", "B."], "ranks": [1, 1]}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    refused = trimtab("data", "convert", "rows.jsonl", "out.jsonl", cwd=tmp_path)
    assert "Give rows that make one, or write them as they are, by --to csv." in refused.stderr
    assert trimtab("data", "convert", "rows.jsonl", "out.csv", "--to", "csv", cwd=tmp_path).returncode == 0
