"""`trimtab advise` as it is typed: its JSON, its table, its options, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from tiny import tiny_spec
from trimtab.advise import this_machine


def advised(*arguments: str, cwd: Path) -> Any:
    done = trimtab("advise", *arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def comparisons(tmp_path: Path) -> str:
    rows = [{"prompt": f"ask {i}", "chosen": "yes", "rejected": "no"} for i in range(300)]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return "data.jsonl"


def test_json_tells_method_reasons_and_changes(comparisons: str, tmp_path: Path) -> None:
    told = advised(comparisons, cwd=tmp_path)
    assert told["method"] == "dpo"
    first = told["reasons"][0]
    assert first["favours"] == "dpo"
    assert first["figure"] == 300
    assert "300 comparisons" in first["fact"]
    assert "Rafailov" in first["source"]
    assert "if comparisons fell to 49 (now 300): gather more feedback first" in told["would_change"]


def test_options_are_facts_of_the_case(comparisons: str, tmp_path: Path) -> None:
    assert advised(comparisons, "--refine", cwd=tmp_path)["method"] == "rlhf"
    assert advised(comparisons, "--verifiable", cwd=tmp_path)["method"] == "rlhf"
    assert advised(comparisons, "--distance", "3", cwd=tmp_path)["steps"] == ["sft", "dpo"]
    small = ("--refine", "--parameters", "8e9", "--memory", "24", "--accelerator")
    assert advised(comparisons, *small, cwd=tmp_path)["method"] == "dpo"
    assert advised(comparisons, *small[:3], "--memory", "80", "--accelerator", cwd=tmp_path)["method"] == "rlhf"
    quick = ("--refine", "--parameters", "1e9", "--no-accelerator", "--hours")
    assert advised(comparisons, *quick, "1", cwd=tmp_path)["method"] == "dpo"
    assert advised(comparisons, *quick, "500", cwd=tmp_path)["method"] == "rlhf"
    case = advised(comparisons, "--constrained", "--hours", "3", cwd=tmp_path)["case"]
    assert (case["constrained"], case["hours"]) == (True, 3.0)


def test_a_reader_sees_why(comparisons: str, tmp_path: Path) -> None:
    done = trimtab("advise", comparisons, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("method: dpo")
    for part in ("decides", "not kto", "Rafailov", "What would change the answer", "Not known: on_policy"):
        assert part in done.stdout


def test_rows_that_are_no_feedback_are_told(comparisons: str, tmp_path: Path) -> None:
    with (tmp_path / comparisons).open("a") as data:
        data.write('{"colour": "red"}\n')
    done = trimtab("advise", comparisons, "--json", cwd=tmp_path)
    assert "1 of 301 rows" in done.stderr
    assert "line 301: unknown: no type of supervision has the columns colour" in done.stderr
    assert json.loads(done.stdout)["rejected"] == 1


def test_a_spec_is_advised_on(tmp_path: Path) -> None:
    assert advised("concise-friendly", cwd=tmp_path)["method"] == "dpo"
    assert advised("concise-friendly", "--refine", cwd=tmp_path)["method"] == "rlhf"
    path = tiny_spec(tmp_path / "spec")
    assert advised(str(path), cwd=tmp_path)["method"] == "collect"  # ten prompts


def test_what_cannot_be_advised_on_is_refused(comparisons: str, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "unknown.jsonl").write_text('{"colour": "red"}\n')
    (tmp_path / "broken.yaml").write_text("name: x\ngoal: g\nfeedback: {smaple: 3}\n")
    (tmp_path / "no.yaml").write_text("- 1\n")
    (tmp_path / "folder").mkdir()
    for arguments, says in (
        (("empty.jsonl",), "no row"),
        (("unknown.jsonl",), "Its columns are colour"),
        (("missing.jsonl",), "cannot be read"),
        (("missing.yaml",), "cannot be read"),
        (("folder",), "cannot be read"),
        (("broken.yaml",), "broken.yaml line"),
        (("no.yaml",), "holds no spec"),
        ((comparisons, "--memory", "0"), "above zero"),
        ((comparisons, "--hours", "-1"), "above zero"),
        ((comparisons, "--parameters", "nan"), "finite"),
        ((comparisons, "--distance", "inf"), "finite"),
    ):
        done = trimtab("advise", *arguments, cwd=tmp_path)
        assert done.returncode == 2, (arguments, done.stdout, done.stderr)
        assert says in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_the_accelerators_memory_counts_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 24576\necho 81920\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_machine().memory == 80.0
    assert this_machine().accelerator
    program.write_text("#!/bin/sh\nexit 9\n")
    assert not this_machine().accelerator
    memory = this_machine().memory
    assert memory is not None
    assert 0.1 < memory < 100_000
