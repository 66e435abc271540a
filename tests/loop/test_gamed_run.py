"""A run whose rubric is gamed: the audit and the diagnosis say so first, and the spec that is written pays for help."""

import json
from pathlib import Path

import pytest
import yaml

from cli_runner import trimtab
from made.run import write_gamed_run
from tiny import save_tiny
from trimtab.loop import Diagnosed, Quiet, apply_intervention, diagnose_run, write_diagnosis
from trimtab.loop.repair import apply
from trimtab.spec import load_spec


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Diagnosed:
    return diagnose_run(write_gamed_run(tmp_path_factory.mktemp("gamed")), Quiet())


def test_the_verdict_regresses_on_help_and_echoes_and_says_what_was_rewarded(done: Diagnosed, tmp_path: Path) -> None:
    verdict = done.data.verdict
    assert {gate.metric for gate in verdict.gates if gate.verdict == "regress"} == {"help.helps", "help.echo"}
    told = trimtab("gate", str(done.run.folder), cwd=tmp_path)
    assert told.returncode == 1
    assert "verdict: regress, 1 of 3 gates met; 2 independent, 1 on what was rewarded" in told.stdout
    gates = json.loads(trimtab("gate", str(done.run.folder), "--json", cwd=tmp_path).stdout)["gates"]
    assert [gate["rewarded"] for gate in gates] == [True, False, False]


def test_the_audit_names_the_rubric_first_and_what_pays(done: Diagnosed) -> None:
    first = done.audited.findings[0]
    assert (first.id, first.about[0]) == ("rubric-gaming", "on_topic")


def test_the_diagnosis_names_the_rubric_first(done: Diagnosed) -> None:
    causes = [(cause.id, cause.score) for cause in done.diagnosis.causes]
    assert causes[0][0] == "gamed-rubric", causes
    assert {"less-help", "echoes"} <= {each.id for each in done.diagnosis.symptoms}
    assert [each.id for each in done.diagnosis.causes[0].interventions] == [
        "pay-for-help", "drop-criterion", "any-run", "read-pairs",
    ]  # fmt: skip


def test_each_intervention_is_a_spec_that_loads(done: Diagnosed) -> None:
    written = {}
    for name in (None, "drop-criterion", "any-run"):
        path, why_not = write_diagnosis(done, name)
        assert path is not None, why_not
        sample = load_spec(path).spec.feedback.sample
        assert sample is not None
        written[name] = sample
    assert [each.scorer.name for each in written[None].rubric] == ["on_topic", "words", "help", "echo"]
    for name in (None, "any-run"):
        assert (written[name].trim_from, written[name].rejected) == ("anywhere", "alike")
    assert [each.scorer.name for each in written["drop-criterion"].rubric] == ["words"]
    assert written["drop-criterion"].trim_from == "start"
    raw = yaml.safe_load((done.run.folder / "diagnosis" / "spec.yaml").read_text())
    assert len(raw["feedback"]["sources"]) == 1  # what was sampled is sampled again, by another rubric


def test_it_is_applied_and_validated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the made run has no adapter that over-refusal could be measured with
    monkeypatch.setattr(apply, "_with_overrefusal", lambda evaluation, *_: evaluation)
    run = write_gamed_run(tmp_path)
    save_tiny(tmp_path / "spec" / "model")
    done = diagnose_run(run, Quiet())
    validation = apply_intervention(done, None, tmp_path / "mended", Quiet())
    assert validation.intervention == "pay-for-help"
    assert {gate.metric for gate in validation.verdict.gates} == {"style.on_topic", "help.helps", "help.echo"}
    assert set(validation.verdict.rewarded or ()) >= {"help.helps", "help.echo"}  # which are now paid for
