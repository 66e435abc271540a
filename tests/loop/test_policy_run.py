"""A run with a policy: its rules are measured and gated, and what breaks one is not taught as the better side."""

from pathlib import Path

import pytest
import yaml

from tiny import save_tiny, tiny_spec
from trimtab.errors import UserError
from trimtab.loop import Quiet, diagnose_run, run_loop
from trimtab.records import Comparison, Evaluation, FeedbackSummary, SourcedRow
from trimtab.spec import load_spec
from trimtab.store import Run

POLICY = """\
name: no-tea
rules:
  - {id: no-tea, text: Never tea., when: '\\w', checks: [{contains: '\\btea\\b'}]}
  - {id: about-one, severity: warn, text: Say one., when: '\\bone\\b', checks: [{lacks: '\\bone\\b'}]}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("policy")
    gates = [{"metric": "policy.no-tea", "at_most": 1.0}, {"metric": "policy.any", "at_most": 1.0}]
    path = tiny_spec(folder / "spec", policy="policy.yaml", gates=gates)
    save_tiny(folder / "spec" / "model")
    (folder / "spec" / "policy.yaml").write_text(POLICY)
    run_loop(load_spec(path), folder / "run", Quiet())
    return Run.read(folder / "run")


def test_each_rule_is_measured_over_the_prompts_it_applies_to(run: Run) -> None:
    stage = run.current("evaluate.after")
    assert stage is not None
    evaluation = stage.read("evaluation.json", Evaluation)
    found = {each.metric: each for each in evaluation.measures if each.metric.startswith("policy.")}
    assert set(found) == {"policy.any", "policy.no-tea", "policy.about-one"}
    assert len(evaluation.items["policy"]) == 6
    judged = found["policy.any"].n
    assert judged == found["policy.no-tea"].n == 6 - found["policy.any"].missing >= 5  # of word salad one is no English
    assert (found["policy.about-one"].n, found["policy.about-one"].missing) == (1, 0)  # not about five of them
    assert "policy" in evaluation.fingerprint


def test_no_better_side_breaks_a_rule_and_all_rows_are_told(run: Run) -> None:
    stage = run.current("feedback")
    assert stage is not None
    kept = [row.row for row in stage.read_lines("supervision.jsonl", SourcedRow) if isinstance(row.row, Comparison)]
    summary = stage.read("summary.json", FeedbackSummary)
    assert kept
    assert not [row.chosen_text for row in kept if "tea" in row.chosen_text.split()]
    assert summary.comparisons + summary.rejected == summary.read == 10
    sampled = run.current("feedback.sample")
    assert sampled is not None
    assert "tea" in (sampled.folder / "answers.jsonl").read_text()  # else nothing was shown


def test_another_policy_judges_and_measures_again(run: Run) -> None:
    spec = Path(run.info.spec_folder or "") / "spec.yaml"
    (spec.parent / "other.yaml").write_text(POLICY.replace("tea", "rain"))
    told = yaml.safe_load(spec.read_text()) | {
        "policy": "other.yaml",
        "gates": [{"metric": "policy.any", "at_most": 1}],
    }
    (spec.parent / "other-spec.yaml").write_text(yaml.safe_dump(told))
    before = {name: (run.current(name) or run.stage(name, settings={}, inputs={})).key for name in run.info.stages}
    run_loop(load_spec(spec.parent / "other-spec.yaml"), run.folder, Quiet())
    after = Run.read(run.folder).info.stages
    assert after["feedback.sample"] == before["feedback.sample"]
    assert after["feedback.judge"] != before["feedback.judge"]
    assert after["evaluate.before"] != before["evaluate.before"]


def test_a_policy_that_is_gone_is_told_by_the_diagnosis(run: Run) -> None:
    info = Run.read(run.folder).info
    (Path(info.spec_folder or "") / info.spec["policy"]).unlink()
    with pytest.raises(UserError, match="is no longer there"):
        diagnose_run(run.folder, Quiet())
