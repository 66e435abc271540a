"""`trimtab diagnose RUN` on a real tiny run trained on refusals: its JSON, --probe and --apply; and its mistakes."""

import json
from pathlib import Path

import pytest
import yaml

from cli_runner import trimtab
from made.run import comparisons
from tiny import save_tiny, tiny_spec
from trimtab.data import SETS
from trimtab.loop.repair.edit import TURNED
from trimtab.records import Evaluation, Finding, SourcedRow, to_jsonl


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diagnosed")
    save_tiny(folder / "spec" / "model")
    path = tiny_spec(folder / "spec", feedback={"files": [{"path": "pairs.jsonl"}]})
    raw = yaml.safe_load(path.read_text())
    raw["training"] = {"method": "dpo", "epochs": 1, "batch_size": 8, "learning_rate": 1e-4, "probe_prompts": 0}
    path.write_text(yaml.safe_dump(raw))
    (folder / "spec" / "pairs.jsonl").write_text(to_jsonl(comparisons(0.3, n=64)))
    done = trimtab("run", str(path), "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_json_ranks_causes_and_apply_runs_the_mended_spec(place: Path) -> None:
    arguments = ["--probe", "--apply", "--intervention", "turn-refusal-bias", "--json"]
    done = trimtab("diagnose", "run", *arguments, cwd=place)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    scores = [cause["score"] for cause in told["causes"]]
    assert scores == sorted(scores, reverse=True)
    cause = next(cause for cause in told["causes"] if cause["id"] == "refusal-bias")
    assert {"id", "score", "evidence", "interventions"} <= cause.keys()
    assert told["notes"] == []  # the models were asked
    validation = told["validation"]
    assert validation["run"] == "run-mended"
    shifts = {difference["metric"]: difference for difference in validation["differences"]}
    assert shifts.keys() >= {"style.words", "facts.accuracy"}
    asked = sum(row["label"] == "safe" for row in _lines(SETS / "overrefusal.jsonl"))
    assert asked / 2 < shifts["overrefusal.safe_refused"]["n"] <= asked  # the benchmark's own prompts, and no others
    assert "overrefusal.safe_refused" in {gate["metric"] for gate in validation["safety"]["gates"]}
    for which in ("before", "after"):
        (scores,) = place.glob(f"run-mended/overrefusal/{which}/stages/evaluation/*/evaluation.json")
        found = Evaluation.from_json(scores.read_bytes()).measure("overrefusal.safe_refused")
        assert found is not None
        assert found.n >= shifts["overrefusal.safe_refused"]["n"]
    before, rows = (
        [
            SourcedRow.from_json(line).row
            for path in (place / name).glob("stages/feedback/*/supervision.jsonl")
            for line in path.read_bytes().splitlines()
        ]
        for name in ("run", "run-mended")
    )
    assert [row.id for row in rows] == [row.id for row in before]
    (path,) = (place / "run").glob("stages/audit/*/findings.jsonl")
    found = [Finding.from_json(line) for line in path.read_bytes().splitlines()]
    behind = next(finding.count for finding in found if finding.id == "refusal-bias")
    assert sum(bool(row.provenance.steps) for row in rows) == behind > 5
    assert {step.rule for row in rows for step in row.provenance.steps} == {TURNED}
    assert {row.provenance.why for row in rows} == {row.provenance.why for row in before}
    assert (place / "run" / "diagnosis" / "validation.json").is_file()


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_note_reads_as_text(place: Path) -> None:
    done = trimtab("diagnose", "run", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "# Diagnosis of tiny" in done.stdout
    assert "likeliest first" in done.stdout


MISTAKES = {
    "no run": (["spec"], "no run.json"),
    "both": (["run", "--reward", "spec/model"], "One thing"),
    "out without apply": (["run", "--out", "x"], "without --apply"),
    "unknown intervention": (["run", "--intervention", "nonsense"], "nonsense"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_plain_message(place: Path, case: str) -> None:
    arguments, says = MISTAKES[case]
    done = trimtab("diagnose", *arguments, cwd=place)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
