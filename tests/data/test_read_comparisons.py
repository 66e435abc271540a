"""Comparisons in every usual form, and a reject log that always adds up."""

import datetime
import gzip
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trimtab.data import Comparisons, read_comparisons
from trimtab.errors import UserError
from trimtab.records import Comparison, Message

USER = {"role": "user", "content": "Hi?"}
SYSTEM = {"role": "system", "content": "Be kind."}


def said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def load(folder: Path, *rows: Any, name: str = "c.jsonl") -> Comparisons:
    path = folder / name
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return read_comparisons(path)


def only(loaded: Comparisons) -> Comparison:
    assert loaded.rejected == ()
    (kept,) = loaded.kept
    return kept


def plain(messages: tuple[Message, ...]) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in messages]


FORMS = {
    "conversational": {"prompt": [USER], "chosen": [said("Hello!")], "rejected": [said("Sir.")]},
    "standard": {"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir."},
    "implicit prompt": {"chosen": [USER, said("Hello!")], "rejected": [USER, said("Sir.")]},
    "HH-RLHF": {"chosen": "\n\nHuman: Hi?\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi?\n\nAssistant: Sir."},
    "HH-RLHF with a prompt column": {"prompt": "\n\nHuman: Hi?\n\nAssistant:", "chosen": "Hello!", "rejected": "Sir."},
}


@pytest.mark.parametrize("row", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
def test_every_form_is_the_same_comparison(tmp_path: Path, row: dict[str, Any], name: str) -> None:
    found = only(load(tmp_path, row, name=name))
    assert plain(found.prompt) == [("user", "Hi?")]
    assert plain(found.chosen) == [("assistant", "Hello!")]
    assert plain(found.rejected) == [("assistant", "Sir.")]
    assert found.id == f"{name}:line 1"
    assert (found.provenance.source, found.provenance.judge) == (name, "unknown")


def test_several_turns_of_hh_split_at_the_last_shared_question(tmp_path: Path) -> None:
    head = "\n\nHuman: Hi?\n\nAssistant: Yes?\n\nHuman: What's\n\n1 + 1?"
    found = only(load(tmp_path, {"chosen": f"{head}\n\nAssistant: 2", "rejected": f"{head}\n\nAssistant: 3\n\nor 4"}))
    assert plain(found.prompt) == [("user", "Hi?"), ("assistant", "Yes?"), ("user", "What's\n\n1 + 1?")]
    assert plain(found.rejected) == [("assistant", "3\n\nor 4")]


def test_answers_that_begin_alike_and_go_on_differently(tmp_path: Path) -> None:
    start = "\n\nHuman: Hi?\n\nAssistant: Hello."
    found = only(load(tmp_path, {"chosen": start, "rejected": f"{start}\n\nHuman: More?\n\nAssistant: No."}))
    assert plain(found.prompt) == [("user", "Hi?")]
    assert plain(found.chosen) == [("assistant", "Hello.")]
    assert len(found.rejected) == 3


def test_system_messages_stay_in_the_prompt(tmp_path: Path) -> None:
    found = only(load(tmp_path, {"chosen": [SYSTEM, USER, said("a")], "rejected": [SYSTEM, USER, said("b")]}))
    assert [message.role for message in found.prompt] == ["system", "user"]


def test_our_own_records_come_back_as_they_were(tmp_path: Path) -> None:
    row = {
        "id": "x1",
        **FORMS["conversational"],
        "provenance": {"source": "s", "judge": "rubric", "why": "w", "margin": 0.5, "scores": {"words": [1.0, None]}},
    }
    first = only(load(tmp_path, row))
    assert first.provenance.scores == {"words": (1.0, None)}
    assert only(load(tmp_path, first.to_json())) == first


def test_judge_why_and_id_are_taken_up(tmp_path: Path) -> None:
    found = only(load(tmp_path, {**FORMS["standard"], "id": 0, "judge": "Ann", "why": "kinder", "language": "en"}))
    assert (found.id, found.provenance.judge, found.provenance.why) == ("0", "Ann", "kinder")
    empty = only(load(tmp_path, {**FORMS["standard"], "id": None, "judge": None, "why": None}))
    assert (empty.id, empty.provenance.judge, empty.provenance.why) == ("c.jsonl:line 1", "unknown", "")


def test_byte_order_mark_blank_lines_windows_lines_and_line_separators(tmp_path: Path) -> None:
    rows = [json.dumps({**FORMS["standard"], "chosen": f"a\u2028b{i}"}, ensure_ascii=False) for i in range(2)]
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(rows).encode() + b"\r\n")
    loaded = read_comparisons(path)
    assert loaded.read == len(loaded.kept) == 2
    assert [c.id for c in loaded.kept] == ["c.jsonl:line 1", "c.jsonl:line 3"]
    assert loaded.kept[0].chosen_text == "a\u2028b0"


def test_parquet(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    now = datetime.datetime(2026, 1, 1)
    frame = polars.DataFrame(
        {
            "prompt": [[USER], [USER]],
            "chosen": [[said("a")], [said("a")]],
            "rejected": [[said("b")], [said("a")]],
            "judge": ["Ann", None],
            "when": [now, now],
        }
    )
    frame.write_parquet(tmp_path / "c.parquet")
    loaded = read_comparisons(tmp_path / "c.parquet")
    assert [(c.id, c.provenance.judge) for c in loaded.kept] == [("c.parquet:row 1", "Ann")]
    assert [(r.row, r.reason) for r in loaded.rejected] == [("row 2", "both sides are equal")]
    assert loaded.read == 2


BAD: dict[str, tuple[Any, str]] = {
    "broken JSON": ("{oops", "not JSON"),
    "half a JSON row": (json.dumps(FORMS["standard"])[:-5], "not JSON"),
    "nested without end": ("[" * 100_000, "not JSON"),
    "half a surrogate pair": ('{"prompt": "q", "chosen": "a\\ud800", "rejected": "b"}', "surrogate"),
    "a list": ("[1, 2]", "not a JSON object"),
    "null": ("null", "not a JSON object"),
    "a number": ("5", "not a JSON object"),
    "no chosen": ({"prompt": "q", "rejected": "b"}, "no chosen side"),
    "no rejected": ({"prompt": "q", "chosen": "b", "rejected": None}, "no rejected side"),
    "neither": ({"prompt": "q"}, "a prompt alone is no feedback"),
    "blank answer": ({"prompt": "q", "chosen": " \n", "rejected": "b"}, "the chosen answer is empty"),
    "blank HH answer": (
        {"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: "},
        "the rejected answer is empty",
    ),
    "blank prompt": ({"prompt": "  ", "chosen": "a", "rejected": "b"}, "the prompt is empty"),
    "equal but for blanks": ({"prompt": "q", "chosen": "a", "rejected": "a \n"}, "both sides are equal"),
    "no prompt": ({"chosen": "Blue.", "rejected": "Green."}, "the prompt does not end with a user's message"),
    "different prompts": (
        {"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: r\n\nAssistant: b"},
        "the prompt does not end",
    ),
    "prompt ends with an answer": (
        {"prompt": [USER, said("a")], "chosen": "b", "rejected": "c"},
        "the prompt does not end",
    ),
    "answer by the user": (
        {"prompt": "q", "chosen": [USER], "rejected": "b"},
        "the chosen side is not an assistant's answer",
    ),
    "HH ends with the person": (
        {"chosen": "\n\nHuman: q\n\nAssistant: a\n\nHuman: r", "rejected": "\n\nHuman: q\n\nAssistant: b"},
        "the chosen side is not an assistant's answer",
    ),
    "a number for a side": (
        {"prompt": "q", "chosen": 5, "rejected": "b"},
        "chosen is neither text nor a list of messages",
    ),
    "a number for a prompt": (
        {"prompt": 5, "chosen": "a", "rejected": "b"},
        "prompt is neither text nor a list of messages",
    ),
    "unknown role": (
        {"prompt": "q", "chosen": [{"role": "bot", "content": "x"}], "rejected": "b"},
        "role: is not system, user, assistant or tool",
    ),
    "no content": ({"prompt": "q", "chosen": [{"role": "assistant"}], "rejected": "b"}, "content: is missing"),
    "content of parts": (
        {"prompt": "q", "chosen": [{"role": "assistant", "content": [{}]}], "rejected": "b"},
        "content: is neither text nor a list of parts",
    ),
    "text for a message": ({"prompt": "q", "chosen": ["x"], "rejected": "b"}, "a message: is not a mapping"),
    "broken provenance": ({**FORMS["standard"], "provenance": {"source": 1}}, "provenance"),
}


@pytest.mark.parametrize(("row", "reason"), BAD.values(), ids=BAD)
def test_each_bad_row_is_rejected_with_its_reason(tmp_path: Path, row: Any, reason: str) -> None:
    loaded = load(tmp_path, FORMS["standard"], row)
    assert loaded.read == 2
    assert len(loaded.kept) == 1
    (reject,) = loaded.rejected
    assert reason in reject.reason
    assert (reject.source, reject.row) == ("c.jsonl", "line 2")
    assert "pydantic" not in reject.reason
    assert len(reject.excerpt) <= 120
    assert type(reject).from_json(reject.to_json()) == reject


@pytest.mark.parametrize("seed", range(5))
def test_kept_and_rejected_add_up(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    good = [json.dumps(row) for row in FORMS.values()]
    bad = [(name, row if isinstance(row, str) else json.dumps(row)) for name, (row, _) in BAD.items()]
    lines: list[str] = []
    expected: Counter[str] = Counter()
    places: list[str] = []
    for number in range(1, 301):
        kind = rng.random()
        if kind < 0.1:
            lines.append(rng.choice(["", "   ", "\r"]))
        elif kind < 0.6:
            lines.append(rng.choice(good))
            expected["kept"] += 1
        else:
            name, text = rng.choice(bad)
            lines.append(text)
            expected[name] += 1
            places.append(f"line {number}")
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    loaded = read_comparisons(tmp_path / "c.jsonl")
    assert len(loaded.kept) + len(loaded.rejected) == loaded.read == expected.total()
    assert len(loaded.kept) == expected["kept"]
    assert [reject.row for reject in loaded.rejected] == places
    for name, (_, reason) in BAD.items():
        assert sum(reason in reject.reason for reject in loaded.rejected) >= expected[name]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.jsonl", None),
        ("c.parquet", None),
        ("c.jsonl", "é".encode("latin-1")),
        ("c.jsonl.gz", b"{}"),
        ("c.jsonl.gz", gzip.compress(b"{}\n" * 500)[:-12]),
        ("c.jsonl.gz", bytes(255 - b if 12 < i < 22 else b for i, b in enumerate(gzip.compress(os.urandom(300))))),
        ("c.parquet", b"junk"),
    ],
    ids=["missing", "missing parquet", "not UTF-8", "not gzip", "cut gzip", "broken gzip", "not Parquet"],
)
def test_a_file_that_cannot_be_read_at_all(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_comparisons(tmp_path / name)
    assert str(tmp_path / name) in caught.value.given
    assert "Errno" not in str(caught.value)


def test_an_empty_file_is_no_rows(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").touch()
    assert read_comparisons(tmp_path / "c.jsonl") == Comparisons((), (), 0)


# real data

DATA = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_rlhf" / "harmless_base_test_first1500.jsonl.gz"


@pytest.mark.skipif(not HH.is_file(), reason=f"there is no {HH}; set TRIMTAB_DATA to the folder of test data")
def test_hh_rlhf() -> None:
    raw = [json.loads(line) for line in gzip.decompress(HH.read_bytes()).decode().splitlines()]
    loaded = read_comparisons(HH)
    assert len(loaded.kept) + len(loaded.rejected) == loaded.read == len(raw) == 1500
    rejected = {reject.row for reject in loaded.rejected}
    # rightly rejected: the published rows whose side ends with nothing said by the assistant, and no other
    blank = {
        f"line {number}"
        for number, row in enumerate(raw, 1)
        if any(row[side].rsplit("\n\nAssistant:", 1)[-1].strip() == "" for side in ("chosen", "rejected"))
    }
    assert rejected == blank
    assert len(blank) == 4
    for reject in loaded.rejected:
        assert reject.reason == "the chosen answer is empty"
    by_place = {comparison.id.rsplit(":", 1)[1]: comparison for comparison in loaded.kept}
    for number, row in enumerate(raw, 1):
        if f"line {number}" in by_place:
            found = by_place[f"line {number}"]
            assert found.prompt[-1].role == "user"
            names = {"user": "Human", "assistant": "Assistant"}
            for side, answer in (("chosen", found.chosen), ("rejected", found.rejected)):
                turns = [f"{names[m.role]}: {m.content}" for m in (*found.prompt, *answer)]
                assert "".join(row[side].split()) == "".join("".join(turns).split())  # nothing lost, nothing moved
