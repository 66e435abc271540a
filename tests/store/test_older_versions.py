"""A run and a folder of scores of an older trimtab (format 1) stay readable; what cannot be read is one message."""

import json
import re
from pathlib import Path

import pytest
from old_run import lay_out, of_stage

from cli_runner import trimtab
from trimtab.errors import UserError
from trimtab.records import Finding, GateResult, Overoptimization, Score, TrainingSummary, Verdict
from trimtab.store import FORMAT, Run, migrations


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def test_the_made_run_is_an_old_one(old: Path) -> None:
    assert json.loads((old / "run" / "run.json").read_text())["format"] == 1 < FORMAT
    for stage, file in (("gate", "verdict.json"), ("audit", "findings.jsonl"), ("train", "summary.json")):
        assert '"says"' in of_stage(old / "run", stage, file).read_text()


def test_every_verb_that_reads_a_run_reads_it(old: Path) -> None:
    gate = trimtab("gate", "run", "--json", cwd=old)
    verdict = json.loads(of_stage(old / "run", "gate", "verdict.json").read_text())
    assert gate.returncode == 0, gate.stderr
    assert json.loads(gate.stdout)["gates"][0]["summary"] == verdict["gates"][0]["says"]
    report = trimtab("report", "run", cwd=old)
    assert report.returncode == 0, report.stderr
    assert verdict["gates"][0]["says"] in (old / "run" / "report.md").read_text()
    diagnosis = trimtab("diagnose", "run", "--json", cwd=old)
    assert diagnosis.returncode == 0, diagnosis.stderr
    assert json.loads(diagnosis.stdout)["causes"]
    compared = trimtab("compare", "scores", "scores", "--json", cwd=old)
    assert compared.returncode == 0, compared.stderr
    again = trimtab("report", "run", cwd=old)  # reading has changed nothing
    assert again.returncode == 0
    assert json.loads((old / "run" / "run.json").read_text())["format"] == 1


def test_records_are_what_they_were_but_for_the_name(old: Path) -> None:
    run = Run.read(old / "run")
    assert run.info.spec["decode_batch_size"] == 8
    assert "rows" not in run.info.spec
    (source,) = run.info.spec["feedback"]["sources"]
    assert source["sample"]["samples_per_prompt"] == 3
    audit, training = run.current("audit"), run.current("train")
    assert audit is not None
    assert training is not None
    lines = of_stage(old / "run", "audit", "findings.jsonl").read_text().splitlines()
    for finding, line in zip(audit.read_lines("findings.jsonl", Finding), lines, strict=True):
        assert finding == Finding.from_json(line.replace('"says":', '"summary":'))
    summary = training.read("summary.json", TrainingSummary)
    text = of_stage(old / "run", "train", "summary.json").read_text().replace('"says":', '"summary":')
    assert summary == TrainingSummary.from_json(text)


def test_an_old_run_goes_on_as_one_of_today(old: Path) -> None:
    info = Run.read(old / "run").info
    with Run.open(old / "run", name=info.name, goal=info.goal, spec=info.spec) as run:
        assert run.info.format == FORMAT
        gate = run.current("gate")
    assert gate is not None
    assert gate.read("verdict.json", Verdict).gates[0].summary  # its files are still of the version that made them


def test_a_newer_stage_is_refused(old: Path) -> None:
    path = of_stage(old / "run", "gate", "manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": FORMAT + 1, "news": 1}))
    done = trimtab("gate", "run", cwd=old)
    assert done.returncode == 2
    assert f"manifest.json is of format {FORMAT + 1}" in done.stderr
    assert "Install a newer trimtab" in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '{"verdict": "maybe"}', '{"gates": [{"says": 1}]}', "\ud800x"])
def test_a_damaged_record_is_one_message(old: Path, text: str) -> None:
    path = of_stage(old / "run", "gate", "verdict.json")
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    done = trimtab("gate", "run", cwd=old)
    assert done.returncode == 2
    assert f"{path.name} line 1 cannot be read" in done.stderr
    assert re.search(r"delete \S*gate\S* and run again", done.stderr)


def test_a_damaged_line_is_named_and_a_lost_file_too(old: Path) -> None:
    audit = Run.read(old / "run").current("audit")
    assert audit is not None
    path = audit.folder / "findings.jsonl"
    path.write_text(path.read_text() + "{}\n")
    with pytest.raises(UserError, match=f"findings.jsonl line {len(path.read_text().splitlines())} cannot be read"):
        audit.read_lines("findings.jsonl", Finding)
    path.unlink()
    with pytest.raises(UserError, match="No such file"):
        audit.read_lines("findings.jsonl", Finding)


def test_a_part_of_another_version_is_made_again(tmp_path: Path) -> None:
    with Run.open(tmp_path, name="r", goal="g", spec={}) as run:
        stage = run.stage("s", settings={}, inputs={})
        stage.begin()
        (stage.work / "first.jsonl").write_text('{"scorer": "a", "worth": 1}\n')
        made = [Score(scorer="a", value=1.0)]
        assert stage.part("first", Score, lambda: made) == made
        assert stage.part("first", Score, list) == made


def test_every_record_that_said_something_is_known_to_the_first_step() -> None:
    assert {"Finding", "TrainingSummary", "Verdict"} <= migrations._SUMMARISED
    point = {"step": 0, "proxy": 1.0, "gold": 1.0, "kl": 0.0, "words": 1.0, "repetition": 0.0, "ended": 1.0}
    gain = {"mean": 0.0, "low": 0.0, "high": 0.0}
    raw = {
        "points": [point | {"rewards": {"says": 1.0}, "proxy_values": [1.0], "gold_values": [1.0]}],
        "proxy_gains": [gain], "gold_gains": [gain], "proxy_spread": None, "gold_spread": None, "proxy_fit": None,
        "gold_fit": None, "alarm": False, "alarm_step": None, "says": "No alarm.", "kept_step": 0,
    }  # fmt: skip
    migrations.migrate("Overoptimization", raw, 1)
    found = Overoptimization.model_validate(raw)
    assert found.summary == "No alarm."
    assert found.points[0].rewards == {"says": 1.0}  # a reward's own name is no key of a record
    gate = {"metric": "m", "says": "x"}
    migrations.migrate("Verdict", {"gates": [gate]}, 1)
    assert "summary" in GateResult.model_fields
    assert gate == {"metric": "m", "summary": "x"}


@pytest.mark.parametrize("spec", ["null", "[]", '{"feedback": []}', '{"feedback": null}'])
def test_a_run_json_of_format_1_that_no_trimtab_wrote_is_one_message(tmp_path: Path, spec: str) -> None:
    (tmp_path / "run.json").write_text(
        f'{{"format": 1, "name": "n", "goal": "g", "created": "now", "spec": {spec}, "stages": {{}}}}'
    )
    with pytest.raises(UserError, match="not what trimtab wrote"):
        Run.read(tmp_path)


def test_measures_of_before_tell_what_was_missing_as_far_as_it_was_known() -> None:
    """Format 3 counted what had no value, whether a metric was about it or not."""

    def measure(metric: str, values: list[float | None], **more: object) -> dict[str, object]:
        known = [value for value in values if value is not None]
        return {"metric": metric, "values": values, "mean": 1.0 if known else None, "low": None, "high": None,
                "n": len(known), "unscored": len(values) - len(known), **more}  # fmt: skip

    raw = {
        "measures": [
            measure("overrefusal.safe_refused", [1.0, None, None]),
            measure("style.words", [1.0, 2.0]),
            measure("policy.no-tea", [1.0, None]),
            measure("help.false", [None, None]),
            measure("winrate.length_controlled", [None, None], low=0.4, high=0.6),
        ]
    }
    migrations.migrate("Evaluation", raw, 3)
    told = [each["unjudged"] for each in raw["measures"]]
    assert told == [{"reason not kept": [1, 2]}, {}, {}, {}, {}]
    assert not any("unscored" in each for each in raw["measures"])
