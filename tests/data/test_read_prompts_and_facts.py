"""Prompts and facts are small files that people write: the first bad row is an error that names its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from trimtab.data import read_facts, read_prompts
from trimtab.errors import UserError

PROMPT = {"id": "p1", "kind": "advice", "prompt": "Hi?"}
FACT = {
    "id": "f1",
    "topic": "geography",
    "question": "Capital of France?",
    "right": "Paris",
    "wrong": ["Rome", "Bonn", "Oslo"],
}


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)
    )
    return path


def test_prompts_as_text_and_as_messages(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi?"}]
    path = write(tmp_path, PROMPT, "", {"id": "p2", "prompt": messages}, {"id": "p3", "messages": messages})
    text, chat, same = read_prompts(path)
    assert (text.id, text.kind, text.text, len(text.messages)) == ("p1", "advice", "Hi?", 1)
    assert (chat.kind, chat.text, chat.messages[0].role) == ("other", "Hi?", "system")
    assert same.messages == chat.messages


def test_facts(tmp_path: Path) -> None:
    (fact,) = read_facts(write(tmp_path, FACT))
    assert (fact.right, fact.wrong) == ("Paris", ("Rome", "Bonn", "Oslo"))


def test_byte_order_mark_and_parquet(tmp_path: Path) -> None:
    path = write(tmp_path, PROMPT)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_prompts(path)[0].id == "p1"
    polars = pytest.importorskip("polars")
    polars.DataFrame([PROMPT]).write_parquet(tmp_path / "rows.parquet")
    assert read_prompts(tmp_path / "rows.parquet")[0].text == "Hi?"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{oops", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"id": "p2"}, "must be text or a list of messages"),
        ({"id": "p2", "prompt": 5}, "must be text or a list of messages"),
        ({"id": "p2", "prompt": " "}, "empty"),
        ({"id": "p2", "prompt": []}, "must not be empty"),
        ({"id": "p2", "prompt": [{"role": "assistant", "content": "a"}]}, "must be the user's"),
        ({"id": "p2", "prompt": [{"role": "bot", "content": "a"}]}, "system, user, assistant or tool"),
        ({"prompt": "q"}, "`id`: is missing"),
        ({"id": "", "prompt": "q"}, "`id`: must not be empty"),
        ({"id": 5, "prompt": "q"}, "`id`: must be text"),
        ({"id": "p2", "prompt": "q", "tag": 1}, "`tag`: there is no such key"),
        ({"id": "p1", "prompt": "q"}, "Line 1 has it too"),
    ],
)
def test_a_bad_prompt_names_its_line(tmp_path: Path, row: Any, says: str) -> None:
    with pytest.raises(UserError) as caught:
        read_prompts(write(tmp_path, PROMPT, "", row))
    assert "rows.jsonl line 3" in caught.value.given
    assert says in caught.value.why
    assert caught.value.fix
    assert "Input should" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"wrong": ["Rome", "Bonn"]}, "is missing"),
        ({"wrong": ["Rome", "Bonn", "paris "]}, "options must be different"),
        ({"wrong": ["Rome", "Bonn", ""]}, "not empty"),
        ({"question": ""}, "`question`: must not be empty"),
        ({"right": None}, "`right`: must be text"),
    ],
)
def test_a_bad_fact_names_its_line(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError) as caught:
        read_facts(write(tmp_path, FACT, {**FACT, "id": "f2", **change}))
    assert "rows.jsonl line 2" in caught.value.given
    assert says in caught.value.why


@pytest.mark.parametrize("read", [read_prompts, read_facts])
def test_no_rows_and_no_file(tmp_path: Path, read: Any) -> None:
    with pytest.raises(UserError, match="holds no row"):
        read(write(tmp_path, "", "  "))
    with pytest.raises(UserError, match="No such file"):
        read(tmp_path / "nowhere.jsonl")
