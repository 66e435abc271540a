"""A run with a baseline: measured beside before and after, killed and resumed, sampled under, and gated against."""

import shutil
import signal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from killing import RunKilled, results
from tiny import save_tiny, tiny_spec
from trimtab.api import RunResult, compare, gate
from trimtab.cli.measures import print_measures
from trimtab.errors import UserError
from trimtab.loop import read_evaluation, read_report
from trimtab.records import Answer, Comparison, Difference, Evaluation, FeedbackSource, FeedbackSummary, Prompt, Verdict
from trimtab.store import Run, Stage

SYSTEM = "let's go now , then ."
TRAINING = {"learning_rate": 1e-3, "batch_size": 2, "epochs": 1, "probe_prompts": 0, "checkpoint_every": 50}
OF_BASELINE = {"answer.heldout.baseline", "answer.facts-said.baseline", "evaluate.baseline", "gate"}
"""The stages that hang on the baseline's text."""
GATES = [
    {"metric": "style.words", "at_most": 1000},
    {"metric": "style.words", "no_worse_than": "baseline", "by": 100},
    {"metric": "cost.tokens", "better_than": "baseline"},
]


def prompted(folder: Path, **sections: Any) -> Path:
    return tiny_spec(folder, **{"training": TRAINING, "gates": GATES, "baseline": {"system": SYSTEM}, **sections})


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prompted")
    save_tiny(folder / "model")
    return prompted(folder)


@pytest.fixture(scope="module")
def whole(spec: Path, run: RunKilled) -> Path:
    assert run(spec, spec.parent / "whole", "never") == 0
    return spec.parent / "whole"


def stage(out: Path, name: str) -> Stage:
    found = Run.read(out).current(name)
    assert found is not None, name
    return found


def test_the_baseline_is_measured_like_before_under_its_message(whole: Path) -> None:
    before, baseline, after = (
        stage(whole, f"evaluate.{which}").read("evaluation.json", Evaluation)
        for which in ("before", "baseline", "after")
    )
    assert (before.system, baseline.system, after.system) == (None, SYSTEM, None)
    assert baseline.fingerprint == {k: v for k, v in before.fingerprint.items() if k not in ("facts", "kl")}
    assert baseline.items == {over: ids for over, ids in before.items.items() if over != "facts"}
    names = {each.metric for each in before.measures} - {"facts.accuracy", "kl.per_token"}
    assert {each.metric for each in baseline.measures} == names
    prompts = [
        stage(whole, f"answer.heldout.{which}").read_lines("prompts.jsonl", Prompt) for which in ("before", "baseline")
    ]
    assert prompts[0] == prompts[1]  # the message is no part of the data
    said = [
        stage(whole, f"answer.heldout.{which}").read_lines("answers.jsonl", Answer) for which in ("before", "baseline")
    ]
    assert [one.text for one in said[0]] != [one.text for one in said[1]]
    longer = {(b.prompt_tokens or 0) - (a.prompt_tokens or 0) for a, b in zip(*said, strict=True)}
    assert longer == {len(SYSTEM.split()) + 2}
    cost = baseline.measure("cost.tokens")
    assert cost is not None
    assert list(cost.values) == [float((one.prompt_tokens or 0) + one.tokens) for one in said[1]]


def test_it_is_paired_with_after_and_gated_against(whole: Path) -> None:
    gate = stage(whole, "gate")
    verdict = gate.read("verdict.json", Verdict)
    assert [each.against for each in verdict.gates] == [None, "baseline", "baseline"]
    shifts = gate.read_lines("differences_baseline.jsonl", Difference)
    asked = stage(whole, "evaluate.baseline").read("evaluation.json", Evaluation)
    assert {shift.metric for shift in shifts} <= {each.metric for each in asked.measures}
    done = RunResult(whole, verdict)
    assert done.evaluation("baseline").evaluation == asked
    frame = {row["metric"]: row for row in done.measures().to_dicts()}
    cost = next(shift for shift in shifts if shift.metric == "cost.tokens")
    assert frame["cost.tokens"]["from_baseline"] == pytest.approx(cost.mean)
    assert frame["facts.accuracy"]["baseline"] is None
    assert frame["facts.accuracy"]["before"] is not None
    measured = asked.measure("cost.tokens")
    assert measured is not None
    assert cost.before == pytest.approx(measured.mean)
    assert read_evaluation(f"{whole}:baseline").evaluation == asked


@pytest.mark.parametrize("moment", ["part:answer.heldout.baseline:1", "write:differences_baseline.jsonl"])
def test_killed_in_the_baseline_it_ends_the_same(spec: Path, whole: Path, run: RunKilled, moment: str) -> None:
    out = spec.parent / moment.replace(":", "-")
    assert run(spec, out, moment) == -signal.SIGKILL
    assert run(spec, out, "never") == 0
    assert results(out) == results(whole)


def changed(spec: Path, whole: Path, run: RunKilled, name: str, **sections: Any) -> tuple[set[str], Path]:
    """The stages that another spec makes anew in a finished run of this one, or leaves out."""
    out, other = spec.parent / name, spec.parent / f"of-{name}"
    shutil.copytree(whole, out)
    path = prompted(other, **sections)
    if not (other / "model").exists():
        (other / "model").symlink_to(spec.parent / "model")
    assert run(path, out, "never") == 0
    old, new = ({key: stage(each, key).key for key in results(each)} for each in (whole, out))
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}, out


def test_another_text_measures_it_again_and_what_depends_on_it(spec: Path, whole: Path, run: RunKilled) -> None:
    anew, _ = changed(spec, whole, run, "another", baseline={"system": "the sun ."})
    assert anew == OF_BASELINE


def test_without_it_nothing_else_is_done_again(spec: Path, whole: Path, run: RunKilled) -> None:
    anew, out = changed(spec, whole, run, "without", baseline=None, gates=GATES[:1])
    assert anew == OF_BASELINE
    with pytest.raises(UserError, match="has none"):
        read_evaluation(f"{out}:baseline")


def test_answers_sampled_under_the_message_are_trained_on_without_it(spec: Path, whole: Path, run: RunKilled) -> None:
    sample = {
        "samples_per_prompt": 3, "max_new_tokens": 24, "temperature": 1.0, "margin": 0.0,
        "rubric": [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}],
    }  # fmt: skip
    folder = spec.parent / "distilled"
    prompted(folder, feedback={"sample": {**sample, "system": "baseline"}})
    (folder / "model").symlink_to(spec.parent / "model")
    assert run(folder / "spec.yaml", folder / "out", "never") == 0
    out = folder / "out"
    answers, plain = (stage(each, "feedback.sample").read_lines("answers.jsonl", Answer) for each in (out, whole))
    grown = {(a.prompt_tokens or 0) - (b.prompt_tokens or 0) for a, b in zip(answers, plain, strict=True)}
    assert grown == {len(SYSTEM.split()) + 2}
    rows = stage(out, "feedback.judge").read_lines("comparisons.jsonl", Comparison)
    assert rows
    texts = {one.text.strip() for one in answers}
    for row in rows:
        assert [message.role for message in row.prompt] == ["user"]
        assert SYSTEM not in row.to_json().replace(f'"system":"{SYSTEM}"', "")
        assert row.provenance.system == SYSTEM
        assert row.rejected_text.strip() in texts
    feedback = stage(out, "feedback")
    assert [one.system for one in feedback.read_lines("sources.jsonl", FeedbackSource)] == [SYSTEM]
    assert any(SYSTEM in note for note in feedback.read("summary.json", FeedbackSummary).notes)


def test_a_text_that_samples_were_under_is_part_of_their_key(spec: Path, whole: Path, run: RunKilled) -> None:
    """Another baseline samples again where the samples were under it."""
    distilled = spec.parent / "distilled" / "out"
    other = spec.parent / "distilled-again"
    shutil.copytree(distilled, other)
    path = spec.parent / "distilled" / "spec.yaml"
    path.write_text(path.read_text().replace(SYSTEM, "the sun ."))
    assert run(path, other, "never") == 0
    keys = [stage(each, "feedback.sample").key for each in (distilled, other)]
    assert keys[0] != keys[1]
    assert stage(distilled, "answer.heldout.before").key == stage(other, "answer.heldout.before").key


def test_compare_and_gate_take_the_baseline_of_a_run(whole: Path) -> None:
    found = compare(f"{whole}:baseline", whole)
    assert {each.difference.metric for each in found.compared} >= {"style.words", "cost.tokens"}
    assert "facts.accuracy" not in {each.difference.metric for each in found.compared}
    verdict = gate(f"{whole}:baseline", whole, [{"metric": "cost.tokens", "better_by": 0}])
    own = gate(whole)
    assert verdict.record.gates[0].figure == own.record.gates[2].figure
    with pytest.raises(UserError, match="scores bring none"):
        gate(f"{whole}:before", whole, GATES)


def test_a_side_that_no_run_has_is_told_by_name(whole: Path) -> None:
    with pytest.raises(UserError, match="no such side") as told:
        read_evaluation(f"{whole}:nope")
    assert ":baseline" in told.value.fix


def test_the_report_and_the_terminal_have_the_column(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = read_report(Run.read(whole))
    assert data.overoptimization is None  # the spec has no monitor
    asked = [("help.helps", prompt.id) for prompt in data.prompts]
    assert all(data.reasons[which].keys() >= set(asked) for which in ("before", "baseline", "after"))
    assert data.reasons["before"][asked[0]] in unescape((whole / "report.html").read_text())
    print_measures(data)
    told = capsys.readouterr().out
    head = next(line for line in told.splitlines() if line.startswith("metric"))
    assert head.index("before") < head.index("baseline") < head.index("after")
    assert "after - baseline" in head
    assert "What got worse: " in told
    assert "Falsehood: " in told
    for view in ("report.html", "report.md", "adapter/README.md"):
        assert SYSTEM in (whole / view).read_text().replace("\\", "").replace("&#39;", "'")
    assert (whole / "report.html").read_text().count('class="side baseline"') == len(data.prompts)
