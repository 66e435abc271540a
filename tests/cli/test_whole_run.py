"""A whole run through the command line on a second architecture, read back by the other verbs."""

import json
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import save_tiny, tiny_spec

GATES = [
    {"metric": "style.words", "at_most": 1000},
    {"metric": "facts.accuracy", "at_least": 0},
    {"metric": "kl.per_token", "at_most": 100},
]


@pytest.mark.parametrize("architecture", ["gpt2", "qwen3"])
def test_runs_ends_and_is_read_back(architecture: str, tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model", architecture)
    path = tiny_spec(folder, gates=GATES)
    done = trimtab("run", str(path), "--out", "out", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["verdict"] == "pass"
    assert [gate["metric"] for gate in verdict["gates"]] == [gate["metric"] for gate in GATES]
    assert "training DPO: " in done.stderr  # progress goes to standard error, one plain line at a time
    assert "\r" not in done.stderr

    gate = trimtab("gate", "out", "--json", cwd=tmp_path)
    assert (gate.returncode, json.loads(gate.stdout)) == (0, verdict)
    html = (tmp_path / "out" / "report.html").read_text()
    assert "say less" in html
    assert "Gates" in html
    card = (tmp_path / "out" / "adapter" / "README.md").read_text()
    assert "base_model" in card
    written = (tmp_path / "out" / "report.html").read_bytes()
    assert trimtab("report", "out", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "report.html").read_bytes() == written

    summary = json.loads(next((tmp_path / "out").glob("stages/feedback.judge/*/summary.json")).read_text())
    assert summary["comparisons"] + summary["rejected"] == summary["read"] == 10


def test_exit_codes_of_a_broken_and_of_an_undecided_gate(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    path = tiny_spec(folder, gates=[{"metric": "style.words", "at_least": 5000}])
    assert trimtab("run", str(path), "--out", "out", cwd=tmp_path).returncode == 1
    tiny_spec(
        folder, gates=[{"metric": "style.words", "at_least": 0}, {"metric": "facts.accuracy", "at_least": 0.0001}]
    )
    undecided = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert undecided.returncode == 3  # this seed's model knows no fact, and ten are too few to say so
    assert "train: done before" in undecided.stderr
    tiny_spec(folder, gates=[{"metric": "style.words", "better_by": 0}])
    again = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert again.returncode == 0
    assert trimtab("gate", "out", cwd=tmp_path).returncode == again.returncode


MIXED = [
    {"prompt": "tell me about tea", "completion": "tea is great ."},
    {"prompt": "tell me about rain", "chosen": "rain !", "rejected": "the plan ."},
    {"prompt": "why sun", "before": "do not go .", "after": "the sun is great fun ."},
    {"prompt": "what now", "completions": ["let's go !", "go .", "do not ."]},
    {"prompt": "what now", "completion": "go .", "label": True},
    {"prompt": "what now", "completion": "the plan .", "label": True},
    {"prompt": "hello", "completion": "the dog .", "label": False},
    {"prompt": "hello you", "text": "?"},
]
TRAINING = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 9, "epochs": 1, "probe_prompts": 0}


@pytest.mark.parametrize(
    ("method", "kind", "made", "rejected"),
    [("sft", "demonstrations", 4, 4), ("kto", "thumbs", 7, 3)],
)
def test_a_mixed_file_trains_by_each_method(method: str, kind: str, made: int, rejected: int, tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    first = {} if method == "sft" else {"sft_first": {"epochs": 1}}
    path = tiny_spec(
        folder, feedback={"files": [{"path": "mixed.jsonl"}]}, training={**TRAINING, "method": method, **first}
    )
    (folder / "mixed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in MIXED))
    done = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    stages = tmp_path / "out" / "stages"
    told = json.loads(next(stages.glob("feedback.import/*/summary.json")).read_text())
    # kto leaves the demonstration to the fine-tuning before it
    assert (told["read"], told[kind], told["rejected"]) == (len(MIXED), made, rejected - (method == "kto"))
    log = next(stages.glob("feedback.import/*/rejected.jsonl")).read_text()
    assert len(log.splitlines()) == told["rejected"]
    assert "unknown: no type of supervision" in log
    trained = json.loads(next(stages.glob("train/*/summary.json")).read_text())
    assert (trained["method"], trained[kind]) == (method, made - made % 2 * (method == "kto"))
    assert all(check["passed"] for check in trained["preflight"])
    html = (tmp_path / "out" / "report.html").read_text()
    assert f"{trained[kind]} {kind}" in html
    assert f"{kind.capitalize()} from mixed.jsonl" in html
    assert ("SFT first" in html) == (method == "kto")
    assert f"{kind.capitalize()} from" in (tmp_path / "out" / "adapter" / "README.md").read_text()
