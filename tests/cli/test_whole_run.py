"""A whole run through the command line on a second architecture, read back by the other verbs."""

import json
from pathlib import Path

import pytest
import yaml

from cli_runner import trimtab
from tiny import save_tiny, tiny_spec
from trimtab.records import Comparison, FeedbackSource, SourcedRow

GATES = [
    {"metric": "style.ended", "at_least": 0},
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
    assert (gate.returncode, json.loads(gate.stdout)) == (
        0,
        {key: verdict[key] for key in ("verdict", "gates", "rewarded")},
    )
    ended = next(row for row in verdict["measures"] if row["metric"] == "style.ended")
    assert ended["difference"] == pytest.approx(ended["after"] - ended["before"])
    assert ended["baseline"] is None
    assert all(fall["than"] == "before" for fall in verdict["worse"])
    html = (tmp_path / "out" / "report.html").read_text()
    assert "say less" in html
    assert "Gates" in html
    card = (tmp_path / "out" / "adapter" / "README.md").read_text()
    assert "base_model" in card
    written = (tmp_path / "out" / "report.html").read_bytes()
    assert trimtab("report", "out", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "report.html").read_bytes() == written

    summary = json.loads(next((tmp_path / "out").glob("stages/feedback/*/summary.json")).read_text())
    assert summary["comparisons"] + summary["rejected"] == summary["read"] == 10


def test_exit_codes_of_a_broken_and_of_an_undecided_gate(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    training = {**TRAINING, "epochs": 3, "rehearsal_weight": 1.0}  # enough for fewer words
    path = tiny_spec(folder, training=training, gates=[{"metric": "style.words", "at_least": 5000}])
    assert trimtab("run", str(path), "--out", "out", cwd=tmp_path).returncode == 1
    unsure = [{"metric": "style.words", "at_least": 0}, {"metric": "facts.accuracy", "at_least": 0.0001}]
    tiny_spec(folder, training=training, gates=unsure)
    undecided = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert undecided.returncode == 3  # this seed's model knows no fact, and ten are too few to say so
    assert "train: done before" in undecided.stderr
    tiny_spec(folder, training=training, gates=[{"metric": "style.words", "better_by": 0}])
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
    ("method", "kind", "made", "unfit"),
    [("sft", "demonstrations", 4, 3), ("kto", "thumbs", 7, 1)],
)
def test_a_mixed_file_trains_by_each_method(method: str, kind: str, made: int, unfit: int, tmp_path: Path) -> None:
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
    told = json.loads(next(stages.glob("feedback/*/summary.json")).read_text())
    kinds = ("comparisons", "demonstrations", "thumbs")
    assert [told[name] for name in ("read", *kinds, "rejected")] == [len(MIXED), 5, 1, 3, 1]  # whatever trains on them
    (log,) = next(stages.glob("feedback/*/rejected.jsonl")).read_text().splitlines()
    assert "unknown: no type of supervision" in log
    left = next(stages.glob("train/*/rejected.jsonl")).read_text()
    assert left.count("makes no") == unfit  # kto leaves the demonstration to the fine-tuning before it
    trained = json.loads(next(stages.glob("train/*/summary.json")).read_text())
    assert (trained["method"], trained[kind]) == (method, made - made % 2 * (method == "kto"))
    assert all(check["passed"] for check in trained["preflight"])
    html = (tmp_path / "out" / "report.html").read_text()
    assert f"{trained[kind]} {kind}" in html
    assert "made 5 comparisons, 1 demonstration and 3 thumbs" in html
    assert ("SFT first" in html) == (method == "kto")
    assert "Comparisons from mixed.jsonl" in (tmp_path / "out" / "adapter" / "README.md").read_text()


def test_sampled_answers_and_files_feed_one_run_and_another_method_reads_nothing_again(tmp_path: Path) -> None:
    """Two files around a sampled source; then the same run by kto, and by dpo with an SFT before it."""
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    sampled = {"sample": yaml.safe_load(tiny_spec(folder).read_text())["feedback"]["sample"]}
    files = [{"file": {"path": "mixed.jsonl"}}, {"file": {"path": "more.jsonl", "weight": 0.5}}]
    path = tiny_spec(folder, feedback={"sources": [files[0], sampled, files[1]]}, training=TRAINING)
    (folder / "mixed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in MIXED))
    more = [{"prompt": f"hello {i}", "chosen": f"hello {i} !", "rejected": "no"} for i in range(6)]
    (folder / "more.jsonl").write_text("".join(json.dumps(row) + "\n" for row in more))
    done = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (stage,) = (tmp_path / "out" / "stages" / "feedback").iterdir()
    rows = [SourcedRow.from_json(line) for line in (stage / "supervision.jsonl").read_bytes().splitlines()]
    assert [row.source for row in rows] == sorted(row.source for row in rows)
    own = [row.row for row in rows if row.source == 1]
    assert own
    for row in own:
        assert isinstance(row, Comparison)
        model = str((folder / "model").resolve())
        assert (row.provenance.source, row.chosen_model, row.rejected_model) == (model, model, model)
    sources = [FeedbackSource.from_json(line) for line in (stage / "sources.jsonl").read_bytes().splitlines()]
    assert [(one.name, one.sampled, one.weight) for one in sources] == [
        ("mixed.jsonl", False, 1.0), (model, True, 1.0), ("more.jsonl", False, 0.5)
    ]  # fmt: skip
    trained = json.loads(next((tmp_path / "out").glob("stages/train/*/summary.json")).read_text())
    assert trained["comparisons"] == 5 + len(own) + 3  # of the file of weight 0.5 a half
    again = trimtab("run", str(path), "--out", "out", "--method", "kto", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    for name in ("feedback.sample", "feedback.judge", "feedback", "evaluate.before"):
        assert f"{name}: done before" in again.stderr
    assert len(list((tmp_path / "out" / "stages" / "train").iterdir())) == 2
