"""A finding that blocks stops a run before it trains, in its own words; what the spec accepts does not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from made_comparisons import clean
from tiny import save_tiny, tiny_spec
from trimtab.cli import app
from trimtab.loop import AuditBlocked, Quiet, run_loop
from trimtab.records import Finding
from trimtab.spec import load_spec
from trimtab.store import Run


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec whose chosen answers hold a template's marker, a quarter of them."""
    save_tiny(tmp_path / "model")
    rows = clean(1, 40)
    for row in rows[:10]:
        row["chosen"] += "<|im_end|>"
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    training = {"batch_size": 8, "epochs": 0.2, "probe_prompts": 0}
    return tiny_spec(tmp_path, feedback={"files": [{"path": "mine.jsonl"}]}, training=training)


@pytest.mark.parametrize("verb", ["run", "train"])
def test_a_blocking_finding_stops_before_training(verb: str, spec: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [verb, str(spec), "--out", str(out)])
    assert result.exit_code == 1, result.output
    assert "the audit stopped the run before it trained" in result.stderr
    run = Run.read(out)
    audited = run.current("audit")
    assert audited is not None
    (found,) = [each for each in audited.read_lines("findings.jsonl", Finding) if each.severity == "block"]
    assert found.id == "template"
    assert f"template: {found.summary} {found.remedy}" in result.stderr
    assert "--set 'audit.accept=[ID]'" in result.stderr
    assert not list(out.glob("stages/train*"))
    assert not list(out.glob("stages/evaluate*"))


def test_what_is_accepted_is_told_and_trained_on(spec: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(AuditBlocked) as stopped:
        run_loop(load_spec(spec), out, Quiet())
    assert [finding.id for finding in stopped.value.findings] == ["template"]
    other = CliRunner().invoke(app, ["train", str(spec), "--out", str(out), "--set", "audit.accept=[length-bias]"])
    assert other.exit_code == 1
    result = CliRunner().invoke(app, ["train", str(spec), "--out", str(out), "--set", "audit.accept=[template]"])
    assert result.exit_code == 0, result.output
    assert "audit: done before" in result.stderr
    assert "audit: block  template" in result.stderr
    assert Run.read(out).current("train") is not None
