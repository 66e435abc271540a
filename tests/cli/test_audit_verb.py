"""`trimtab audit`: exit codes, JSON, mended data; with a tiny model its tokens are counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from made_comparisons import Row, clean
from tiny import save_tiny
from trimtab.cli import app
from trimtab.data import read_comparisons
from trimtab.errors import UserError


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["audit", *map(str, arguments), "--json"])
    if isinstance(result.exception, UserError):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def marked(rows: list[Row], count: int) -> list[Row]:
    for row in rows[:count]:
        row["chosen"] += "<|im_end|>"
    return rows


def test_json_worst_first_and_exit_codes(tmp_path: Path) -> None:
    rows = clean(1, 80)
    code, said = run(write(tmp_path / "clean.jsonl", rows))
    assert (code, said["n"], said["findings"], said["rejected"]) == (0, 80, [], [])
    rows = [*marked(rows, 20), *[{**row, "id": row["id"] + "x"} for row in rows[:10]], "{oops"]
    code, said = run(write(tmp_path / "bad.jsonl", rows))
    assert code == 1
    assert [(one["id"], one["severity"]) for one in said["findings"]] == [("template", "block"), ("duplicate", "warn")]
    assert said["findings"][1]["rows"] == [f"r{number}x" for number in range(10)]
    assert [(one["row"], one["reason"][:8]) for one in said["rejected"]] == [("line 91", "not JSON")]


def test_the_table_tells_what_and_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "c.jsonl", marked(clean(1, 80), 20))
    result = CliRunner().invoke(app, ["audit", str(path)])
    assert result.exit_code == 1
    assert "template" in result.stdout
    assert "im_end" in result.stdout


def test_fix_writes_new_data_that_is_clean(tmp_path: Path) -> None:
    rows = marked(clean(1, 80), 20)
    for row in rows:
        row["language"] = "en"
    rows[30]["chosen"] += " Write to ann.lee@gmx.net."
    path = write(tmp_path / "c.jsonl", [*rows, {**rows[5], "id": "copy"}, {"prompt": "q"}])
    before = path.read_bytes()
    out = tmp_path / "out.jsonl"
    _, said = run(path, "--fix", out)
    assert said["fixed"] == {"kept": 80, "changed": 21, "duplicate": 1, "rejected": 1}
    loaded = read_comparisons(out)
    assert [one.id for one in loaded.kept] == [row["id"] for row in rows]
    assert all("im_end" not in one.chosen_text for one in loaded.kept)
    assert loaded.kept[30].chosen_text.endswith("Write to [email].")
    assert loaded.kept[0].provenance.judge == rows[0]["judge"]
    assert all(json.loads(line)["language"] == "en" for line in out.read_text().splitlines())
    assert run(out)[1]["findings"] == []
    assert path.read_bytes() == before
    with pytest.raises(UserError, match="never written over"):
        run(path, "--fix", out)


def test_feedback_of_any_type_is_audited_and_mended_as_its_comparisons(tmp_path: Path) -> None:
    """Each comparison as an edit, as a ranking or as it is: the same pairs, so the same findings."""
    rows = marked(clean(1, 80), 20)
    rows[79]["chosen"] = rows[79]["chosen"].replace("<|im_end|>", "")
    plain = run(write(tmp_path / "c.jsonl", rows))[1]
    other: list[Any] = []
    for place, row in enumerate(rows):
        kept = {name: value for name, value in row.items() if name not in ("chosen", "rejected")}
        sides = row["chosen"], row["rejected"]
        edit, pair = {"before": sides[1], "after": sides[0]}, {"chosen": sides[0], "rejected": sides[1]}
        other.append({**kept, **(edit, {"completions": list(sides)}, pair)[place % 3]})
    other.append({"prompt": "q", "completion": "an answer"})
    out = tmp_path / "out.jsonl"
    _, said = run(write(tmp_path / "o.jsonl", other), "--fix", out)
    assert said["n"] == 80
    assert [(one["id"], one["severity"], one["count"]) for one in said["findings"]] == [
        (one["id"], one["severity"], one["count"]) for one in plain["findings"]
    ]
    assert [one["reason"] for one in said["rejected"]] == [
        "a row of the type demonstration makes no comparison, but demonstrations"
    ]
    assert said["fixed"] == {"kept": 80, "changed": 20, "rejected": 1}
    sides = {(one.chosen_text, one.rejected_text) for one in read_comparisons(out).kept}
    assert sides == {(row["chosen"].replace("<|im_end|>", ""), row["rejected"]) for row in rows}


def test_input_that_cannot_work(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a prompt alone is no feedback"):
        run(write(tmp_path / "c.jsonl", [{"prompt": "q"}]))
    with pytest.raises(UserError, match="cannot be read"):
        run(tmp_path / "none.jsonl")
    with pytest.raises(UserError, match="No row has a text"):
        run(write(tmp_path / "d.jsonl", clean(1, 3)), "--against", write(tmp_path / "e.jsonl", [{"x": 1}]))


def test_with_a_model_tokens_are_counted(tmp_path: Path) -> None:
    model = save_tiny(tmp_path / "model")
    words = "hello you tea rain sun dog cat tree house red green blue".split()
    rows: list[Row] = []
    for number in range(40):
        shared = " ".join(words[(number + i) % 12] for i in range(30)) if number < 10 else words[number % 12]
        rows.append(
            {"id": str(number), "prompt": words[number % 7], "chosen": f"{shared} great", "rejected": f"{shared} fun"}
        )
    code, said = run(write(tmp_path / "c.jsonl", rows), "--model", model, "--max-length", 20)
    found = {one["id"]: one for one in said["findings"]}
    assert code == 1
    assert found["truncation"]["severity"] == "block"  # ten pairs differ in their last word alone, behind the cut
    assert found["truncation"]["rows"] == [str(number) for number in range(10)]
    assert "in 10 both sides are then equal" in found["truncation"]["summary"]
    assert "truncation" not in {one["id"] for one in run(tmp_path / "c.jsonl", "--model", model)[1]["findings"]}


def test_marks_of_ones_own_are_thought_to_the_audit_and_to_its_mending(tmp_path: Path) -> None:
    rows = clean(1, 80)
    for row in rows:
        row["chosen"] = f"PLAN: as asked. REPLY: {row['chosen']}"
    path = write(tmp_path / "c.jsonl", marked(rows, 20))
    _, said = run(path)
    assert "thought" not in {one["id"] for one in said["findings"]}
    _, said = run(path, "--thought", "PLAN:...REPLY:", "--fix", tmp_path / "mended.jsonl")
    assert {"thought", "template"} <= {one["id"] for one in said["findings"]}
    mended = [row.chosen_text for row in read_comparisons(tmp_path / "mended.jsonl").kept]
    assert mended
    assert all("<|im_end|>" not in text and text.startswith("PLAN:") for text in mended)  # what was thought stands
    _, said = run(tmp_path / "mended.jsonl", "--thought", "PLAN:...REPLY:")
    assert "template" not in {one["id"] for one in said["findings"]}
    with pytest.raises(UserError, match="what opens a thought"):
        run(path, "--thought", "PLAN")


STARS = {"from_name": "stars", "to_name": "answer", "type": "rating", "value": {"rating": 5}}


def test_what_rows_do_not_tell_is_told(tmp_path: Path) -> None:
    """Whose rows they are, the scale and the columns, by the words of `data convert`."""
    tasks = [
        {
            "data": {"ask": f"what is {number}?", "said": text},
            "annotations": [{"result": [{**STARS, "value": {"rating": stars}}]}],
        }
        for number in range(4)
        for text, stars in ((f"it is {number} and that is all.", 5), ("no idea of it.", 1))
    ]
    path = write(tmp_path / "tasks.jsonl", tasks)
    told = ("--form", "Label Studio", "--scale", "1,5", "--column", "prompt=ask", "--column", "answer=said")
    with pytest.raises(UserError, match="None of its 8 rows is one or makes one"):
        run(path)
    _, said = run(path, *told)
    assert (said["n"], said["rejected"]) == (4, [])
    done = CliRunner().invoke(app, ["advise", str(path), *told, "--json"])
    assert json.loads(done.stdout)["case"]["ratings"] == 8, done.stdout
    for more, why in (
        (("--form", "Nobody's"), "No form has that name"),
        (("--scale", "5,1"), "The lowest figure is first"),
        (("--column", "top=a"), "asks for no such column"),
    ):
        for verb in ("audit", "advise"):
            wrong = CliRunner().invoke(app, [verb, str(path), *more])
            assert isinstance(wrong.exception, UserError)
            assert why in str(wrong.exception)
    beside = CliRunner().invoke(app, ["advise", "concise-friendly", "--form", "Nectar"])
    assert "A spec says of each of its files" in str(beside.exception)
