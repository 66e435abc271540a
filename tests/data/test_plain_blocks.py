"""A long file's blocks are read at once where all their rows are plain, and the table is that of reading row by row."""

import gzip
import json
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from trimtab.data import plain_block, read, read_frame
from trimtab.records import Reject

PLAIN: dict[str, Any] = {"id": "1", "prompt": "How?", "chosen": "So. ", "rejected": "Not so: {}"}
MORE: dict[str, Any] = {**PLAIN, "annotator": "ann", "rule": "r1", "topic": "tea", "chosen_model": " "}
ODD = [
    '{"prompt": "Why?", "prompt": "When?", "chosen": "a", "rejected": "b"}',  # a key that comes twice
    '{"prompt": null, "prompt": "When?", "chosen": "a", "rejected": "b"}',
    '{"prompt": "\\ud800", "chosen": "a", "rejected": "b"}',
    '{"prompt": "Why?", "chosen": "a", "rejected": "b"}{"prompt": "Why?", "chosen": "a", "rejected": "c"}',
    '{"prompt": "Why?", "chosen": "a",',
    '"rejected": "b"}',
    '{"prompt": "Why?", "chosen": 3, "rejected": "b"}',
    '{"prompt": "Why?", "chosen": "a", "rejected": " a\\u001c"}',  # Python strips more than others do
    '{"prompt": "Human: why?", "chosen": "a", "rejected": "b"}',
    '{"prompt": "[]", "chosen": "a", "rejected": "b"}',
    '{"prompt": "\\u3000", "chosen": "a", "rejected": "b"}',
    '{"prompt": "Why?", "chosen": "a", "rejected": "b", "score": "chosen"}',
    '{"prompt": "Why?", "chosen": "a", "rejected": "b", "annotator": 3.0}',
    '{"Prompt": "Why?", "chosen": "a", "rejected": "b"}',
    "",
    "no JSON",
]
BLOCK = 400


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each block was taken at once."""
    found: list[bool] = []
    made = plain_block._table_of

    def told(*args: Any) -> Any:
        table = made(*args)
        found.append(table is not None)
        return table

    monkeypatch.setattr(plain_block, "_table_of", told)
    return found


def alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Reject, ...]:
    """Holds both ways of reading a file against each other; gives what both reject."""
    monkeypatch.setattr(read, "_BLOCK", 2**20)
    one = read_frame(path)
    monkeypatch.setattr(read, "_BLOCK", BLOCK)
    other = read_frame(path)
    assert_frame_equal(one.table, other.table)
    assert (one.rejected, one.read, one.made) == (other.rejected, other.read, other.made)
    return one.rejected


@pytest.mark.parametrize("row", [PLAIN, MORE], ids=["texts", "more columns"])
@pytest.mark.parametrize("name", ["{}.jsonl", "c.jsonl.gz"])
def test_plain_blocks_are_taken(
    row: dict[str, Any], name: str, tmp_path: Path, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {**row, "id": "" if n % 3 else f"é{n}", "prompt": f"{md5(b'%d' % n).hexdigest()} 🙂\x00?"} for n in range(60)
    ]
    text = "\n".join(json.dumps(each, ensure_ascii=n % 2 == 0) for n, each in enumerate(rows))
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    monkeypatch.setattr(read, "_BLOCK", 1)
    assert len(list(read.json_blocks(path) or ())) == 60
    assert alike(path, monkeypatch) == ()
    assert len(taken) > 5
    assert all(taken)


@pytest.mark.parametrize("odd", ODD)
def test_a_block_with_another_row_is_read_row_by_row(
    odd: str, tmp_path: Path, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps({**PLAIN, "id": str(n)}) for n in range(40)]
    lines.insert(20, odd)
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(lines) + "\n")
    alike(path, monkeypatch)
    assert taken.count(False) == 1


def test_what_is_no_text_is_told_of_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\n".join([json.dumps(PLAIN).encode()] * 20) + b'\n{"prompt": "\xff"}\n')
    for size in (2**20, BLOCK):
        monkeypatch.setattr(read, "_BLOCK", size)
        with pytest.raises(Exception, match="not UTF-8"):
            read_frame(path)
