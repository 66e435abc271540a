"""Each verb as a function: its result is what the rooms say, as a frame and as text; mistakes are in Python's words."""

from pathlib import Path
from typing import Any

import polars
import pytest
import yaml

import trimtab as tt
from tiny import save_tiny, tiny_spec
from trimtab.loop import read_verdict
from trimtab.spec import load_spec
from trimtab.store import Run

ROWS = [
    {"prompt": f"Why {noun}?", "chosen": f"Because of {noun}, and that is all I know.", "rejected": "No idea."}
    for noun in "tea rain sun dog cat tree house red green blue".split()
]
ANSWERS = [
    {"prompt": "How do I bake bread?", "response": "I'm sorry, but I can't help with that."},
    {"prompt": "How do I bake bread?", "response": "Mix flour, water and yeast, and bake for an hour."},
    {"prompt": "How do I bake bread?"},
]


def test_audit() -> None:
    done = tt.audit([*ROWS, ROWS[0], {"prompt": "x"}])
    frame = done.to_frame()
    assert set(frame["id"]) == {finding.id for finding in done.findings} >= {"length-bias", "duplicate"}
    assert frame["severity"].to_list() == sorted(frame["severity"], key=["block", "warn", "info"].index)
    assert done.summary.startswith("audit of 11 comparisons: ")
    assert done.summary.endswith("1 of 12 rows make no comparison")
    for shown in (repr(done), done._repr_html_()):
        assert "duplicate" in shown
        assert "The chosen side is the longer one" in shown
    rows, counts = done.fixed()
    assert (counts["kept"], counts["duplicate"], len(rows)) == (10, 1, 10)


def test_the_mended_data_is_written_once(tmp_path: Path) -> None:
    done = tt.audit([*ROWS, ROWS[0]])
    assert done.write_fixed(tmp_path / "new.jsonl")["kept"] == 10
    assert len((tmp_path / "new.jsonl").read_text().splitlines()) == 10
    with pytest.raises(tt.UserError, match="never written over"):
        done.write_fixed(tmp_path / "new.jsonl")


def test_html_shows_text_and_no_markup() -> None:
    done = tt.score([{"response": "<b>one & two</b>"}], "words")
    assert "&lt;b&gt;one &amp; two&lt;/b&gt;" in done._repr_html_()
    assert "<b>one" not in done._repr_html_()


def test_advise_reads_data_and_specs(tmp_path: Path) -> None:
    done = tt.advise(ROWS)
    assert done.method == done.advice.method == "collect"
    assert done.case.comparisons == 10
    assert done.to_frame()["fact"].to_list() == [reason.fact for reason in done.advice.reasons]
    assert tt.advise("concise-friendly").case.reward == "programmatic"
    spec = tiny_spec(tmp_path)
    assert tt.advise(load_spec(spec)).case == tt.advise(spec).case
    with pytest.raises(tt.UserError) as told:
        tt.advise(ROWS, memory=-1)
    assert told.value.given == "`memory` is -1."


def test_score() -> None:
    done = tt.score(ANSWERS, ["refusal", "style.words", Shouts()])
    frame = done.to_frame()
    assert frame.columns == ["row", "prompt", "response", "refusal", "words", "shouts"]
    assert frame["words"].to_list() == [8.0, 10.0]
    assert frame["refusal"][0] > 0.5 > frame["refusal"][1]
    assert frame["shouts"].to_list() == [None, None]
    assert done.labels("refusal") == {"refuse": 1, "comply": 1}
    assert "1 of 3 rows have no text" in done.summary
    policy = {"name": "p", "rules": [{"id": "no-flour", "text": "No flour.", "checks": [{"contains": "flour"}]}]}
    assert tt.score(ANSWERS, [], policy=policy).to_frame()["policy.no-flour"].to_list() == [0.0, 1.0]
    with pytest.raises(tt.UserError, match="`judge_url` and `judge_model`"):
        tt.score(ANSWERS, "judge")


def test_scores_are_compared_and_gated_as_evaluations_are() -> None:
    prompts = [f"How do I bake bread number {i}?" for i in range(8)]
    kind = [{"prompt": prompt, "response": "Mix flour, water and yeast, and bake it."} for prompt in prompts]
    unkind = [{"prompt": prompt, "response": "I'm sorry, but I can't help with that."} for prompt in prompts]
    policy = {"name": "p", "rules": [{"id": "no-flour", "text": "No flour.", "checks": [{"contains": "flour"}]}]}
    old, new = (tt.score(rows, ["refusal", "words"], policy=policy) for rows in (kind, unkind))
    compared = tt.compare(old, new)
    assert compared.to_frame()["metric"].to_list() == ["score.refusal", "score.words", "policy.no-flour"]
    assert compared.to_frame()["before"].to_list()[1:] == [8.0, 1.0]
    assert tt.gate(old, gates=[{"metric": "score.refusal", "at_most": 0.5}])
    assert tt.gate(old, new, [{"metric": "score.refusal", "at_most": 0.5}]).verdict == "regress"
    assert tt.gate(old, new, [{"metric": "policy.no-flour", "better_by": 0.1}])
    with pytest.raises(tt.UserError, match="prompts"):
        tt.compare(old, tt.score([{"response": "x"}] * 8, ["refusal", "words"], policy=policy))
    with pytest.raises(tt.UserError, match="Give `gates`"):
        tt.gate(old)
    with pytest.raises(tt.UserError, match="None of these scorers is registered"):
        tt.compare(*[tt.score(kind, Shouts())] * 2)


class Shouts:
    name, version = "shouts", "1"

    def __call__(self, rows: Any) -> list[Any]:
        from trimtab.records import Score

        return [Score(scorer="shouts", value=None, reason="nobody shouts") for _ in rows]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verbs")
    save_tiny(folder / "model")
    return folder


def test_evaluate_compare_and_gate(place: Path) -> None:
    nouns = ("tea", "rain", "sun", "dog", "cat", "tree", "house", "plan")
    questions = [{"id": noun, "prompt": f"tell me about {noun}"} for noun in nouns]
    given: dict[str, Any] = {"data": {"style": questions}, "max_new_tokens": 8, "precision": "fp32"}
    quiet = tt.Quiet()
    one = tt.evaluate(place / "model", "style", place / "a", progress=quiet, **given)
    other = tt.evaluate(place / "model", ["style"], place / "b", progress=quiet, **given)
    assert one["style.words"].n == 8
    assert one.to_frame().filter(polars.col("metric") == "style.words")["mean"][0] == one["style.words"].mean
    assert (
        tt.compare(one, other).to_frame()["mean"].to_list()
        == tt.compare(place / "a", place / "b").to_frame()["mean"].to_list()
    )
    assert set(tt.compare(one, other).to_frame()["mean"]) == {0.0}
    kept = tt.gate(one, other, [{"metric": "style.words", "at_least": 0}])
    assert kept
    assert (kept.verdict, kept.to_frame()["verdict"].to_list()) == ("pass", ["pass"])
    broken = tt.gate(one, gates=[tt.GateSpec(metric="style.words", at_least=1000)])
    assert not broken
    assert broken.verdict == "regress"
    assert "Words: at least 1000" in repr(broken)
    with pytest.raises(tt.UserError, match="Give two evaluations"):
        tt.gate(one, gates=[{"metric": "style.words", "at_most_of_base": 1}])
    with pytest.raises(tt.UserError, match=r"style\.words"):
        tt.gate(one, gates=[{"metric": "style.wordz", "at_least": 0}])
    with pytest.raises(tt.UserError, match="`data` names 'wordz'"):
        tt.evaluate(place / "model", "style", data={"wordz": questions})
    with pytest.raises(tt.UserError, match="Give `gates`"):
        tt.gate(place / "a")


def test_run_report_and_diagnose(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_spec(place / "spec")
    raw = yaml.safe_load(path.read_text())
    raw["model"]["name"] = str(place / "model")
    monkeypatch.chdir(path.parent)
    changes = {"training.learning_rate": 1e-3}
    done = tt.run(raw, place / "run", set=changes, progress=tt.Quiet())
    assert done.verdict == read_verdict(Run.read(place / "run"))
    assert Run.read(place / "run").info.spec["training"]["learning_rate"] == 1e-3
    assert done.report.is_file()
    assert (done.adapter / "adapter_config.json").is_file()
    assert done.to_frame()["rule"].to_list() == [gate.rule for gate in done.verdict.gates]
    before, after = done.evaluation("before"), done.evaluation()
    assert before.evaluation.fingerprint == after.evaluation.fingerprint
    assert tt.gate(done).record == done.verdict
    again = tt.run(tt.Spec.model_validate(yaml.safe_load(yaml.safe_dump(raw))), place / "run", set=changes)
    assert again.verdict == done.verdict
    done.report.unlink()
    assert tt.report(place / "run") == done.report
    assert done.report.is_file()
    found = tt.diagnose(place / "run", progress=tt.Quiet())
    assert found.to_frame()["id"].to_list() == [cause.id for cause in found.diagnosis.causes]
    assert found.note.startswith("# Diagnosis of ")
    with pytest.raises(tt.UserError, match="`out` is given without `apply`"):
        tt.diagnose(place / "run", out="x")


def test_a_spec_made_in_python_is_checked_as_a_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_spec(tmp_path)
    raw = yaml.safe_load(path.read_text())
    monkeypatch.chdir(tmp_path)
    for broken, says in (
        ({**raw, "gates": [{"metric": "style.wordz", "at_least": 1}]}, "style.wordz"),
        ({**raw, "prompts": {**raw["prompts"], "train": "none.jsonl"}}, "none.jsonl"),
        ({**raw, "gaols": 1}, "gaols"),
    ):
        with pytest.raises(tt.UserError, match=says) as told:
            tt.run(broken, tmp_path / "run")
        assert told.value.given.startswith("the spec: ")
    with pytest.raises(tt.UserError, match=r"set='training.learning_rate=fast'"):
        tt.run(raw, tmp_path / "run", set={"training.learning_rate": "fast"})
    with pytest.raises(tt.UserError, match="a b"):
        tt.run(tt.Spec.model_validate({**raw, "prompts": {**raw["prompts"], "heldout": "a b"}}), tmp_path / "run")
