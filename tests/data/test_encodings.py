"""Text in other encodings than UTF-8 is told by one message, not row by row."""

import json
from pathlib import Path

import pytest

from trimtab.data import read_frame, read_responses
from trimtab.errors import UserError, UserNote

ROWS = [
    {"prompt": "Wie kocht man grünen Tee?", "chosen": f"Mit heißem Wasser, {n} Minuten.", "rejected": "Gar nicht."}
    for n in range(4)
]
JAPANESE = [{"prompt": "お茶の入れ方は?", "chosen": f"{n}分待つ。", "rejected": "知らない。"} for n in range(4)]
CHINESE = [{"prompt": "怎么泡茶?", "chosen": f"等{n}分钟。", "rejected": "不知道。"} for n in range(4)]
OTHERS = {
    "utf-16-le": ("UTF-16", ROWS),
    "utf-16-be": ("UTF-16", ROWS),
    "utf-16": ("UTF-16", ROWS),
    "utf-32-le": ("UTF-32", CHINESE),
    "utf-32": ("UTF-32", ROWS),
    "iso2022_jp": ("ISO 2022", JAPANESE),
    "iso2022_kr": ("ISO 2022", [{**row, "prompt": "차는 어떻게 끓이나요?"} for row in ROWS[:1]]),
    "hz": ("HZ", CHINESE),
    "utf-7": ("UTF-7", ROWS),
}


def lines(rows: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def table(rows: list[dict[str, str]]) -> str:
    return "prompt,response\n" + "".join(f'"{row["prompt"]}","{row["chosen"]}"\n' for row in rows)


@pytest.mark.parametrize("coding", OTHERS)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv"])
def test_another_encoding_is_named(coding: str, name: str, tmp_path: Path) -> None:
    told, rows = OTHERS[coding]
    text = {"rows.jsonl": lines(rows), "rows.json": json.dumps(rows, ensure_ascii=False), "rows.csv": table(rows)}
    path = tmp_path / name
    path.write_bytes(text[name].encode(coding, "replace"))
    if name == "rows.csv" and coding == "utf-16":
        assert read_responses(path).read == len(rows)  # what spreadsheets write, with its mark
        return
    with pytest.raises(UserError, match=f"is in {told}.* not in UTF-8"):
        read_responses(path)


def test_zero_bytes_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(ROWS).encode() * 9 + b"\0")
    with pytest.raises(UserError, match="zero bytes"):
        read_frame(path)


def test_utf_8_that_was_read_as_another_encoding_is_told_and_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(ROWS).encode().decode("cp1252").encode())
    with pytest.warns(UserNote, match="read as cp1252 and saved again"):
        assert read_frame(path).table.height == 4


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "said",
    [
        "Dial +4930-12, +1212-5 or +abc-.", "Use ~{x~} once.", "© 2020 Ãngström, Âme, São, NÃO.", "C++11- and C++17-",
        "Ñandú y señor Ñáñez", "Ça coûte 5 €: « très » cher", "мир, Ðorđe",
    ],
)  # fmt: skip
def test_plain_text_is_read(said: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(lines([{**row, "chosen": f"{said} {row['chosen']}"} for row in ROWS]), encoding="utf-8")
    assert read_frame(path).table.height == 4
