"""`trimtab score`: a score of every row, and nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from stub_server import Says, chat, serving

ROWS: list[dict[str, Any]] = [
    {"prompt": "How do I bake bread?", "response": "I'm sorry, but I can't help with that."},
    {"prompt": "How do I bake bread?", "response": "Mix flour, water, salt and yeast, let it rise, and bake it hot."},
    {"prompt": "Hello", "response": ""},
    {"prompt": "Hello"},
    {"response": "You are a stupid idiot and I will hurt you."},
]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def scored(folder: Path, *arguments: str, **environment: str) -> Any:
    done = trimtab("score", "rows.jsonl", *arguments, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_row_has_a_score_of_each_scorer(rows: Path) -> None:
    found = scored(rows, "--scorer", "refusal,toxicity,words")
    keyed = {(line["row"], line["scorer"]): line for line in found["scores"]}
    assert set(keyed) == {(row, name) for row in (0, 1, 2, 4) for name in ("refusal", "toxicity", "words")}
    assert [keyed[row, "refusal"]["label"] for row in (0, 1, 2)] == ["refuse", "comply", None]
    assert keyed[4, "toxicity"]["label"] == "toxic"
    assert keyed[4, "toxicity"]["details"]["threat"] > keyed[1, "toxicity"]["details"]["threat"]
    assert keyed[1, "words"]["value"] == 13
    open_ = sum(count for reasons in found["unjudged"].values() for count in reasons.values())
    assert open_ == sum(line["value"] is None for line in found["scores"]) > 0
    assert found["rejected"] == [{"row": 3, "reason": "it has no `response`: there is no answer to score"}]


def test_a_table_for_people_with_the_scorers_own_errors(rows: Path) -> None:
    done = trimtab("score", "rows.jsonl", "--out", "out/scores.jsonl", cwd=rows)
    assert done.returncode == 0, done.stderr
    assert "comply 2, refuse 1" in done.stdout  # how many labels of each
    assert "friendliness" in done.stdout  # style is nine scorers
    assert "people / scorer" in done.stdout  # the refusal scorer's confusion matrix
    assert "1 of 5 rows have no text to score (counted from 0, as in --out):\ntrimtab:   row 3: " in done.stderr
    lines = [json.loads(line) for line in (rows / "out" / "scores.jsonl").read_text().splitlines()]
    assert len(lines) == 4 * 11


def test_a_judge_grades_and_tells_its_cost(rows: Path) -> None:
    answers = [chat('{"grade": 10, "why": "good"}'), chat("no idea"), chat('{"grade": 1, "why": "bad"}')]
    with serving(*answers) as stub:
        options = ("--scorer", "judge", "--judge-url", stub.url, "--judge-model", "j", "--prices", "1,2")
        found = scored(rows, *options)
    assert len(found["scores"]) == 4
    assert sum(found["unjudged"]["judge"].values()) >= 1
    assert found["usage"]["calls"] == len(stub.asked)
    assert found["usage"]["cost"] > 0


BAD: dict[str, tuple[list[str], str]] = {
    "unknown scorer": (["--scorer", "tocixity"], "There is no such scorer"),
    "no scorer": (["--scorer", ","], "nothing to score by"),
    "no column": (["--response", "answer"], "Its columns are prompt, response"),
    "judge without server": (["--scorer", "judge"], "--judge-url"),
    "prices that are none": (
        ["--scorer", "judge", "--judge-url", "http://127.0.0.1:9/v1", "--judge-model", "j", "--prices", "much"],
        "not two numbers",
    ),
    "judge that cannot be reached": (
        ["--scorer", "judge", "--judge-url", "http://127.0.0.1:9/v1", "--judge-model", "j"],
        "cannot be reached",
    ),
    "no such rule": (["--scorer", "policy.no-such"], "no policy"),
    "no such reward model": (["--scorer", "reward:nowhere"], "nowhere"),
    "no such classifier": (["--scorer", "classifier:nowhere"], "nowhere"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_one_plain_message(rows: Path, case: str) -> None:
    arguments, says = BAD[case]
    done = trimtab("score", "rows.jsonl", *arguments, cwd=rows)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_fails_is_one_plain_message(rows: Path) -> None:
    with serving(Says("broken", status=500)) as stub:
        options = ["--scorer", "judge", "--judge-url", stub.url, "--judge-model", "j"]
        done = trimtab("score", "rows.jsonl", *options, cwd=rows)
    assert done.returncode == 2
    assert "It answered 500" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("rows.csv", b"", "It holds no row"),
        ("rows.csv", b"prompt,response\n\x81\x8d,b\n", "neither UTF-8"),
        ("rows.parquet", b"PAR1 and no more", "cannot be read"),
        ("rows.json", b"{", "None of its 1 rows"),
        ("nowhere.jsonl", None, "cannot be read"),
    ],
)
def test_a_broken_file_is_one_plain_message(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = trimtab("score", name, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
